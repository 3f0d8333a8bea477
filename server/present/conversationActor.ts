/** A conversation as an actor: now or at a moment, with what was said for those who may read it. */
import type { ConversationState } from '../../actors/conversation/machine.ts';
import type { PastState } from '../../actors/runtime/replay.ts';
import type { ConversationRow } from '../../events/projections/conversations.ts';
import type { Conversation } from '../conversations/conversations.ts';
import type { ReadTurn } from '../conversations/said.ts';
import type { PresentedActor } from './actor.ts';
import { messagesOfTurn, presentConversation } from './conversation.ts';
import { presentConversationItem } from './conversationItem.ts';
import { isoOf } from './list.ts';

/** `hidden` from who asks, or `erased` for everybody. */
export type Content =
  | Readonly<{ kind: 'shown'; conversation: Conversation; turns: readonly ReadTurn[] }>
  | Readonly<{ kind: 'hidden' | 'erased' }>;

const turnsOf = ({ context }: ConversationState) =>
  context.turns.map((turn) => ({
    turn_id: turn.id,
    turn: turn.number,
    status: turn.status,
    model: turn.model,
    provider: turn.provider,
    key_id: turn.keyId,
    gateway_id: turn.gatewayId,
    started_at: isoOf(turn.startedAtMs),
    ended_at: turn.endedAtMs === null ? null : isoOf(turn.endedAtMs),
    finish_reason: turn.finishReason,
    usage: turn.usage && {
      input_tokens: turn.usage.inputTokens,
      output_tokens: turn.usage.outputTokens,
    },
    cost_micro_usd: turn.costMicroUsd,
    question_bytes: turn.question.contentBytes,
    answer_bytes: turn.answer?.contentBytes ?? null,
    error: turn.fault && (turn.fault.kind === 'failed' ? turn.fault.code : turn.fault.cause),
  }));

export function presentConversationActor(
  { actor, sequence, timeMs }: Pick<PastState, 'actor' | 'sequence' | 'timeMs'>,
  state: ConversationState,
  content: Content,
): PresentedActor {
  const { context } = state;
  const nothing = { id: actor.id, state, context, title: null, systemPrompt: null };
  const isShown = content.kind === 'shown';
  return {
    kind: actor.kind,
    id: actor.id,
    sequence,
    status: state.value,
    state: state.value,
    context: {
      ...presentConversation(isShown ? content.conversation : nothing),
      erased_at: context.erasedAtMs === null ? null : isoOf(context.erasedAtMs),
      turns: turnsOf(state),
      content: content.kind,
      ...(isShown && { messages: content.turns.flatMap(messagesOfTurn) }),
    },
    updated_at: isoOf(timeMs),
  };
}

/** From its row alone. */
export function presentConversationRow(row: ConversationRow): PresentedActor {
  const { sequence, title: _title, ...context } = presentConversationItem({ row, title: null });
  const { id, status } = row;
  return { kind: 'conversation', id, sequence, status, state: status, context };
}
