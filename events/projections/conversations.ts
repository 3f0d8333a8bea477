/** One row per conversation: whose, when, how much. Its title stands here sealed, as in the log; what else was said does not. */
import { eq, sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { ConversationEvent, SealedContent } from '../conversation.ts';
import type { StoredEvent } from '../event.ts';
import { foldConversation } from './conversationFold.ts';
import type { ProjectionDatabase } from './database.ts';

export const conversationTable = sqliteTable(
  'conversation',
  {
    id: text('id').primaryKey(),
    /** `''` for an operator, and where the gateway is open. */
    owner: text('owner').notNull(),
    status: text('status').$type<'idle' | 'running' | 'archived' | 'erased'>().notNull(),
    /** Under which name its data key lies in the vault. */
    keyRef: text('key_ref').notNull(),
    title: text('title', { mode: 'json' }).$type<SealedContent>(),
    /** For turns that name none. */
    model: text('model'),
    /** Those that were asked for, and those that answered. */
    models: text('models', { mode: 'json' }).$type<readonly string[]>().notNull(),
    startedAtMs: integer('started_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
    /** With those that a fork took over. */
    turns: integer('turns').notNull(),
    messages: integer('messages').notNull(),
    runningTurn: text('running_turn'),
    /** Something of the last turn's answer has come, which makes it a message. */
    isAnswered: integer('is_answered', { mode: 'boolean' }).notNull(),
    inputTokens: integer('input_tokens').notNull(),
    outputTokens: integer('output_tokens').notNull(),
    costMicroUsd: integer('cost_micro_usd').notNull(),
    forkedFrom: text('forked_from'),
    forkedAtTurn: integer('forked_at_turn'),
    /** The actor's version: the sequence of its newest event in CONVERSATIONS. */
    sequence: integer('sequence').notNull(),
  },
  (t) => [
    index('conversation_sequence').on(t.sequence),
    index('conversation_owner').on(t.owner, t.sequence),
  ],
);
export type ConversationRow = typeof conversationTable.$inferSelect;

const columns = [
  'id',
  'owner',
  'status',
  'keyRef',
  'title',
  'model',
  'models',
  'startedAtMs',
  'updatedAtMs',
  'turns',
  'messages',
  'runningTurn',
  'isAnswered',
  'inputTokens',
  'outputTokens',
  'costMicroUsd',
  'forkedFrom',
  'forkedAtTurn',
  'sequence',
] as const satisfies readonly (keyof ConversationRow)[];

type Placeholders = { [Column in keyof ConversationRow]: ReturnType<typeof sql.placeholder> };

/** Projects the events of conversations. */
export function conversations(db: ProjectionDatabase) {
  const t = conversationTable;
  const byId = eq(t.id, sql.placeholder('id'));
  const find = db.select().from(t).where(byId).prepare();
  const remove = db.delete(t).where(byId).prepare();
  const values = Object.fromEntries(columns.map((name) => [name, sql.placeholder(name)]));
  const insert = db
    .insert(t)
    .values(values as Placeholders)
    .prepare();

  return {
    apply(event: StoredEvent<ConversationEvent>): void {
      const before = find.get({ id: event.actor.id });
      const after = foldConversation(before, event);
      if (!after) return;
      if (before) remove.run({ id: after.id });
      insert.run(after);
    },
  };
}
