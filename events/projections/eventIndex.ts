/** The indexes of CONTROL and CONVERSATIONS for the audit log: one row per event; the bodies stay in the log. */
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { By } from '../event.ts';
import type { ControlMessage } from '../log.ts';
import type { ProjectionDatabase } from './database.ts';

const columns = () => ({
  sequence: integer('sequence').primaryKey(),
  kind: text('kind').notNull(),
  actorId: text('actor_id').notNull(),
  type: text('type').notNull(),
  /** 0 for an event that cannot be read. */
  version: integer('version').notNull(),
  /** The log's own time; of an event that cannot be read, the time of the one before it. */
  timeMs: integer('time_ms').notNull(),
  correlationId: text('correlation_id').notNull(),
  byKind: text('by_kind').$type<By['kind'] | ''>().notNull(),
  byId: text('by_id').notNull(),
});

export const eventIndexTable = sqliteTable('event_index', columns(), (t) => [
  index('event_index_actor').on(t.kind, t.actorId),
  index('event_index_type').on(t.type),
  index('event_index_time').on(t.timeMs),
  index('event_index_correlation').on(t.correlationId),
]);

/** Sequences of another stream: a table of their own. */
export const conversationEventTable = sqliteTable('conversation_event', columns(), (t) => [
  index('conversation_event_actor').on(t.actorId),
  index('conversation_event_type').on(t.type),
  index('conversation_event_time').on(t.timeMs),
  index('conversation_event_correlation').on(t.correlationId),
]);

/** The stream in which an index finds events. */
export type IndexedStream = 'CONTROL' | 'CONVERSATIONS';

export const indexTables = { CONTROL: eventIndexTable, CONVERSATIONS: conversationEventTable };
export type EventIndexRow = typeof eventIndexTable.$inferSelect;

/** The row of one message; an unreadable one keeps what its subject and error tell. */
function rowOf(message: ControlMessage, timeBeforeMs: number): EventIndexRow {
  if (!message.ok) {
    return {
      sequence: message.sequence,
      kind: message.actor?.kind ?? '',
      actorId: message.actor?.id ?? '',
      type: message.error.type,
      version: 0,
      timeMs: timeBeforeMs,
      correlationId: '',
      byKind: '',
      byId: '',
    };
  }
  const { actor, type, version, sequence, timeMs, cause } = message.event;
  return {
    sequence,
    kind: actor.kind,
    actorId: actor.id,
    type,
    version,
    timeMs,
    correlationId: cause.correlationId,
    byKind: cause.by.kind,
    byId: cause.by.id,
  };
}

/** Projects every message of a stream, readable or not. */
export function eventIndex(db: ProjectionDatabase, stream: IndexedStream) {
  const insert = db
    .insert(indexTables[stream])
    .values({
      sequence: sql.placeholder('sequence'),
      kind: sql.placeholder('kind'),
      actorId: sql.placeholder('actorId'),
      type: sql.placeholder('type'),
      version: sql.placeholder('version'),
      timeMs: sql.placeholder('timeMs'),
      correlationId: sql.placeholder('correlationId'),
      byKind: sql.placeholder('byKind'),
      byId: sql.placeholder('byId'),
    })
    .prepare();

  return {
    apply(message: ControlMessage, timeBeforeMs: number): void {
      insert.run(rowOf(message, timeBeforeMs));
    },
  };
}
