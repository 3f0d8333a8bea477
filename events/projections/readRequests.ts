/** Queries over single requests. */
import { and, asc, desc, eq, gte, lt, lte, sql, type Column, type SQL } from 'drizzle-orm';
import type { Outcome } from '../traffic.ts';
import { batchTable, bucketOf, requestTimeTable } from './batches.ts';
import type { ProjectionDatabase } from './database.ts';
import { eventsPerMessage, requestTable, wholeRow, type RequestRow } from './requests.ts';

/** A filtered query looks at so many requests at most: it runs on the thread that serves them. */
export const maxScannedRequests = 20_000;

export type RequestFilter = Readonly<{
  client?: string;
  provider?: string;
  keyId?: string;
  status?: number;
  outcome?: Outcome;
  model?: string;
  /** Both included; the gateway's clock at the end of the request. */
  fromMs?: number;
  toMs?: number;
  /** `n` of the last row seen: only older ones follow. */
  after?: number;
  limit: number;
}>;

/**
 * `next` is the `after` of the next page, null at the end. A page may hold fewer rows than were asked for, even
 * none, and still name a next one: then that many were looked at without a match.
 */
export type Page<Row> = Readonly<{ rows: readonly Row[]; next: number | null }>;

const t = requestTable;
const filtered = ['client', 'provider', 'keyId', 'status', 'outcome', 'model'] as const;

/** A gateway's clock and the log's own may be so far apart. */
const clocksApartMs = 60_000;

/**
 * What arrived in the log before a time cannot have ended after it, so older batches need not be looked at. Only for
 * times whose batches are still remembered.
 */
export function arrivedSince(db: ProjectionDatabase, fromMs: number, n: Column): SQL | undefined {
  const sinceMs = fromMs - clocksApartMs;
  const { sequence, timeMs } = batchTable;
  const known = db.select({ sequence }).from(batchTable);
  if (!known.where(lt(timeMs, sinceMs)).limit(1).get()) return undefined;
  const newer = db.select({ sequence }).from(batchTable).where(gte(timeMs, sinceMs));
  const first = newer.orderBy(asc(timeMs)).limit(1).get();
  return first ? gte(n, first.sequence * eventsPerMessage) : sql`false`;
}

/** Newest first. */
export function requestsOf(db: ProjectionDatabase, filter: RequestFilter): Page<RequestRow> {
  const { after, limit } = filter;
  const range = and(
    after === undefined ? undefined : lt(t.n, after),
    filter.fromMs === undefined ? undefined : arrivedSince(db, filter.fromMs, t.n),
  );
  const wanted = filtered.flatMap((name): SQL[] => {
    const value = filter[name];
    return value === undefined ? [] : [eq(t[name], value)];
  });
  if (filter.fromMs !== undefined) wanted.push(gte(t.atMs, filter.fromMs));
  if (filter.toMs !== undefined) wanted.push(lte(t.atMs, filter.toMs));
  const lastScanned =
    wanted.length === 0
      ? undefined
      : db
          .select({ n: t.n })
          .from(t)
          .where(range)
          .orderBy(desc(t.n))
          .limit(1)
          .offset(maxScannedRequests - 1)
          .get()?.n;
  const rows = db
    .select()
    .from(t)
    .where(and(range, lastScanned === undefined ? undefined : gte(t.n, lastScanned), ...wanted))
    .orderBy(desc(t.n))
    .limit(limit)
    .all();
  const next = rows.length === limit ? rows.at(-1)?.n : lastScanned;
  return { rows: rows.map(wholeRow), next: next ?? null };
}

/** That a row's event came in a message of the time index. */
export function isInMessage(n: Column): SQL | undefined {
  const first = sql`${requestTimeTable.sequence} * ${sql.raw(String(eventsPerMessage))}`;
  return and(gte(n, first), lt(n, sql`${first} + ${sql.raw(String(eventsPerMessage))}`));
}

/** Found by the time in its id: a UUIDv7 names the ten seconds in which the request began. */
export function requestOf(db: ProjectionDatabase, id: string): RequestRow | undefined {
  const inMessage = isInMessage(t.n);
  const found = db
    .select({ request: t })
    .from(requestTimeTable)
    .innerJoin(t, inMessage)
    .where(and(eq(requestTimeTable.bucket, bucketOf(id)), eq(t.id, id)))
    .limit(1)
    .get();
  return found && wholeRow(found.request);
}
