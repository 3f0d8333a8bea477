/** Queries over single requests. */
import { and, desc, eq, gte, lt, sql, type SQL } from 'drizzle-orm';
import type { Outcome } from '../traffic.ts';
import { bucketOf, requestTimeTable } from './batches.ts';
import type { ProjectionDatabase } from './database.ts';
import { eventsPerMessage, requestTable, type RequestRow } from './requests.ts';

/** A filtered query looks at so many requests at most: it runs on the thread that serves them. */
const maxScannedRequests = 20_000;

export type RequestFilter = Readonly<{
  client?: string;
  provider?: string;
  keyId?: string;
  status?: number;
  outcome?: Outcome;
  model?: string;
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

/** Newest first. */
export function requestsOf(db: ProjectionDatabase, filter: RequestFilter): Page<RequestRow> {
  const { after, limit } = filter;
  const older = after === undefined ? undefined : lt(t.n, after);
  const wanted = filtered.flatMap((name): SQL[] => {
    const value = filter[name];
    return value === undefined ? [] : [eq(t[name], value)];
  });
  const lastScanned =
    wanted.length === 0
      ? undefined
      : db
          .select({ n: t.n })
          .from(t)
          .where(older)
          .orderBy(desc(t.n))
          .limit(1)
          .offset(maxScannedRequests - 1)
          .get()?.n;
  const rows = db
    .select()
    .from(t)
    .where(and(older, lastScanned === undefined ? undefined : gte(t.n, lastScanned), ...wanted))
    .orderBy(desc(t.n))
    .limit(limit)
    .all();
  const next = rows.length === limit ? rows.at(-1)?.n : lastScanned;
  return { rows, next: next ?? null };
}

/** Found by the time in its id: a UUIDv7 names the ten seconds in which the request began. */
export function requestOf(db: ProjectionDatabase, id: string): RequestRow | undefined {
  const first = sql`${requestTimeTable.sequence} * ${sql.raw(String(eventsPerMessage))}`;
  const inMessage = and(
    gte(t.n, first),
    lt(t.n, sql`${first} + ${sql.raw(String(eventsPerMessage))}`),
  );
  return db
    .select({ request: t })
    .from(requestTimeTable)
    .innerJoin(t, inMessage)
    .where(and(eq(requestTimeTable.bucket, bucketOf(id)), eq(t.id, id)))
    .limit(1)
    .get()?.request;
}
