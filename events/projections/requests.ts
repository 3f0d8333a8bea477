/** One row per finished request, for as long as TRAFFIC keeps its event. The hot path of the projector. */
import { getTableColumns } from 'drizzle-orm';
import { integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Sequence } from '../event.ts';
import { isTraceOf, traceIdOf, type RequestId } from '../ids.ts';
import type { Attempt, Outcome, RequestFinished } from '../traffic.ts';
import type { Dialect } from '../provider.ts';
import { plainAttemptOf } from '../trafficRows.ts';
import type { UsualRow } from '../usualRows.ts';
import type { ProjectionDatabase } from './database.ts';

/** A message holds at most so many events; `n` counts events over all messages. */
export const eventsPerMessage = 1024;

/** Position of a traffic event: its message's sequence and its place in it. The row's key, without an index. */
export const positionOf = (sequence: Sequence, place: number): number =>
  sequence * eventsPerMessage + place;

export const requestTable = sqliteTable('request', {
  n: integer('n').primaryKey(),
  id: text('id').notNull(),
  /** `''` where the request came without a trace: then its own id is one. */
  traceId: text('trace_id').notNull(),
  atMs: integer('at_ms').notNull(),
  client: text('client').notNull(),
  dialect: text('dialect').$type<Dialect>().notNull(),
  method: text('method').notNull(),
  route: text('route').notNull(),
  model: text('model').notNull(),
  /** `''` where the request asked for no route. */
  modelRoute: text('model_route').notNull().default(''),
  provider: text('provider').notNull(),
  keyId: text('key_id').notNull(),
  status: integer('status').notNull(),
  outcome: text('outcome').$type<Outcome>().notNull(),
  streamed: integer('streamed', { mode: 'boolean' }).notNull(),
  startedAtMs: integer('started_at_ms').notNull(),
  firstByteMs: real('first_byte_ms').notNull(),
  durationMs: real('duration_ms').notNull(),
  requestBytes: integer('request_bytes').notNull(),
  responseBytes: integer('response_bytes').notNull(),
  /** Tokens are null where the vendor told no usage. */
  inputTokens: integer('input_tokens'),
  outputTokens: integer('output_tokens'),
  cachedTokens: integer('cached_tokens'),
  reasoningTokens: integer('reasoning_tokens'),
  /** Also null where the vendor does not count them. */
  cacheWriteTokens: integer('cache_write_tokens'),
  /** Null where it is unknown. */
  costMicroUsd: integer('cost_micro_usd'),
  priceVersion: text('price_version'),
  attempts: text('attempts', { mode: 'json' }).$type<readonly Attempt[] | PlainAttempt>().notNull(),
});

/** Start and duration of the one attempt of a request that says what its request says. */
type PlainAttempt = readonly [startedMs: number, durationMs: number];

type StoredRow = typeof requestTable.$inferSelect;
export type RequestRow = Omit<StoredRow, 'attempts'> & Readonly<{ attempts: readonly Attempt[] }>;

const isPlain = (attempts: StoredRow['attempts']): attempts is PlainAttempt =>
  typeof attempts[0] === 'number';

/** The row with what its writer left out. */
export function wholeRow(row: StoredRow): RequestRow {
  const { attempts, provider, keyId, model, status } = row;
  const traceId = row.traceId || traceIdOf(row.id as RequestId);
  if (!isPlain(attempts)) return { ...row, traceId, attempts };
  const [startedMs, durationMs] = attempts;
  const said = { provider, keyId, model, status, verdict: 'ok', ruleId: '', error: '' } as const;
  return { ...row, traceId, attempts: [{ ...said, startedMs, durationMs }] };
}

/** Half of a usual row would be what the other half says. */
function writtenAttempts(data: RequestFinished['data']) {
  const only = plainAttemptOf(data);
  return only ? `[${only.startedMs},${only.durationMs}]` : JSON.stringify(data.attempts);
}

type Value = string | number | null;

/** In the order of the table's columns. */
function valuesOf(n: number, { id, traceId, atMs, data }: RequestFinished): Value[] {
  const { usage } = data;
  return [
    n,
    id,
    isTraceOf(id, traceId) ? '' : traceId,
    atMs,
    data.client,
    data.dialect,
    data.method,
    data.route,
    data.model,
    data.modelRoute ?? '',
    data.provider,
    data.keyId,
    data.status,
    data.outcome,
    data.streamed ? 1 : 0,
    data.startedAtMs,
    data.firstByteMs,
    data.durationMs,
    data.requestBytes,
    data.responseBytes,
    usage ? usage.inputTokens : null,
    usage ? usage.outputTokens : null,
    usage ? usage.cachedTokens : null,
    usage ? usage.reasoningTokens : null,
    usage?.cacheWriteTokens ?? null,
    data.costMicroUsd,
    data.priceVersion,
    writtenAttempts(data),
  ];
}

/** The same of a row that came as a row. */
function valuesOfRow(n: number, row: UsualRow, strings: readonly string[]): Value[] {
  const text = (place: number): string => strings[place] ?? '';
  const usage = row[18];
  return [
    n,
    row[0],
    row[2] ?? '',
    row[1],
    text(row[3]),
    text(row[4]),
    text(row[5]),
    text(row[6]),
    text(row[7]),
    row[22] === undefined ? '' : text(row[22]),
    text(row[8]),
    text(row[9]),
    row[10],
    text(row[11]),
    row[12] ? 1 : 0,
    row[13],
    row[14],
    row[15],
    row[16],
    row[17],
    usage && usage[0],
    usage && usage[1],
    usage && usage[2],
    usage && usage[3],
    usage?.[4] ?? null,
    row[19],
    row[20] === null ? null : text(row[20]),
    `[${row[21][0]},${row[21][1]}]`,
  ];
}

const columns = Object.values(getTableColumns(requestTable)).map((column) => column.name);
const rowsPerInsert = 16;
const valuesPerInsert = rowsPerInsert * columns.length;

function insertSql(rows: number): string {
  const row = `(${columns.map(() => '?').join(',')})`;
  const values = Array.from({ length: rows }, () => row).join(',');
  return `insert into request (${columns.join(',')}) values ${values}`;
}

/** Projects finished requests. Raw statements of 16 rows: Drizzle's insert is a tenth as fast. */
export function requests(db: ProjectionDatabase) {
  const insertMany = db.$client.query<unknown, Value[]>(insertSql(rowsPerInsert));
  const insertOne = db.$client.query<unknown, Value[]>(insertSql(1));
  const forget = db.$client.query<unknown, [number, number]>(
    'delete from request where n in (select n from request where n < ? order by n limit ?)',
  );
  const waiting: Value[] = [];
  const add = (values: readonly Value[]): void => {
    for (const value of values) waiting.push(value);
    if (waiting.length < valuesPerInsert) return;
    insertMany.run(...waiting);
    waiting.length = 0;
  };

  return {
    apply: (n: number, event: RequestFinished): void => add(valuesOf(n, event)),
    applyRow: (n: number, row: UsualRow, strings: readonly string[]): void =>
      add(valuesOfRow(n, row, strings)),

    /** Writes the rows that fill no insert; to be called before the transaction ends. */
    flush(): void {
      for (let start = 0; start < waiting.length; start += columns.length) {
        insertOne.run(...waiting.slice(start, start + columns.length));
      }
      waiting.length = 0;
    },

    /** Drops at most `limit` rows of messages the log has dropped; true when none is left. */
    prune: (before: Sequence, limit: number): boolean =>
      forget.run(positionOf(before, 0), limit).changes < limit,
  };
}
