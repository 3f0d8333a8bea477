/** A conversation, its turns and its messages, as the API shows them. */
import { t, type Static } from 'elysia';
import { messageCount } from '../../actors/conversation/context.ts';
import type { NeutralMessage } from '../../events/neutralMessage.ts';
import type { Conversation } from '../conversations/conversations.ts';
import { textOf } from '../conversations/follow.ts';
import type { ReadTurn } from '../conversations/said.ts';
import { conversationFields } from './conversationItem.ts';
import { isoOf, nullable } from './list.ts';
import { presentParts } from './messageParts.ts';

const time = t.String({ format: 'date-time' });

export const conversationSchema = t.Object({
  ...conversationFields,
  system_prompt: nullable(t.String()),
  max_tokens: nullable(t.Integer()),
  temperature: nullable(t.Number()),
});

export function presentConversation({
  id,
  state,
  context,
  title,
  systemPrompt,
}: Conversation): Static<typeof conversationSchema> {
  const { turns, inherited } = context;
  const last = turns.at(-1);
  const inheritedTurns = inherited?.atTurn ?? 0;
  const sum = (of: (turn: (typeof turns)[number]) => number | null | undefined) =>
    turns.reduce((total, turn) => total + (of(turn) ?? 0), 0);
  return {
    id,
    title,
    owner: context.owner,
    status: String(state.value),
    model: context.model,
    system_prompt: systemPrompt,
    max_tokens: context.maxTokens,
    temperature: context.temperature,
    message_count: messageCount(context),
    turn_count: inheritedTurns + turns.length,
    running_turn: last?.status === 'running' ? last.id : null,
    forked_from: inherited && { id: inherited.from, turn: inherited.atTurn },
    usage: {
      input_tokens: sum(({ usage }) => usage?.inputTokens),
      output_tokens: sum(({ usage }) => usage?.outputTokens),
    },
    cost_micro_usd: sum(({ costMicroUsd }) => costMicroUsd),
    created_at: isoOf(context.startedAtMs),
    updated_at: isoOf(last?.endedAtMs ?? last?.startedAtMs ?? context.startedAtMs),
  };
}

export const messageSchema = t.Object({
  id: t.String(),
  turn_id: t.String(),
  turn: t.Integer({ description: 'its number, from 1' }),
  role: t.Union([t.Literal('user'), t.Literal('assistant')]),
  content: t.String({ description: 'its text' }),
  parts: t.Array(t.Unknown(), { description: 'all of it: text, images, files, tool calls' }),
  timestamp: time,
  token_count: t.Integer({ description: 'of a question estimated from its length' }),
  model_used: t.String(),
  status: t.String({ description: 'of its turn: running, completed, failed or interrupted' }),
});

type Message = Static<typeof messageSchema>;

const charsPerToken = 4;

const present = (turn: ReadTurn, message: NeutralMessage): Omit<Message, 'token_count'> => {
  const isQuestion = message.role === 'user';
  return {
    id: isQuestion ? turn.id : turn.answerId,
    turn_id: turn.id,
    turn: turn.number,
    role: message.role,
    content: textOf(message),
    parts: presentParts(message.parts),
    timestamp: isoOf(isQuestion ? turn.startedAtMs : (turn.endedAtMs ?? turn.startedAtMs)),
    model_used: turn.model,
    status: turn.status,
  };
};

const estimated = (message: NeutralMessage): number =>
  Math.ceil(textOf(message).length / charsPerToken);

/** Its question, and its answer as far as there is one. */
export function messagesOfTurn(turn: ReadTurn): Message[] {
  const { question, answer, usage } = turn;
  const asked = {
    ...present(turn, question.message),
    token_count: estimated(question.message),
  };
  if (!answer) return [asked];
  return [
    asked,
    { ...present(turn, answer), token_count: usage?.outputTokens ?? estimated(answer) },
  ];
}

export const turnSchema = t.Object({
  conversation_id: t.String(),
  turn_id: t.String(),
  turn: t.Integer(),
  status: t.String(),
  /** Null where nothing came. */
  message: nullable(messageSchema),
  model: t.String(),
  provider: t.String(),
  finish_reason: nullable(t.String()),
  usage: nullable(t.Object({ input_tokens: t.Integer(), output_tokens: t.Integer() })),
  cost_micro_usd: nullable(t.Integer()),
  error: nullable(t.Object({ code: t.String(), message: t.String() })),
});

export function presentTurn(conversationId: string, turn: ReadTurn): Static<typeof turnSchema> {
  const { usage, fault } = turn;
  const answer = messagesOfTurn(turn)[1];
  return {
    conversation_id: conversationId,
    turn_id: turn.id,
    turn: turn.number,
    status: turn.status,
    message: answer ?? null,
    model: turn.model,
    provider: turn.provider,
    finish_reason: turn.finishReason,
    usage: usage && { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens },
    cost_micro_usd: turn.costMicroUsd,
    error: fault && { code: fault.code, message: fault.reason },
  };
}
