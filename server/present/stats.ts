/** Totals as the outside reads them: requests to vendors, and calls of MCP tools beside them. */
import { t, type Static } from 'elysia';
import type { StatsGroup, StatsRow } from '../../events/projections/readStats.ts';
import type { ToolStatsGroup, ToolStatsRow } from '../../events/projections/readToolCalls.ts';

const requestGroups = [
  'day',
  'key',
  'client',
  'model',
  'provider',
] as const satisfies readonly StatsGroup[];
const toolGroups = ['day', 'client', 'server', 'tool'] as const satisfies readonly ToolStatsGroup[];

export const statsGroups = [...requestGroups, 'server', 'tool'] as const;
type Group = (typeof statsGroups)[number];

/** What each sort is grouped by for an answer: by day, for its totals alone, where it knows no such group. */
export const groupsFor = (group: Group) => ({
  ofRequests: requestGroups.find((name) => name === group) ?? 'day',
  ofTools: toolGroups.find((name) => name === group) ?? 'day',
});

const counters = {
  requests: t.Integer(),
  failures: t.Integer({ description: 'failed or truncated, or answered with 400 or more' }),
  input_tokens: t.Integer(),
  output_tokens: t.Integer(),
  cached_tokens: t.Integer({ description: 'of the input tokens' }),
  cost_micro_usd: t.Integer({ description: 'of the requests whose cost is known' }),
  unpriced: t.Integer({ description: 'requests whose cost is not known, and not in the sum' }),
  duration_ms: t.Integer({ description: 'of all requests together' }),
  tool_calls: t.Integer({ description: 'calls of MCP tools; none of them is a request' }),
  tool_failures: t.Integer({ description: 'without a result, or with one that is an error' }),
  tool_duration_ms: t.Integer({ description: 'of all calls of tools together' }),
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
  server: groupName,
  tool: groupName,
  ...counters,
});

const nothing: Totals = {
  requests: 0,
  failures: 0,
  input_tokens: 0,
  output_tokens: 0,
  cached_tokens: 0,
  cost_micro_usd: 0,
  unpriced: 0,
  duration_ms: 0,
  tool_calls: 0,
  tool_failures: 0,
  tool_duration_ms: 0,
};

const ofRequests = (row: StatsRow): Totals => ({
  ...nothing,
  requests: row.requests,
  failures: row.failures,
  input_tokens: row.inputTokens,
  output_tokens: row.outputTokens,
  cached_tokens: row.cachedTokens,
  cost_micro_usd: row.costMicroUsd,
  unpriced: row.unpriced,
  duration_ms: row.durationMs,
});

const ofTools = (row: ToolStatsRow): Totals => ({
  ...nothing,
  tool_calls: row.calls,
  tool_failures: row.failures,
  tool_duration_ms: row.durationMs,
});

function sum(all: readonly Totals[]): Totals {
  const total = { ...nothing };
  for (const one of all) {
    for (const name of Object.keys(nothing) as (keyof Totals)[]) total[name] += one[name];
  }
  return total;
}

const orNull = (text: string): string | null => (text === '' ? null : text);

/** Ordered by group. A group that only one sort knows has none of the other's numbers. */
export function presentStats(
  group: Group,
  requests: readonly StatsRow[],
  tools: readonly ToolStatsRow[],
) {
  const totals = sum([...requests.map(ofRequests), ...tools.map(ofTools)]);
  const groups = groupsFor(group);
  const found = [
    ...(groups.ofRequests === group
      ? requests.map((row) => ({ name: row.group, server: '', totals: ofRequests(row) }))
      : []),
    ...(groups.ofTools === group
      ? tools.map((row) => ({ name: row.group, server: row.server, totals: ofTools(row) }))
      : []),
  ];
  const merged = new Map<string, { name: string; server: string; totals: Totals }>();
  for (const one of found) {
    const key = `${one.name}\n${one.server}`;
    const known = merged.get(key);
    merged.set(key, known ? { ...known, totals: sum([known.totals, one.totals]) } : one);
  }
  const keys = [...merged.keys()].toSorted();
  const data = keys.flatMap((key): Static<typeof statsRowSchema>[] => {
    const one = merged.get(key);
    if (!one) return [];
    const named = { [group]: orNull(one.name) };
    return [{ ...(group === 'tool' && { server: orNull(one.server) }), ...named, ...one.totals }];
  });
  return { data, totals };
}
