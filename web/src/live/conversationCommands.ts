/** What the console asks of conversations, and what it says in them. */
import { answerOf, api } from './api.ts';
import { readEvents } from './sse.ts';

const one = (id: string) => api.conversations({ id });
const pageSize = 100;

export type ConversationFilter = Readonly<{
  title?: string;
  model?: string;
  owner?: string;
  archived?: boolean;
}>;

/** The one in which something happened last first; `after` is the `next` of the page before. */
export const conversationsThen = (filter: ConversationFilter, after?: number) =>
  answerOf(
    api.conversations.get({
      query: { ...filter, ...(after !== undefined && { after }), limit: pageSize },
    }),
  );
export type ConversationRow = Awaited<ReturnType<typeof conversationsThen>>['data'][number];

export type Beginning = NonNullable<Parameters<typeof api.conversations.post>[0]>;

export const conversations = {
  begin: (beginning: Beginning) => answerOf(api.conversations.post(beginning)),
  rename: (id: string, title: string) => answerOf(one(id).patch({ title })),
  archive: (id: string) => answerOf(one(id).archive.post()),
  unarchive: (id: string) => answerOf(one(id).unarchive.post()),
  /** Without a turn: with all that are over. */
  fork: (id: string, turn?: number) =>
    answerOf(one(id).fork.post(turn === undefined ? {} : { turn })),
  erase: (id: string) => answerOf(one(id).delete()),
  cancel: (id: string, turn: string) => answerOf(one(id).turns({ turn }).cancel.post()),
  /** Why a turn of one's own has no answer. */
  turn: (id: string, turn: string) => answerOf(one(id).turns({ turn }).get()),
};

export const exportPath = (id: string, format: 'json' | 'markdown'): string =>
  `/api/conversations/${encodeURIComponent(id)}/export?format=${format}`;

export type Part = Readonly<{ type: string } & Record<string, unknown>>;

export type Message = Readonly<{
  id: string;
  turn_id: string;
  /** Its number, from 1. */
  turn: number;
  role: 'user' | 'assistant';
  parts: readonly Part[];
  timestamp: string;
  token_count: number;
  model_used: string;
  status: string;
}>;

/** How a turn went, without what was said; those that a fork took over have none. */
export type TurnFacts = Readonly<{
  turn_id: string;
  turn: number;
  status: string;
  model: string;
  provider: string;
  key_id: string;
  started_at: string;
  ended_at: string | null;
  finish_reason: string | null;
  usage: Readonly<{ input_tokens: number; output_tokens: number }> | null;
  cost_micro_usd: number | null;
  question_bytes: number;
  answer_bytes: number | null;
  error: string | null;
}>;

/** A conversation now or then, with what was said for those who may read it. */
export type Conversation = Readonly<{
  id: string;
  /** Of its newest event, in the log of conversations. */
  sequence: number;
  status: string;
  title: string | null;
  owner: string;
  model: string | null;
  system_prompt: string | null;
  max_tokens: number | null;
  temperature: number | null;
  message_count: number;
  turn_count: number;
  running_turn: string | null;
  forked_from: Readonly<{ id: string; turn: number }> | null;
  usage: Readonly<{ input_tokens: number; output_tokens: number }>;
  cost_micro_usd: number;
  created_at: string;
  updated_at: string;
  turns: readonly TurnFacts[];
  content: 'shown' | 'hidden' | 'erased';
  messages?: readonly Message[];
}>;

const actor = (id: string) => api.actors({ kind: 'conversation' })({ id });
type Presented = Awaited<ReturnType<typeof actorNow>>;
const actorNow = (id: string) => answerOf(actor(id).get());

const conversationOf = ({ id, sequence, status, context }: Presented): Conversation =>
  ({ ...context, id, sequence, status }) as Conversation;

export const conversationNow = async (id: string): Promise<Conversation> =>
  conversationOf(await actorNow(id));

/** As it was after this event of it. */
export const conversationAt = async (id: string, sequence: number): Promise<Conversation> =>
  conversationOf(await answerOf(actor(id).at.get({ query: { sequence } })));

export type Utterance = Readonly<{
  content: string | readonly Part[];
  model?: string;
  max_tokens?: number;
  temperature?: number;
  system_prompt?: string;
}>;

type Listening = Readonly<{
  signal: AbortSignal;
  onEvent: (name: string, data: string, id: string | undefined) => void;
}>;

const turnsPath = (id: string) => `/api/conversations/${encodeURIComponent(id)}`;

/** Asks, and hears the answer as it comes. @throws {ApiProblem} when it is refused. */
export const sayIn = (id: string, said: Utterance, listening: Listening): Promise<void> =>
  readEvents({
    ...listening,
    url: `${turnsPath(id)}/messages`,
    onOpen: () => {},
    body: { ...said, stream: true },
  });

/** Hears a turn again from the event with this id on; from its beginning without one. */
export const followTurn = (
  id: string,
  turnId: string,
  lastEventId: string | undefined,
  listening: Listening,
): Promise<void> =>
  readEvents({
    ...listening,
    url: `${turnsPath(id)}/turns/${encodeURIComponent(turnId)}/events`,
    onOpen: () => {},
    lastEventId,
  });
