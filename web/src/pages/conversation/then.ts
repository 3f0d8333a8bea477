/** A conversation as it was: after one of its events, or after one of its turns. */
import { historyOf } from '../../live/commands.ts';
import { conversationAt, type Conversation } from '../../live/conversationCommands.ts';

export type Moment = Readonly<{ at: number } | { turn: number }>;

const whole = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

export function momentIn(params: Readonly<{ at?: string; turn?: string }>): Moment | undefined {
  const [at, turn] = [whole(params.at), whole(params.turn)];
  if (at !== undefined) return { at };
  return turn === undefined ? undefined : { turn };
}

const ends = new Set(['TurnCompleted', 'TurnFailed', 'TurnInterrupted']);
const looksAtMost = 1_000;

/** Turns that a fork took over are no events of its own: of them the first ones are shown. */
const firstTurns = (now: Conversation, turn: number): Conversation => ({
  ...now,
  turns: now.turns.filter((one) => one.turn <= turn),
  ...(now.messages && { messages: now.messages.filter((one) => one.turn <= turn) }),
  turn_count: Math.min(turn, now.turn_count),
});

export async function conversationThen(now: Conversation, moment: Moment): Promise<Conversation> {
  if ('at' in moment) return conversationAt(now.id, moment.at);
  const { turn } = moment;
  const id = now.turns.find((one) => one.turn === turn)?.turn_id;
  if (id === undefined) return firstTurns(now, turn);
  const { data } = await historyOf('conversation', now.id, looksAtMost);
  const end = data.find((event) => ends.has(event.type) && event.data?.['turn_id'] === id);
  return end ? conversationAt(now.id, end.sequence) : firstTurns(now, turn);
}
