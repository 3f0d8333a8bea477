/** Rows of finished requests, read back: by their names, or by their places where these are today's. */
import { traceIdOf, type RequestId } from './ids.ts';
import { attemptColumns, columns, usageColumns, type TrafficRows } from './trafficRows.ts';

type Fields = Record<string, unknown>;
type Row = readonly unknown[];

const envelopeColumns: ReadonlySet<string> = new Set(['id', 'atMs', 'traceId']);

const areSame = (names: readonly string[], known: readonly string[]): boolean =>
  names.length === known.length && names.every((name, at) => name === known[at]);

/** One attempt that answered says what its request says: only its times were written. */
function attemptsIn(written: Row, data: Fields, read: (row: unknown) => Fields): Fields[] {
  const [startedMs, durationMs] = written;
  if (typeof startedMs !== 'number') return written.map(read);
  const { provider, keyId, model, status } = data;
  return [
    {
      provider,
      keyId,
      model,
      status,
      startedMs,
      durationMs,
      verdict: 'ok',
      ruleId: '',
      error: '',
    },
  ];
}

/** Reads any row whose names are known only now. */
function byNames(
  names: readonly string[],
  strings: readonly string[],
  isWanted: (name: string) => boolean = () => true,
) {
  const fields = names
    .map((name, index) => ({ name: name.replace('#', ''), index, isTabled: name.startsWith('#') }))
    .filter(({ name }) => isWanted(name));
  return (row: unknown): Fields => {
    const read: Fields = {};
    if (!Array.isArray(row)) return read;
    for (const { name, index, isTabled } of fields) {
      const value: unknown = row[index];
      if (value === undefined) continue;
      read[name] = isTabled && typeof value === 'number' ? strings[value] : value;
    }
    return read;
  };
}

/** Reads rows in the order of `columns`, four times as fast: an object written out has its shape at once. */
const byPlaces = (strings: readonly string[]) => {
  const text = (cell: unknown): unknown => (typeof cell === 'number' ? strings[cell] : cell);
  return (row: Row): Fields => ({
    client: text(row[3]),
    dialect: text(row[4]),
    method: text(row[5]),
    route: text(row[6]),
    model: text(row[7]),
    provider: text(row[8]),
    keyId: text(row[9]),
    status: row[10],
    outcome: text(row[11]),
    streamed: row[12],
    startedAtMs: row[13],
    firstByteMs: row[14],
    durationMs: row[15],
    requestBytes: row[16],
    responseBytes: row[17],
    usage: row[18],
    costMicroUsd: row[19],
    priceVersion: text(row[20]),
    attempts: row[21],
    modelRoute: text(row[22]),
  });
};

function usageByPlaces(row: Row): Fields {
  const [inputTokens, outputTokens, cachedTokens, reasoningTokens, cacheWriteTokens, parts] = row;
  const counts = { inputTokens, outputTokens, cachedTokens, reasoningTokens };
  return row.length === 4
    ? counts
    : { ...counts, cacheWriteTokens, ...(parts !== undefined && { parts }) };
}

/** True for rows in the order in which this version writes them. */
export const areInPlaces = (packed: TrafficRows): boolean =>
  areSame(packed.columns, columns) &&
  areSame(packed.attemptColumns, attemptColumns) &&
  areSame(packed.usageColumns, usageColumns);

/** Makes a row the event that it was, unchecked: whoever reads it asks the catalog. */
export function requestReader(packed: TrafficRows): (row: Row) => unknown {
  const { strings, version } = packed;
  const isToday = areInPlaces(packed);
  const envelope = byNames(packed.columns, strings, (name) => envelopeColumns.has(name));
  const request = isToday
    ? byPlaces(strings)
    : byNames(packed.columns, strings, (name) => !envelopeColumns.has(name));
  const usage = isToday ? usageByPlaces : byNames(packed.usageColumns, strings);
  const attempt = byNames(packed.attemptColumns, strings);

  return (row) => {
    const { id, atMs, traceId } = isToday
      ? { id: row[0], atMs: row[1], traceId: row[2] }
      : envelope(row);
    const data = request(row);
    const { usage: used, attempts } = data;
    if (Array.isArray(used)) data['usage'] = usage(used);
    if (Array.isArray(attempts)) data['attempts'] = attemptsIn(attempts, data, attempt);
    const trace = traceId ?? (typeof id === 'string' ? traceIdOf(id as RequestId) : traceId);
    return { id, type: 'RequestFinished', version, atMs, traceId: trace, data };
  };
}
