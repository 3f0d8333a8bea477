/** Batches of traffic: which were counted (one may be sent twice), and which hold the requests of a time. */
import { and, eq, gte, lt, sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Sequence } from '../event.ts';
import type { TrafficMessage } from '../log.ts';
import { isUsualRow } from '../usualRows.ts';
import type { ProjectionDatabase } from './database.ts';

/** How long a batch is remembered: a spool older than this, sent twice, would be counted twice. */
export const rememberBatchesMs = 24 * 60 * 60 * 1000;

/** Width of a bucket of the time index. */
const bucketMs = 10_000;

export const batchTable = sqliteTable(
  'batch',
  {
    id: text('id').primaryKey(),
    sequence: integer('sequence').notNull(),
    timeMs: integer('time_ms').notNull(),
  },
  (t) => [index('batch_time').on(t.timeMs)],
);

/** Which messages hold requests, or calls of tools, with ids of a bucket of time: finds one by its id. */
export const requestTimeTable = sqliteTable(
  'request_time',
  { bucket: integer('bucket').notNull(), sequence: integer('sequence').notNull() },
  (t) => [primaryKey({ columns: [t.bucket, t.sequence] })],
);

/** The bucket of a request: the first 48 bits of a UUIDv7 are its time; 0 for anything else. */
export function bucketOf(requestId: string): number {
  const timeMs = Number.parseInt(requestId.slice(0, 8) + requestId.slice(9, 13), 16);
  return Number.isNaN(timeMs) ? 0 : Math.floor(timeMs / bucketMs);
}

/** Remembers every batch for a day of the log's time. */
export function batches(db: ProjectionDatabase) {
  const known = db
    .select({ sequence: batchTable.sequence })
    .from(batchTable)
    .where(
      and(
        eq(batchTable.id, sql.placeholder('id')),
        gte(batchTable.timeMs, sql.placeholder('sinceMs')),
      ),
    )
    .prepare();
  const remember = db
    .insert(batchTable)
    .values({
      id: sql.placeholder('id'),
      sequence: sql.placeholder('sequence'),
      timeMs: sql.placeholder('timeMs'),
    })
    .onConflictDoUpdate({
      target: batchTable.id,
      set: { sequence: sql`excluded.sequence`, timeMs: sql`excluded.time_ms` },
    })
    .prepare();
  const forget = db
    .delete(batchTable)
    .where(lt(batchTable.timeMs, sql.placeholder('beforeMs')))
    .prepare();
  const addTime = db
    .insert(requestTimeTable)
    .values({ bucket: sql.placeholder('bucket'), sequence: sql.placeholder('sequence') })
    .onConflictDoNothing()
    .prepare();
  const forgetTimes = db
    .delete(requestTimeTable)
    .where(lt(requestTimeTable.sequence, sql.placeholder('before')))
    .prepare();

  return {
    /** True when the batch was counted before: it is then not to be counted again. */
    isRepeat: ({ batchId, timeMs }: TrafficMessage): boolean =>
      known.get({ id: batchId, sinceMs: timeMs - rememberBatchesMs }) !== undefined,

    apply({ batchId, sequence, timeMs, entries }: TrafficMessage): void {
      remember.run({ id: batchId, sequence, timeMs });
      const buckets = new Set<number>();
      let lastPart = '';
      for (const entry of entries) {
        const isRow = isUsualRow(entry);
        if (!isRow && entry.type === 'TrafficDropped') continue;
        // Ids made in the same four seconds share their beginning: its first and its last say enough for all.
        const part = (isRow ? entry[0] : entry.id).slice(0, 10);
        if (part === lastPart) continue;
        lastPart = part;
        buckets.add(bucketOf(`${part}000`)).add(bucketOf(`${part}fff`));
      }
      for (const bucket of buckets) addTime.run({ bucket, sequence });
    },

    /** Forgets by the log's time, so that a rebuild remembers the same. */
    prune(newestTimeMs: number): void {
      forget.run({ beforeMs: newestTimeMs - rememberBatchesMs });
    },

    /** Drops the time index of messages the log has dropped. */
    pruneTimes(before: Sequence): void {
      forgetTimes.run({ before });
    },
  };
}
