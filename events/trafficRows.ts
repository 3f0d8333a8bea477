/**
 * Finished requests as they travel: one array each, their names once a message, their repeated strings in a table.
 * A fifth of the bytes that objects take, to write, to send, to sync and to read.
 */
import { isTraceOf, ownTrace } from './ids.ts';
import type { Attempt, RequestFinished, TrafficEvent, Usage } from './traffic.ts';

/** `columns` name the values of each row; a name with `#` stands for an index into `strings`. */
export type TrafficRows = Readonly<{
  version: number;
  columns: readonly string[];
  attemptColumns: readonly string[];
  usageColumns: readonly string[];
  strings: readonly string[];
  rows: readonly (readonly unknown[])[];
}>;

/** In the order in which they are written. What is added goes to the end; readers go by the names. */
export const columns = [
  'id',
  'atMs',
  'traceId',
  '#client',
  '#dialect',
  '#method',
  '#route',
  '#model',
  '#provider',
  '#keyId',
  'status',
  '#outcome',
  'streamed',
  'startedAtMs',
  'firstByteMs',
  'durationMs',
  'requestBytes',
  'responseBytes',
  'usage',
  'costMicroUsd',
  '#priceVersion',
  'attempts',
  '#modelRoute',
];
export const attemptColumns = [
  '#provider',
  '#keyId',
  '#model',
  'status',
  'startedMs',
  'durationMs',
  '#verdict',
  '#ruleId',
  '#error',
];
export const usageColumns = [
  'inputTokens',
  'outputTokens',
  'cachedTokens',
  'reasoningTokens',
  'cacheWriteTokens',
  'parts',
];

/** The one attempt of a request, where it answered and says what the request says: all but its times can be left out. */
export function plainAttemptOf(data: RequestFinished['data']): Attempt | undefined {
  const { attempts, provider, keyId, model, status } = data;
  const [only] = attempts;
  const isPlain =
    only &&
    attempts.length === 1 &&
    only.verdict === 'ok' &&
    only.ruleId === '' &&
    only.error === '' &&
    only.status === status &&
    only.keyId === keyId &&
    only.model === model &&
    only.provider === provider;
  return isPlain ? only : undefined;
}

/** What is not there at the end is not written. */
function usageRow(usage: Usage): unknown[] {
  const { inputTokens, outputTokens, cachedTokens, reasoningTokens, cacheWriteTokens, parts } =
    usage;
  const row: unknown[] = [inputTokens, outputTokens, cachedTokens, reasoningTokens];
  if (cacheWriteTokens !== undefined || parts) row.push(cacheWriteTokens ?? 0);
  if (parts) row.push(parts);
  return row;
}

/** All of one version; the caller keeps others apart. */
export function packRequests(events: readonly RequestFinished[], version: number): TrafficRows {
  const places = new Map<string, number>();
  const strings: string[] = [];
  const place = (text: string): number => {
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, strings.length);
    return strings.push(text) - 1;
  };
  const attemptRow = (one: Attempt): unknown[] => [
    place(one.provider),
    place(one.keyId),
    place(one.model),
    one.status,
    one.startedMs,
    one.durationMs,
    place(one.verdict),
    place(one.ruleId),
    place(one.error),
  ];
  const attemptsOf = (data: RequestFinished['data']) => {
    const only = plainAttemptOf(data);
    return only ? [only.startedMs, only.durationMs] : data.attempts.map(attemptRow);
  };
  const cellsOf = ({ id, atMs, traceId, data }: RequestFinished): unknown[] => [
    id,
    atMs,
    // A request that came without a trace has its own id as one.
    traceId === ownTrace || isTraceOf(id, traceId) ? null : traceId,
    place(data.client),
    place(data.dialect),
    place(data.method),
    place(data.route),
    place(data.model),
    place(data.provider),
    place(data.keyId),
    data.status,
    place(data.outcome),
    data.streamed,
    data.startedAtMs,
    data.firstByteMs,
    data.durationMs,
    data.requestBytes,
    data.responseBytes,
    data.usage && usageRow(data.usage),
    data.costMicroUsd,
    data.priceVersion === null ? null : place(data.priceVersion),
    attemptsOf(data),
  ];
  const rowOf = (event: RequestFinished): unknown[] => {
    const row = cellsOf(event);
    if (event.data.modelRoute) row.push(place(event.data.modelRoute));
    return row;
  };
  const rows = events.map(rowOf);
  return { version, columns, attemptColumns, usageColumns, strings, rows };
}

/** The requests that can travel as rows, and what cannot. */
export function divide(events: readonly TrafficEvent[], version: number) {
  const requests: RequestFinished[] = [];
  const others: TrafficEvent[] = [];
  for (const event of events) {
    if (event.type === 'RequestFinished' && event.version === version) requests.push(event);
    else others.push(event);
  }
  return { requests, others };
}
