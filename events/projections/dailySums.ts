/** Requests summed in memory, by day, client, provider, key and model. */
import type { DayRow } from '../day.ts';
import type { McpConnectionOpened, Outcome, ToolCalled, TrafficEvent } from '../traffic.ts';
import { isFailure } from '../trafficCounts.ts';
import type { UsualRow } from '../usualRows.ts';

export type Counted = Readonly<{
  client: string;
  provider: string;
  keyId: string;
  model: string;
  status: number;
  outcome: Outcome;
  inputTokens: number | null;
  outputTokens: number | null;
  cachedTokens: number | null;
  costMicroUsd: number | null;
  durationMs: number;
}>;

type Totals = Required<DayRow>;
export type Dropped = Pick<DayRow, 'requests' | 'failures' | 'inputTokens' | 'outputTokens'>;

export const rowOfRequest = (request: Counted): Totals => ({
  client: request.client,
  provider: request.provider,
  keyId: request.keyId,
  model: request.model,
  requests: 1,
  failures: isFailure(request) ? 1 : 0,
  inputTokens: request.inputTokens ?? 0,
  outputTokens: request.outputTokens ?? 0,
  cachedTokens: request.cachedTokens ?? 0,
  costMicroUsd: request.costMicroUsd ?? 0,
  durationMs: Math.round(request.durationMs),
  unpriced: request.costMicroUsd === null ? 1 : 0,
});

/** Whose requests were dropped is not known any more, only how many. */
export const rowOfDropped = (dropped: Dropped): Totals => ({
  client: '',
  provider: '',
  keyId: '',
  model: '',
  requests: dropped.requests,
  failures: dropped.failures,
  inputTokens: dropped.inputTokens,
  outputTokens: dropped.outputTokens,
  cachedTokens: 0,
  costMicroUsd: 0,
  durationMs: 0,
  unpriced: dropped.requests,
});

/** Totals are of requests to vendors. */
export type CountedEvent = Exclude<TrafficEvent, ToolCalled | McpConnectionOpened>;

export const rowOfEvent = ({ type, data }: CountedEvent): Totals => {
  if (type === 'TrafficDropped') return rowOfDropped(data);
  const { usage } = data;
  return rowOfRequest({
    ...data,
    inputTokens: usage ? usage.inputTokens : null,
    outputTokens: usage ? usage.outputTokens : null,
    cachedTokens: usage ? usage.cachedTokens : null,
  });
};

type StatsRow = Totals & { day: string };
const nothing = {
  requests: 0,
  failures: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedTokens: 0,
  costMicroUsd: 0,
  durationMs: 0,
  unpriced: 0,
};

function addTo(sum: StatsRow, row: Totals): void {
  sum.requests += row.requests;
  sum.failures += row.failures;
  sum.inputTokens += row.inputTokens;
  sum.outputTokens += row.outputTokens;
  sum.cachedTokens += row.cachedTokens;
  sum.costMicroUsd += row.costMicroUsd;
  sum.durationMs += row.durationMs;
  sum.unpriced += row.unpriced;
}

/** Sums of one transaction; `sums` is written and cleared by whoever ends it. */
export function createDailySums() {
  const sums = new Map<string, StatsRow>();

  /** What is summed of a day's requests of this kind in this transaction. */
  function sumOf(day: string, client: string, provider: string, keyId: string, model: string) {
    const key = `${day}\n${client}\n${provider}\n${keyId}\n${model}`;
    const known = sums.get(key);
    if (known) return known;
    const sum: StatsRow = { day, client, provider, keyId, model, ...nothing };
    sums.set(key, sum);
    return sum;
  }

  const add = (day: string, row: Totals): void =>
    addTo(sumOf(day, row.client, row.provider, row.keyId, row.model), row);

  /** Usual rows of one message, counted by the places of their texts. */
  function rowCounter(strings: readonly string[]) {
    const size = strings.length;
    const byPlaces = new Map<number, StatsRow>();
    const text = (place: number): string => strings[place] ?? '';
    let counted = '';
    return (day: string, row: UsualRow): void => {
      if (day !== counted) byPlaces.clear();
      counted = day;
      const key = ((row[3] * size + row[8]) * size + row[9]) * size + row[7];
      const known = byPlaces.get(key);
      const sum = known ?? sumOf(day, text(row[3]), text(row[8]), text(row[9]), text(row[7]));
      if (!known) byPlaces.set(key, sum);
      const usage = row[18];
      sum.requests += 1;
      if (isFailure({ status: row[10], outcome: text(row[11]) as Outcome })) sum.failures += 1;
      if (usage) {
        sum.inputTokens += usage[0];
        sum.outputTokens += usage[1];
        sum.cachedTokens += usage[2];
      }
      sum.durationMs += Math.round(row[15]);
      if (row[19] === null) sum.unpriced += 1;
      else sum.costMicroUsd += row[19];
    };
  }

  return { sums, add, rowCounter };
}
