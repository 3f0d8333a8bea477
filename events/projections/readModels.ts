/** What the read models can be asked: read-only, while the projector writes them. */
import { checkpointTable, type Checkpoint } from './checkpoints.ts';
import type { ConversationRow } from './conversations.ts';
import {
  conversationOf,
  conversationsById,
  conversationsOf,
  type ConversationFilter,
} from './readConversations.ts';
import type { EventIndexRow } from './eventIndex.ts';
import { eventsOf, type EventFilter } from './readEvents.ts';
import { dayUntil, noDay, type Day } from './readDay.ts';
import { readerOf } from './reader.ts';
import { requestOf, requestsOf, type Page, type RequestFilter } from './readRequests.ts';
import {
  keyCountsOf,
  statsOf,
  type KeyCount,
  type StatsFilter,
  type StatsRow,
} from './readStats.ts';
import {
  toolCallOf,
  toolCallsOf,
  toolStatsOf,
  type ToolCall,
  type ToolCallFilter,
  type ToolStatsFilter,
  type ToolStatsRow,
} from './readToolCalls.ts';
import { noUsage, usageSince, type Usage } from './readUsage.ts';
import type { RequestRow } from './requests.ts';

/**
 * Queries over the file at a path. While there is none, or it is being made anew, they answer with what is there:
 * nothing at first. A limit is the caller's to bound.
 */
export function openReadModels(databasePath: string) {
  const reader = readerOf(databasePath);
  const nothing = { rows: [], next: null };
  return {
    requests: (filter: RequestFilter): Page<RequestRow> =>
      reader.read((db) => requestsOf(db, filter), nothing),

    requestById: (id: string): RequestRow | undefined =>
      reader.read((db) => requestOf(db, id), undefined),

    stats: (filter: StatsFilter): StatsRow[] => reader.read((db) => statsOf(db, filter), []),

    toolCalls: (filter: ToolCallFilter): Page<ToolCall> =>
      reader.read((db) => toolCallsOf(db, filter), nothing),

    toolCallById: (id: string): ToolCall | undefined =>
      reader.read((db) => toolCallOf(db, id), undefined),

    toolStats: (filter: ToolStatsFilter): ToolStatsRow[] =>
      reader.read((db) => toolStatsOf(db, filter), []),

    /** Requests and failures by key id, on one UTC day. */
    keyCounts: (day: string): Map<string, KeyCount> =>
      reader.read((db) => keyCountsOf(db, day), new Map<string, KeyCount>()),

    /** The last day, with so many of its newest requests and calls. */
    day: (nowMs: number, limit: number): Day =>
      reader.read((db) => dayUntil(db, nowMs, limit), noDay),

    /** How much there was to do since then. */
    usage: (sinceMs: number): Usage => reader.read((db) => usageSince(db, sinceMs), noUsage),

    eventIndex: (filter: EventFilter): Page<EventIndexRow> =>
      reader.read((db) => eventsOf(db, filter), nothing),

    /** Newest first, without those that were erased. */
    conversations: (filter: ConversationFilter): ConversationRow[] =>
      reader.read((db) => conversationsOf(db, filter), []),

    conversationById: (id: string): ConversationRow | undefined =>
      reader.read((db) => conversationOf(db, id), undefined),

    /** In the order of their ids, erased ones included. */
    conversationsById: (filter: Parameters<typeof conversationsById>[1]): ConversationRow[] =>
      reader.read((db) => conversationsById(db, filter), []),

    /** How far each stream is projected; empty before anything is. */
    positions: (): Checkpoint[] => reader.read((db) => db.select().from(checkpointTable).all(), []),

    /** May be called twice. */
    close: reader.close,
  };
}
export type ReadModels = ReturnType<typeof openReadModels>;
