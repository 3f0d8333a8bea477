/** Turns as the page shows them: what was said, and how it went. */
import type { Conversation, Message, TurnFacts } from '../../live/conversationCommands.ts';

export type ShownTurn = Readonly<{
  number: number;
  id: string;
  question: Message | undefined;
  answer: Message | undefined;
  /** Undefined for those that a fork took over. */
  facts: TurnFacts | undefined;
  status: string;
}>;

export function turnsOf({ messages = [], turns }: Conversation): readonly ShownTurn[] {
  const facts = new Map(turns.map((turn) => [turn.turn, turn]));
  const numbers = [...new Set([...messages, ...turns].map(({ turn }) => turn))].sort(
    (one, other) => one - other,
  );
  const of = (role: Message['role']) =>
    new Map(messages.filter((one) => one.role === role).map((one) => [one.turn, one]));
  const [questions, answers] = [of('user'), of('assistant')];
  return numbers.map((number) => {
    const [question, answer, own] = [questions.get(number), answers.get(number), facts.get(number)];
    return {
      number,
      id: own?.turn_id ?? question?.turn_id ?? String(number),
      question,
      answer,
      facts: own,
      status: own?.status ?? question?.status ?? 'completed',
    };
  });
}

/** A turn that is over does not change: it stays the same object, and what is drawn of it stays as it is. */
export function keeping(
  before: ReadonlyMap<number, ShownTurn>,
  turns: readonly ShownTurn[],
): ReadonlyMap<number, ShownTurn> {
  const kept = turns.map((turn) => {
    const old = before.get(turn.number);
    const isSame =
      old?.id === turn.id &&
      old.status === turn.status &&
      turn.status !== 'running' &&
      (old.question === undefined) === (turn.question === undefined);
    return isSame ? old : turn;
  });
  return new Map(kept.map((turn) => [turn.number, turn]));
}
