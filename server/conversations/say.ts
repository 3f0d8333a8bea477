/** The next question of a conversation: one turn at a time, others wait in a line with a bound or are told to come back. */
import type { ConversationCommand } from '../../actors/conversation/commands.ts';
import type { ConversationContext } from '../../actors/conversation/context.ts';
import type { ConversationState } from '../../actors/conversation/machine.ts';
import type { Answer as Answered } from '../../actors/runtime/loop.ts';
import { createMailbox, type Mailbox } from '../../actors/runtime/mailbox.ts';
import { Refusal } from '../../actors/runtime/refusal.ts';
import type { Current } from '../../actors/runtime/runtime.ts';
import type { ConversationEvent } from '../../events/conversation.ts';
import type { Cause } from '../../events/event.ts';
import type { Question } from '../dialects/form.ts';
import type { Asker } from './asking.ts';
import type { Contents } from './contents.ts';
import { lastOf, messagesOf, titleOf } from './history.ts';
import type { RunningTurn, RunningTurns } from './runningTurns.ts';
import type { RunTurn } from './runTurn.ts';
import { labels, type Asked, type Said } from './said.ts';

export type Utterance = Asked &
  Readonly<{
    /** Null takes the conversation's own, or the gateway's. */
    model: string | null;
    /** The answer is asked for as a stream. */
    isStreamed: boolean;
    /** Waits for the turn that runs; without it that is a refusal. */
    isPatient: boolean;
  }>;

/** What the gateway says about turns; read each time. */
export type Terms = Readonly<{
  usual: Readonly<{ model: string; maxTokens: number; temperature: number | null }>;
  mostMessages: () => number;
  /** Longer conversations go on with their last messages; else they are full. */
  isTrimmed: () => boolean;
}>;

export type SaidTurn = Readonly<{ running: RunningTurn; number: number; model: string }>;

/** @throws {Refusal} TURN_RUNNING, TOO_BUSY when too many wait, FULL, ARCHIVED, NOT_FOUND, GONE. */
export type Say = (
  id: string,
  owner: string | null,
  utterance: Utterance,
  asker: Asker,
  cause: Cause,
) => Promise<SaidTurn>;

type Deps = Readonly<{
  open: (id: string, owner: string | null) => Promise<Current<ConversationState>>;
  ask: (
    id: string,
    command: ConversationCommand,
    cause: Cause,
  ) => Promise<Answered<ConversationState, ConversationEvent>>;
  contents: Contents;
  said: Said;
  running: RunningTurns;
  runTurn: RunTurn;
  own: Readonly<{ gatewayId: string; startId: string }>;
  terms: Terms;
  now: () => number;
}>;

/** Who waits for a conversation, in this process. */
const waitingAtMost = 64;
const waitAtMostMs = 120_000;
/** How often it is looked whether a turn in another process is over. */
const lookEveryMs = 200;

export function createSay(deps: Deps): Say {
  const { open, ask, contents, said, running, runTurn, own, terms, now } = deps;
  const lines = new Map<string, Mailbox>();

  const questionOf = async (
    context: ConversationContext,
    number: number,
    model: string,
    utterance: Utterance,
  ): Promise<Question> => {
    const { message, tools, toolChoice, isStreamed } = utterance;
    const before = messagesOf(await said.turns(context, number));
    const all = [...before, message];
    const temperature = utterance.temperature ?? context.temperature ?? terms.usual.temperature;
    return {
      model,
      system: utterance.system ?? (await said.system(context)) ?? undefined,
      messages: terms.isTrimmed() ? lastOf(all, terms.mostMessages()) : all,
      tools,
      toolChoice,
      maxTokens: utterance.maxTokens ?? context.maxTokens ?? terms.usual.maxTokens,
      temperature: temperature ?? undefined,
      stream: isStreamed,
    };
  };

  const begin: Say = async (id, owner, utterance, asker, cause) => {
    const { context } = (await open(id, owner)).state;
    const { keyRef } = context;
    const { model: named, isStreamed: _stream, isPatient: _patient, ...asked } = utterance;
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
      mostMessages: terms.isTrimmed() ? null : terms.mostMessages(),
    } as const;
    // Before the event is out: another gateway that reads it asks at once whether anybody runs the turn.
    const withdraw = running.announce(turnId);
    try {
      const { state } = await ask(id, command, cause);
      const number = state.context.turns.at(-1)?.number ?? 0;
      const turn = {
        keyRef,
        asker,
        cause,
        question: () => questionOf(state.context, number, model, utterance),
      };
      const begun = running.begin(turnId, id, (one) => runTurn(one, turn));
      return { running: begun, number, model };
    } catch (error) {
      await contents.erase(question);
      throw error;
    } finally {
      withdraw();
    }
  };

  const beginWhenFree: Say = async (id, ...more) => {
    const untilMs = now() + waitAtMostMs;
    for (;;) {
      try {
        return await begin(id, ...more);
      } catch (error) {
        const isBusy = error instanceof Refusal && error.code === 'TURN_RUNNING';
        if (!isBusy || now() >= untilMs) throw error;
      }
      await Promise.race([
        running.of(id)?.ended.catch(() => undefined) ?? new Promise(() => {}),
        Bun.sleep(lookEveryMs),
      ]);
    }
  };

  const lineOf = (id: string): Mailbox => {
    const line = lines.get(id) ?? createMailbox(`conversation ${id}`, waitingAtMost);
    lines.set(id, line);
    return line;
  };

  return async (id, owner, utterance, asker, cause) => {
    if (!utterance.isPatient) return begin(id, owner, utterance, asker, cause);
    const line = lineOf(id);
    try {
      return await line.put(() => beginWhenFree(id, owner, utterance, asker, cause));
    } finally {
      if (line.waiting() === 0) lines.delete(id);
    }
  };
}
