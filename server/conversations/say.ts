/** The next question of a conversation: one turn at a time, others wait in a line with a bound or are told to come back. */
import type { ConversationContext } from '../../actors/conversation/context.ts';
import { createMailbox, type Mailbox } from '../../actors/runtime/mailbox.ts';
import { Refusal } from '../../actors/runtime/refusal.ts';
import type { Cause } from '../../events/event.ts';
import type { Question } from '../dialects/form.ts';
import type { Asker, Asking } from './asking.ts';
import type { BegunTurn, BeginTurn, Terms } from './beginTurn.ts';
import { lastOf, messagesOf } from './history.ts';
import type { RunningTurns } from './runningTurns.ts';
import type { Asked, Said } from './said.ts';

export type Utterance = Asked &
  Readonly<{
    /** Null takes the conversation's own, or the gateway's. */
    model: string | null;
    /** The answer is asked for as a stream. */
    isStreamed: boolean;
    /** Waits for the turn that runs; without it that is a refusal. */
    isPatient: boolean;
  }>;

/** @throws {Refusal} TURN_RUNNING, TOO_BUSY when too many wait, FULL, ARCHIVED, NOT_FOUND, GONE. */
export type Say = (
  id: string,
  owner: string | null,
  utterance: Utterance,
  asker: Asker,
  cause: Cause,
) => Promise<BegunTurn>;

type Deps = Readonly<{
  asking: Asking;
  beginTurn: BeginTurn;
  said: Said;
  running: Pick<RunningTurns, 'of'>;
  terms: Terms;
  now: () => number;
}>;

/** Who waits for a conversation, in this process. */
const waitingAtMost = 64;
const waitAtMostMs = 120_000;
/** How often it is looked whether a turn in another process is over. */
const lookEveryMs = 200;

export function createSay(deps: Deps): Say {
  const { asking, beginTurn, said, running, terms, now } = deps;
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
    const { model, isStreamed: _stream, isPatient: _patient, ...asked } = utterance;
    const mostMessages = terms.isTrimmed() ? null : terms.mostMessages();
    const turn = { asked, model, mostMessages, cause };
    return beginTurn(id, owner, turn, async (running, { context, number, model: chosen }) =>
      asking.ask({
        asker,
        conversationId: id,
        turnId: running.id,
        traceId: cause.traceId,
        question: await questionOf(context, number, chosen, utterance),
        signal: running.signal,
        onDelta: running.add,
      }),
    );
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
