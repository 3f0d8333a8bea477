/** Totals as the outside reads them. */
import { t, type Static } from 'elysia';
import type { StatsGroup, StatsRow } from '../../events/projections/readStats.ts';

export const statsGroups = [
  'day',
  'key',
  'client',
  'model',
  'provider',
] as const satisfies readonly StatsGroup[];

const counters = {
  requests: t.Integer(),
  failures: t.Integer({ description: 'failed or truncated, or answered with 400 or more' }),
  input_tokens: t.Integer(),
  output_tokens: t.Integer(),
  cached_tokens: t.Integer({ description: 'of the input tokens' }),
  cost_micro_usd: t.Integer({ description: 'of the requests whose cost is known' }),
  unpriced: t.Integer({ description: 'requests whose cost is not known, and not in the sum' }),
  duration_ms: t.Integer({ description: 'of all requests together' }),
};

export const totalsSchema = t.Object(counters);
type Totals = Static<typeof totalsSchema>;

const groupName = t.Optional(
  t.Union([t.String(), t.Null()], { description: 'null for requests that never got that far' }),
);
export const statsRowSchema = t.Object({
  day: groupName,
  key: groupName,
  client: groupName,
  model: groupName,
  provider: groupName,
  ...counters,
});

const totalsOf = (row: Omit<StatsRow, 'group'>): Totals => ({
  requests: row.requests,
  failures: row.failures,
  input_tokens: row.inputTokens,
  output_tokens: row.outputTokens,
  cached_tokens: row.cachedTokens,
  cost_micro_usd: row.costMicroUsd,
  unpriced: row.unpriced,
  duration_ms: row.durationMs,
});

export const presentStats = (groupBy: StatsGroup, rows: readonly StatsRow[]) =>
  rows.map(({ group, ...row }): Static<typeof statsRowSchema> => ({
    [groupBy]: group === '' ? null : group,
    ...totalsOf(row),
  }));

const nothing = totalsOf({
  requests: 0,
  failures: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedTokens: 0,
  costMicroUsd: 0,
  unpriced: 0,
  durationMs: 0,
});

export function sumOf(rows: readonly StatsRow[]): Totals {
  const sum = { ...nothing };
  for (const row of rows) {
    for (const [name, value] of Object.entries(totalsOf(row))) sum[name as keyof Totals] += value;
  }
  return sum;
}
