/** Queries over calls of tools, one by one and by day. */
import { and, desc, eq, gte, lt, lte, sql, type SQL } from 'drizzle-orm';
import { traceIdOf, type RequestId } from '../ids.ts';
import type { Outcome } from '../traffic.ts';
import { bucketOf, requestTimeTable } from './batches.ts';
import { dailyToolsTable } from './dailyTools.ts';
import type { ProjectionDatabase } from './database.ts';
import { arrivedSince, isInMessage, maxScannedRequests, type Page } from './readRequests.ts';
import { toolCallTable, type ToolCallRow } from './toolCalls.ts';

export type ToolCall = ToolCallRow;

export type ToolCallFilter = Readonly<{
  client?: string;
  server?: string;
  tool?: string;
  backend?: string;
  outcome?: Outcome;
  /** The tool's own word on it. */
  isError?: boolean;
  /** Both included; the gateway's clock at the end of the call. */
  fromMs?: number;
  toMs?: number;
  /** `n` of the last row seen: only older ones follow. */
  after?: number;
  limit: number;
}>;

const t = toolCallTable;
const filtered = ['client', 'server', 'tool', 'backend', 'outcome', 'isError'] as const;

/** The row with what its writer left out. */
const wholeCall = (row: ToolCallRow): ToolCall => ({
  ...row,
  traceId: row.traceId || traceIdOf(row.id as RequestId),
});

/** Newest first; a page is what one of requests is. */
export function toolCallsOf(db: ProjectionDatabase, filter: ToolCallFilter): Page<ToolCall> {
  const { after, limit, fromMs, toMs } = filter;
  const range = and(
    after === undefined ? undefined : lt(t.n, after),
    fromMs === undefined ? undefined : arrivedSince(db, fromMs, t.n),
  );
  const wanted = filtered.flatMap((name): SQL[] => {
    const value = filter[name];
    return value === undefined ? [] : [eq(t[name], value)];
  });
  if (fromMs !== undefined) wanted.push(gte(t.atMs, fromMs));
  if (toMs !== undefined) wanted.push(lte(t.atMs, toMs));
  const newestFirst = db.select({ n: t.n }).from(t).where(range).orderBy(desc(t.n)).limit(1);
  const lastScanned =
    wanted.length === 0 ? undefined : newestFirst.offset(maxScannedRequests - 1).get()?.n;
  const rows = db
    .select()
    .from(t)
    .where(and(range, lastScanned === undefined ? undefined : gte(t.n, lastScanned), ...wanted))
    .orderBy(desc(t.n))
    .limit(limit)
    .all();
  const next = rows.length === limit ? rows.at(-1)?.n : lastScanned;
  return { rows: rows.map(wholeCall), next: next ?? null };
}

/** Found by the time in its id. */
export function toolCallOf(db: ProjectionDatabase, id: string): ToolCall | undefined {
  const found = db
    .select({ call: t })
    .from(requestTimeTable)
    .innerJoin(t, isInMessage(t.n))
    .where(and(eq(requestTimeTable.bucket, bucketOf(id)), eq(t.id, id)))
    .limit(1)
    .get();
  return found && wholeCall(found.call);
}

export type ToolStatsGroup = 'day' | 'client' | 'server' | 'tool';

/** Totals of one day, client, server or tool; `server` is the tool's where that is the group, else `''`. */
export type ToolStatsRow = Readonly<{
  group: string;
  server: string;
  calls: number;
  failures: number;
  durationMs: number;
}>;

export type ToolStatsFilter = Readonly<{
  /** UTC days, `2026-11-20`, both included. */
  from?: string;
  to?: string;
  groupBy: ToolStatsGroup;
  client?: string;
}>;

/** Ordered by group. */
export function toolStatsOf(db: ProjectionDatabase, filter: ToolStatsFilter): ToolStatsRow[] {
  const { from, to, groupBy, client } = filter;
  const d = dailyToolsTable;
  const group = d[groupBy];
  const server = groupBy === 'tool' ? sql<string>`${d.server}` : sql<string>`''`;
  return db
    .select({
      group,
      server,
      calls: sql<number>`sum(${d.calls})`,
      failures: sql<number>`sum(${d.failures})`,
      durationMs: sql<number>`sum(${d.durationMs})`,
    })
    .from(d)
    .where(
      and(
        from === undefined ? undefined : gte(d.day, from),
        to === undefined ? undefined : lte(d.day, to),
        client === undefined ? undefined : eq(d.client, client),
      ),
    )
    .groupBy(group, ...(groupBy === 'tool' ? [d.server] : []))
    .orderBy(group, server)
    .all();
}
