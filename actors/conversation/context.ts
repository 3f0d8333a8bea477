/** What is known of a conversation: its turns in order, all that was said still sealed. */
import type { ConversationData, SealedContent } from '../../events/conversation.ts';
import type { Dialect } from '../../events/provider.ts';
import type { Usage } from '../../events/traffic.ts';

export type TurnStatus = 'running' | 'completed' | 'failed' | 'interrupted';

/** Why a turn has no answer, or not all of it. */
export type TurnFault = Readonly<
  | { kind: 'failed'; status: number; code: string; reason: SealedContent }
  | { kind: 'interrupted'; cause: ConversationData<'TurnInterrupted'>['cause'] }
>;

export type Turn = Readonly<{
  id: string;
  answerId: string;
  number: number;
  status: TurnStatus;
  startedAtMs: number;
  endedAtMs: number | null;
  /** The process that runs it. */
  gatewayId: string;
  startId: string;
  /** As asked for until it is over, then who really answered. */
  model: string;
  question: SealedContent;
  answer: SealedContent | null;
  /** What came while it ran. */
  parts: readonly SealedContent[];
  provider: string;
  keyId: string;
  dialect: Dialect | null;
  usage: Usage | null;
  costMicroUsd: number | null;
  finishReason: string | null;
  fault: TurnFault | null;
}>;

/** The turns that a fork took over from the conversation it was made of. */
export type Inherited = Readonly<{ from: string; atTurn: number; history: SealedContent }>;

export type ConversationContext = Readonly<{
  owner: string;
  startedAtMs: number;
  keyRef: string;
  title: SealedContent | null;
  systemPrompt: SealedContent | null;
  model: string | null;
  maxTokens: number | null;
  temperature: number | null;
  inherited: Inherited | null;
  turns: readonly Turn[];
  isArchived: boolean;
  erasedAtMs: number | null;
}>;

export const unknownConversation: ConversationContext = {
  owner: '',
  startedAtMs: 0,
  keyRef: '',
  title: null,
  systemPrompt: null,
  model: null,
  maxTokens: null,
  temperature: null,
  inherited: null,
  turns: [],
  isArchived: false,
  erasedAtMs: null,
};

/** The number of the next turn. */
export const nextNumber = ({ turns, inherited }: ConversationContext): number =>
  (turns.at(-1)?.number ?? inherited?.atTurn ?? 0) + 1;

/** Questions, and answers as far as they came. */
export const messageCount = ({ turns, inherited }: ConversationContext): number =>
  2 * (inherited?.atTurn ?? 0) +
  turns.length +
  turns.filter(({ answer, parts }) => answer !== null || parts.length > 0).length;

export function forked({
  from,
  atTurn,
  history,
  ...beginning
}: ConversationData<'ConversationForked'>): ConversationContext {
  return { ...unknownConversation, ...beginning, inherited: { from, atTurn, history } };
}

export function begun(
  context: ConversationContext,
  data: ConversationData<'TurnStarted'>,
): Partial<ConversationContext> {
  const { turnId, title, ...started } = data;
  const turn: Turn = {
    id: turnId,
    ...started,
    status: 'running',
    endedAtMs: null,
    answer: null,
    parts: [],
    provider: '',
    keyId: '',
    dialect: null,
    usage: null,
    costMicroUsd: null,
    finishReason: null,
    fault: null,
  };
  return { turns: [...context.turns, turn], ...(title && { title }) };
}

const withLast = (
  { turns }: ConversationContext,
  change: (turn: Turn) => Turn,
): Partial<ConversationContext> => {
  const last = turns.at(-1);
  return last ? { turns: [...turns.slice(0, -1), change(last)] } : {};
};

export const progressed = (
  context: ConversationContext,
  { part }: ConversationData<'TurnProgressed'>,
): Partial<ConversationContext> =>
  withLast(context, (turn) => ({ ...turn, parts: [...turn.parts, part] }));

type Answered = Omit<ConversationData<'TurnCompleted'>, 'answer' | 'finishReason'>;

const over = (turn: Turn, status: TurnStatus, answered: Answered): Turn => {
  const { turnId: _turnId, model, ...known } = answered;
  const { endedAtMs, provider, keyId, dialect, usage, costMicroUsd } = known;
  const who = { provider, keyId, dialect, model: model || turn.model };
  return { ...turn, status, endedAtMs, usage, costMicroUsd, ...who };
};

export const completed = (
  context: ConversationContext,
  data: ConversationData<'TurnCompleted'>,
): Partial<ConversationContext> =>
  withLast(context, (turn) => {
    const { answer, finishReason } = data;
    // The whole answer holds what came of it.
    return { ...over(turn, 'completed', data), answer, finishReason, parts: [] };
  });

export const failed = (
  context: ConversationContext,
  data: ConversationData<'TurnFailed'>,
): Partial<ConversationContext> =>
  withLast(context, (turn) => {
    const { status, code, reason } = data;
    return { ...over(turn, 'failed', data), fault: { kind: 'failed', status, code, reason } };
  });

export const interrupted = (
  context: ConversationContext,
  data: ConversationData<'TurnInterrupted'>,
): Partial<ConversationContext> =>
  withLast(context, (turn) => {
    const { cause, answer } = data;
    const ended = {
      ...over(turn, 'interrupted', data),
      fault: { kind: 'interrupted', cause } as const,
    };
    return answer ? { ...ended, answer, parts: [] } : ended;
  });

/** What is left once nobody can read it any more: no sealed text either. */
export const erased = (
  context: ConversationContext,
  { erasedAtMs }: ConversationData<'ConversationErased'>,
): ConversationContext => ({
  ...unknownConversation,
  owner: context.owner,
  startedAtMs: context.startedAtMs,
  keyRef: context.keyRef,
  erasedAtMs,
});
