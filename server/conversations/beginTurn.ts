/** Begins a turn: its question is in the log before anybody is asked for the answer. */
import type { ConversationCommand } from '../../actors/conversation/commands.ts';
import type { ConversationContext } from '../../actors/conversation/context.ts';
import { mustBeIdle } from '../../actors/conversation/decide.ts';
import type { ConversationState } from '../../actors/conversation/machine.ts';
import type { Answer as Answered } from '../../actors/runtime/loop.ts';
import { Refusal } from '../../actors/runtime/refusal.ts';
import type { Current } from '../../actors/runtime/runtime.ts';
import type { ConversationEvent } from '../../events/conversation.ts';
import type { Cause } from '../../events/event.ts';
import type { Outcome } from './asking.ts';
import type { Contents } from './contents.ts';
import { titleOf } from './history.ts';
import type { RunningTurn, RunningTurns } from './runningTurns.ts';
import type { RunTurn } from './runTurn.ts';
import { labels, type Asked } from './said.ts';

/** What the gateway says about turns; read each time. */
export type Terms = Readonly<{
  usual: Readonly<{ model: string; maxTokens: number; temperature: number | null }>;
  mostMessages: () => number;
  /** Longer conversations go on with their last messages; else they are full. */
  isTrimmed: () => boolean;
}>;

export type TurnToBegin = Readonly<{
  asked: Asked;
  /** Null takes the conversation's own, or the gateway's. */
  model: string | null;
  /** With more messages the conversation is full; null for no limit. */
  mostMessages: number | null;
  cause: Cause;
}>;

export type BegunTurn = Readonly<{ running: RunningTurn; number: number; model: string }>;

/** The conversation as it is with the turn, and what the turn was given. */
export type Begun = Readonly<{ context: ConversationContext; number: number; model: string }>;

/** @throws {Refusal} TURN_RUNNING, FULL, ARCHIVED, NOT_FOUND, GONE. @throws {LogUnavailable} */
export type BeginTurn = (
  id: string,
  owner: string | null,
  turn: TurnToBegin,
  answer: (running: RunningTurn, begun: Begun) => Promise<Outcome>,
) => Promise<BegunTurn>;

type Deps = Readonly<{
  open: (id: string, owner: string | null) => Promise<Current<ConversationState>>;
  ask: (
    id: string,
    command: ConversationCommand,
    cause: Cause,
  ) => Promise<Answered<ConversationState, ConversationEvent>>;
  contents: Contents;
  running: RunningTurns;
  runTurn: RunTurn;
  own: Readonly<{ gatewayId: string; startId: string }>;
  terms: Pick<Terms, 'usual'>;
  now: () => number;
}>;

export function createBeginTurn(deps: Deps): BeginTurn {
  const { open, ask, contents, running, runTurn, own, terms, now } = deps;

  return async (id, owner, { asked, model: named, mostMessages, cause }, answer) => {
    const { state: before } = await open(id, owner);
    // Nothing large is put away for a turn that cannot begin yet.
    mustBeIdle(before);
    const { context } = before;
    const { keyRef } = context;
    const model = named ?? context.model ?? terms.usual.model;
    const turnId = Bun.randomUUIDv7();
    const title = context.title === null ? titleOf(asked.message) : null;
    const question = await contents.seal(keyRef, labels.question(turnId), asked);
    const command = {
      type: 'StartTurn',
      turnId,
      answerId: Bun.randomUUIDv7(),
      startedAtMs: now(),
      ...own,
      model,
      question,
      ...(title !== null && { title: await contents.seal(keyRef, labels.title, title) }),
      mostMessages,
    } as const;
    // Before the event is out: another gateway that reads it asks at once whether anybody runs the turn.
    const withdraw = running.announce(turnId);
    try {
      const { state } = await ask(id, command, cause);
      const number = state.context.turns.at(-1)?.number ?? 0;
      const begun = { context: state.context, number, model };
      const turn = { keyRef, cause, answer: (one: RunningTurn) => answer(one, begun) };
      return { running: running.begin(turnId, id, (one) => runTurn(one, turn)), number, model };
    } catch (error) {
      // After any other error it may be in the log all the same.
      if (error instanceof Refusal) await contents.erase(question);
      throw error;
    } finally {
      withdraw();
    }
  };
}
