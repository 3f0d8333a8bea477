/** A conversation as lists show it: whose, when, how much. */
import { t, type Static } from 'elysia';
import type { Listed } from '../conversations/listing.ts';
import { isoOf, nullable } from './list.ts';

const time = t.String({ format: 'date-time' });

/** What a conversation shows wherever it is shown. */
export const conversationFields = {
  id: t.String(),
  title: nullable(
    t.String({ description: 'null where there is none, or it is not yours to read' }),
  ),
  owner: t.String({ description: 'the client; empty where it came without a key' }),
  status: t.String({ description: 'idle, running or archived' }),
  model: nullable(t.String({ description: 'for turns that name none' })),
  message_count: t.Integer(),
  turn_count: t.Integer(),
  running_turn: nullable(t.String()),
  forked_from: nullable(t.Object({ id: t.String(), turn: t.Integer() })),
  usage: t.Object({ input_tokens: t.Integer(), output_tokens: t.Integer() }),
  cost_micro_usd: t.Integer({ description: 'of the turns whose price is known' }),
  created_at: time,
  updated_at: time,
};

export const conversationItemSchema = t.Object({
  ...conversationFields,
  models: t.Array(t.String(), { description: 'that were asked for, and that answered' }),
  sequence: t.Integer({ description: 'of its newest event in CONVERSATIONS: its version' }),
});

export const presentConversationItem = ({
  row,
  title,
}: Listed): Static<typeof conversationItemSchema> => ({
  id: row.id,
  title,
  owner: row.owner,
  status: row.status,
  model: row.model,
  models: [...row.models],
  message_count: row.messages,
  turn_count: row.turns,
  running_turn: row.runningTurn,
  forked_from: row.forkedFrom === null ? null : { id: row.forkedFrom, turn: row.forkedAtTurn ?? 0 },
  usage: { input_tokens: row.inputTokens, output_tokens: row.outputTokens },
  cost_micro_usd: row.costMicroUsd,
  created_at: isoOf(row.startedAtMs),
  updated_at: isoOf(row.updatedAtMs),
  sequence: row.sequence,
});
