/** Queries over the totals of days. */
import { and, eq, gte, lte, sql, type Column } from 'drizzle-orm';
import type { DayRow } from '../day.ts';
import { dailyStatsTable } from './dailyStats.ts';
import type { ProjectionDatabase } from './database.ts';

export type StatsGroup = 'day' | 'key' | 'client' | 'model' | 'provider';

/** Totals of one day, key, client, model or provider; a group is `''` for requests that never got that far. */
export type StatsRow = Readonly<
  { group: string } & Required<Omit<DayRow, 'client' | 'provider' | 'keyId' | 'model'>>
>;

export type StatsFilter = Readonly<{
  /** UTC days, `2026-11-20`, both included. */
  from?: string;
  to?: string;
  groupBy: StatsGroup;
  client?: string;
}>;

export type KeyCount = Readonly<{ requests: number; failures: number }>;

const t = dailyStatsTable;
const columnOf = {
  day: t.day,
  key: t.keyId,
  client: t.client,
  model: t.model,
  provider: t.provider,
} as const satisfies Record<StatsGroup, Column>;

const sum = (column: Column) => sql<number>`sum(${column})`;

/** Ordered by group. */
export function statsOf(db: ProjectionDatabase, filter: StatsFilter): StatsRow[] {
  const { from, to, groupBy, client } = filter;
  const group = columnOf[groupBy];
  return db
    .select({
      group,
      requests: sum(t.requests),
      failures: sum(t.failures),
      inputTokens: sum(t.inputTokens),
      outputTokens: sum(t.outputTokens),
      cachedTokens: sum(t.cachedTokens),
      costMicroUsd: sum(t.costMicroUsd),
      durationMs: sum(t.durationMs),
      unpriced: sum(t.unpriced),
    })
    .from(t)
    .where(
      and(
        from === undefined ? undefined : gte(t.day, from),
        to === undefined ? undefined : lte(t.day, to),
        client === undefined ? undefined : eq(t.client, client),
      ),
    )
    .groupBy(group)
    .orderBy(group)
    .all();
}

/** What each key answered on one UTC day. */
export function keyCountsOf(db: ProjectionDatabase, day: string): Map<string, KeyCount> {
  const rows = db
    .select({ keyId: t.keyId, requests: sum(t.requests), failures: sum(t.failures) })
    .from(t)
    .where(eq(t.day, day))
    .groupBy(t.keyId)
    .all();
  return new Map(rows.map(({ keyId, ...count }) => [keyId, count]));
}
