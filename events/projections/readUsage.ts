/** How much the gateway was used since some time: counts alone, of nobody in particular. */
import { and, countDistinct, gte, inArray, ne, sql, type Column } from 'drizzle-orm';
import { conversationTable } from './conversations.ts';
import type { ProjectionDatabase } from './database.ts';
import { conversationEventTable } from './eventIndex.ts';
import { minuteTable } from './recentCounts.ts';

export type Usage = Readonly<{
  /** That are not erased, whenever they began. */
  conversations: number;
  /** Owners of conversations in which something happened. */
  activeUsers: number;
  /** Questions and whole answers. */
  messages: number;
  requests: number;
  failures: number;
  /** Of all those requests together. */
  durationMs: number;
}>;

export const noUsage: Usage = {
  conversations: 0,
  activeUsers: 0,
  messages: 0,
  requests: 0,
  failures: 0,
  durationMs: 0,
};

const minuteMs = 60_000;
const messageTypes = ['TurnStarted', 'TurnCompleted'];

export function usageSince(db: ProjectionDatabase, sinceMs: number): Usage {
  const [c, e, m] = [conversationTable, conversationEventTable, minuteTable];
  const count = sql<number>`count(*)`;
  const sum = (column: Column) => sql<number>`coalesce(sum(${column}), 0)`;
  const all = db.select({ count }).from(c).where(ne(c.status, 'erased')).get();
  const active = db
    .select({ count: countDistinct(c.owner) })
    .from(c)
    .where(gte(c.updatedAtMs, sinceMs))
    .get();
  const messages = db
    .select({ count })
    .from(e)
    .where(and(gte(e.timeMs, sinceMs), inArray(e.type, messageTypes)))
    .get();
  const traffic = db
    .select({
      requests: sum(m.requests),
      failures: sum(m.failures),
      durationMs: sum(m.durationMs),
    })
    .from(m)
    .where(gte(m.minute, Math.floor(sinceMs / minuteMs)))
    .get();
  return {
    ...noUsage,
    ...traffic,
    conversations: all?.count ?? 0,
    activeUsers: active?.count ?? 0,
    messages: messages?.count ?? 0,
  };
}
