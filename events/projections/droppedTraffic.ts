/** Traffic that was thrown away because a gateway's spool was full: how much, and what it had counted. */
import { lt, sql } from 'drizzle-orm';
import { integer, sqliteTable } from 'drizzle-orm/sqlite-core';
import type { TrafficEvent } from '../traffic.ts';
import type { ProjectionDatabase } from './database.ts';

export type TrafficDropped = Extract<TrafficEvent, { type: 'TrafficDropped' }>;

export const droppedTrafficTable = sqliteTable('dropped_traffic', {
  n: integer('n').primaryKey(),
  atMs: integer('at_ms').notNull(),
  count: integer('count').notNull(),
  requests: integer('requests').notNull(),
  failures: integer('failures').notNull(),
  inputTokens: integer('input_tokens').notNull(),
  outputTokens: integer('output_tokens').notNull(),
  toolCalls: integer('tool_calls').notNull().default(0),
  toolFailures: integer('tool_failures').notNull().default(0),
});

/** Projects what was dropped. */
export function droppedTraffic(db: ProjectionDatabase) {
  const insert = db
    .insert(droppedTrafficTable)
    .values({
      n: sql.placeholder('n'),
      atMs: sql.placeholder('atMs'),
      count: sql.placeholder('count'),
      requests: sql.placeholder('requests'),
      failures: sql.placeholder('failures'),
      inputTokens: sql.placeholder('inputTokens'),
      outputTokens: sql.placeholder('outputTokens'),
      toolCalls: sql.placeholder('toolCalls'),
      toolFailures: sql.placeholder('toolFailures'),
    })
    .prepare();

  return {
    apply(n: number, { atMs, data }: TrafficDropped): void {
      insert.run({ toolCalls: 0, toolFailures: 0, ...data, n, atMs });
    },

    /** Drops the rows of messages the log has dropped. */
    prune(beforeN: number): void {
      db.delete(droppedTrafficTable).where(lt(droppedTrafficTable.n, beforeN)).run();
    },
  };
}
