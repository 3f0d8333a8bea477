/** How far each stream is projected: written in the transaction of the rows it stands for. */
import { eq, sql } from 'drizzle-orm';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Sequence } from '../event.ts';
import type { StreamName } from '../subjects.ts';
import type { ProjectionDatabase } from './database.ts';

export const checkpointTable = sqliteTable('checkpoint', {
  stream: text('stream').$type<StreamName>().primaryKey(),
  /** Everything up to here is in the rows. */
  sequence: integer('sequence').notNull(),
  /** The log's time of the newest projected message; 0 before the first. */
  timeMs: integer('time_ms').notNull(),
  /** When the stream was made: another value means another stream under the same name. */
  createdMs: integer('created_ms').notNull(),
  /** Events that this version could not read. */
  unreadable: integer('unreadable').notNull(),
  /** Messages that the log dropped by age or size before they were projected. */
  lost: integer('lost').notNull(),
});
export type Checkpoint = typeof checkpointTable.$inferSelect;

/** Reads and writes checkpoints; a stream without one stands at 0. */
export function checkpoints(db: ProjectionDatabase) {
  const t = checkpointTable;
  const write = db
    .insert(t)
    .values({
      stream: sql.placeholder('stream'),
      sequence: sql.placeholder('sequence'),
      timeMs: sql.placeholder('timeMs'),
      createdMs: sql.placeholder('createdMs'),
      unreadable: sql.placeholder('unreadable'),
      lost: sql.placeholder('lost'),
    })
    .onConflictDoUpdate({
      target: t.stream,
      set: {
        sequence: sql`excluded.sequence`,
        timeMs: sql`excluded.time_ms`,
        createdMs: sql`excluded.created_ms`,
        unreadable: sql`excluded.unreadable`,
        lost: sql`excluded.lost`,
      },
    })
    .prepare();

  return {
    read: (stream: StreamName): Checkpoint | undefined =>
      db.select().from(t).where(eq(t.stream, stream)).get(),
    write(checkpoint: Checkpoint): void {
      write.run(checkpoint);
    },
  };
}

/** Where a stream begins: nothing projected, nothing lost. */
export const checkpointAtStart = (stream: StreamName, createdMs: number): Checkpoint => ({
  stream,
  sequence: 0 satisfies Sequence,
  timeMs: 0,
  createdMs,
  unreadable: 0,
  lost: 0,
});
