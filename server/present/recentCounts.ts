/** The last day in small steps, as the console begins with it. */
import { t, type Static } from 'elysia';
import type { KeyCount } from '../../events/projections/readStats.ts';
import type { KeyHourRow, MinuteRow } from '../../events/projections/recentCounts.ts';

export const minuteSchema = t.Object({
  start_ms: t.Integer({ description: 'epoch' }),
  requests: t.Integer(),
  failures: t.Integer(),
  input_tokens: t.Integer(),
  output_tokens: t.Integer(),
  cost_micro_usd: t.Integer(),
  duration_ms: t.Integer(),
  tool_calls: t.Integer(),
  tool_failures: t.Integer(),
});

export const presentMinute = (row: MinuteRow): Static<typeof minuteSchema> => ({
  start_ms: row.minute * 60_000,
  requests: row.requests,
  failures: row.failures,
  input_tokens: row.inputTokens,
  output_tokens: row.outputTokens,
  cost_micro_usd: row.costMicroUsd,
  duration_ms: row.durationMs,
  tool_calls: row.toolCalls,
  tool_failures: row.toolFailures,
});

const hours = t.Array(t.Integer(), { description: 'of the UTC day, from its first hour on' });
export const keyDaySchema = t.Object({
  requests: t.Integer(),
  failures: t.Integer(),
  hours,
  failed_hours: hours,
});
type KeyDay = Static<typeof keyDaySchema>;

const noHours = (): number[] => Array.from({ length: 24 }, () => 0);

export function presentKeyDays(
  counts: ReadonlyMap<string, KeyCount>,
  keyHours: readonly KeyHourRow[],
): Record<string, KeyDay> {
  const days = new Map<string, KeyDay>();
  for (const [id, { requests, failures }] of counts) {
    if (id !== '') days.set(id, { requests, failures, hours: noHours(), failed_hours: noHours() });
  }
  for (const { hour, keyId, requests, failures } of keyHours) {
    const day = days.get(keyId);
    if (!day) continue;
    day.hours[hour % 24] = requests;
    day.failed_hours[hour % 24] = failures;
  }
  return Object.fromEntries(days);
}
