/** Queries over the indexes of events. */
import { and, asc, desc, eq, gt, gte, lt, lte, sql, type SQL } from 'drizzle-orm';
import type { Sequence } from '../event.ts';
import type { ProjectionDatabase } from './database.ts';
import { indexTables, type EventIndexRow, type IndexedStream } from './eventIndex.ts';
import type { Page } from './readRequests.ts';

export type EventFilter = Readonly<{
  /** Default: CONTROL. */
  stream?: IndexedStream;
  kind?: string;
  id?: string;
  type?: string;
  correlationId?: string;
  /** Both included; the log's own time. */
  fromMs?: number;
  toMs?: number;
  /** The sequence of the last row seen. */
  after?: Sequence;
  /** Default: newest first. */
  order?: 'newest-first' | 'oldest-first';
  limit: number;
}>;

type Table = (typeof indexTables)[IndexedStream];

/** The log's time grows with the sequence, so a span of time is a span of sequences: two look-ups by time. */
function spanOf(db: ProjectionDatabase, t: Table, { fromMs, toMs }: EventFilter): SQL[] {
  const edge = (condition: SQL, order: SQL): Sequence | undefined =>
    db.select({ sequence: t.sequence }).from(t).where(condition).orderBy(order).limit(1).get()
      ?.sequence;
  const span: SQL[] = [];
  if (fromMs !== undefined) {
    const first = edge(gte(t.timeMs, fromMs), asc(t.timeMs));
    span.push(first === undefined ? sql`false` : gte(t.sequence, first));
  }
  if (toMs !== undefined) {
    const last = edge(lte(t.timeMs, toMs), desc(t.timeMs));
    span.push(last === undefined ? sql`false` : lte(t.sequence, last));
  }
  return span;
}

/** Sequences and envelopes; the bodies are in the log. */
export function eventsOf(db: ProjectionDatabase, filter: EventFilter): Page<EventIndexRow> {
  const { kind, id, type, correlationId, after, limit, order = 'newest-first' } = filter;
  const isNewestFirst = order === 'newest-first';
  const t = indexTables[filter.stream ?? 'CONTROL'];
  const rows = db
    .select()
    .from(t)
    .where(
      and(
        kind === undefined ? undefined : eq(t.kind, kind),
        id === undefined ? undefined : eq(t.actorId, id),
        type === undefined ? undefined : eq(t.type, type),
        correlationId === undefined ? undefined : eq(t.correlationId, correlationId),
        ...spanOf(db, t, filter),
        after === undefined ? undefined : (isNewestFirst ? lt : gt)(t.sequence, after),
      ),
    )
    .orderBy(isNewestFirst ? desc(t.sequence) : asc(t.sequence))
    .limit(limit)
    .all();
  return { rows, next: rows.length === limit ? (rows.at(-1)?.sequence ?? null) : null };
}
