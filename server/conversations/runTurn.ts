/** One turn from its first event to its last: the provider is asked, what comes is kept, how it ended is written down. */
import type { ConversationCommand } from '../../actors/conversation/commands.ts';
import type { ConversationState } from '../../actors/conversation/machine.ts';
import type { Answer as Answered } from '../../actors/runtime/loop.ts';
import { Refusal } from '../../actors/runtime/refusal.ts';
import type {
  ConversationData,
  ConversationEvent,
  SealedContent,
} from '../../events/conversation.ts';
import type { Cause } from '../../events/event.ts';
import { LogUnavailable } from '../../events/log.ts';
import type { Outcome } from './asking.ts';
import type { Contents } from './contents.ts';
import type { RunningTurn } from './runningTurns.ts';
import { labels, type Part, type ReadTurn, type Said } from './said.ts';

export type TurnToRun = Readonly<{
  keyRef: string;
  cause: Cause;
  answer: (running: RunningTurn) => Promise<Outcome>;
}>;

export type RunTurnDeps = Readonly<{
  contents: Contents;
  said: Said;
  ask: (
    conversationId: string,
    command: ConversationCommand,
    cause: Cause,
  ) => Promise<Answered<ConversationState, ConversationEvent>>;
  now: () => number;
  onError: (error: unknown, about: string) => void;
  /** True while what is under way is being cut short. */
  isStopping: () => boolean;
  /** What of a running answer is not in the log yet is younger than this. */
  progressMs?: number;
}>;

/** An answer that is there is worth waiting for a log that is away. */
const writeWithinMs = 120_000;
const writeAgainMs = 500;
/** Of what a provider calls its models and errors. */
const nameChars = 200;

const nobody = {
  provider: '',
  keyId: '',
  model: '',
  dialect: null,
  usage: null,
  costMicroUsd: null,
} as const;

export type RunTurn = (running: RunningTurn, turn: TurnToRun) => Promise<ReadTurn>;

export function createRunTurn(deps: RunTurnDeps): RunTurn {
  const { contents, said, ask, now, onError, isStopping, progressMs = 1_000 } = deps;

  /** Writes what has come every so often; resolves its stop once nothing of it is under way. */
  const keepProgress = (running: RunningTurn, { keyRef, cause }: TurnToRun) => {
    let keptChars = 0;
    let keeping: Promise<void> | undefined;
    const keep = async () => {
      const text = running.text();
      if (text.length === keptChars) return;
      try {
        // With its place: one that was written twice is there once.
        const come: Part = { atChars: keptChars, text: text.slice(keptChars) };
        const part = await contents.seal(keyRef, labels.part(running.id), come);
        const command = { type: 'ProgressTurn', turnId: running.id, part } as const;
        const { fact } = await ask(running.conversationId, command, cause);
        keptChars = text.length;
        if (fact) return;
        // Ended by somebody else: erased, or taken for gone.
        running.cancel('cancelled');
        await contents.erase(part);
      } catch (error) {
        if (error instanceof Refusal) running.cancel('cancelled');
        else onError(error, `keeping the progress of turn ${running.id}`);
      }
    };
    const timer = setInterval(() => {
      keeping ??= keep().finally(() => (keeping = undefined));
    }, progressMs);
    return async () => {
      clearInterval(timer);
      await keeping;
    };
  };

  const outcomeOf = async (running: RunningTurn, turn: TurnToRun): Promise<Outcome | null> => {
    try {
      return await turn.answer(running);
    } catch (error) {
      if (!running.signal.aborted) onError(error, `turn ${running.id}`);
      return null;
    }
  };

  const lastWord = async (
    running: RunningTurn,
    { keyRef }: TurnToRun,
    outcome: Outcome | null,
  ): Promise<ConversationCommand> => {
    const { id: turnId } = running;
    const { provider, keyId, dialect, usage, costMicroUsd, ...named } = outcome ?? nobody;
    const model = named.model.slice(0, nameChars);
    const who = { provider, keyId, model, dialect, usage, costMicroUsd };
    const answered = { turnId, endedAtMs: now(), ...who };
    const sealed = (label: string, value: unknown) => contents.seal(keyRef, label, value);
    if (outcome?.kind === 'completed') {
      const { message, finishReason } = outcome.answer;
      const answer = await sealed(labels.answer(turnId), message);
      return { type: 'CompleteTurn', ...answered, answer, finishReason };
    }
    if (outcome?.kind === 'interrupted') {
      const { message } = outcome.answer;
      const answer = await sealed(labels.answer(turnId), message);
      const kept = message.parts.length > 0 && { answer };
      return {
        type: 'InterruptTurn',
        ...answered,
        cause: running.why() ?? (isStopping() ? 'stopping' : 'upstream'),
        ...kept,
      };
    }
    const why = running.why();
    if (why) return { type: 'InterruptTurn', ...answered, cause: why };
    const status = outcome?.status ?? 500;
    const failed: Pick<ConversationData<'TurnFailed'>, 'status' | 'code' | 'reason'> = {
      status,
      code: outcome?.code.slice(0, nameChars) ?? 'INTERNAL',
      reason: await sealed(labels.reason(turnId), outcome?.reason ?? 'the gateway failed'),
    };
    return { type: 'FailTurn', ...answered, ...failed };
  };

  /** What was put away for an end that came too late; not what an earlier try has brought into the log. */
  const forget = async (command: ConversationCommand, kept: SealedContent | null) => {
    const late = 'answer' in command ? command.answer : undefined;
    if (!late || !('object' in late)) return;
    if (!kept || !('object' in kept) || kept.object !== late.object) await contents.erase(late);
  };

  return async (running, turn) => {
    const stopProgress = keepProgress(running, turn);
    let outcome = await outcomeOf(running, turn);
    await stopProgress();
    let command: ConversationCommand | undefined;
    let isLastTry = false;
    const untilMs = now() + writeWithinMs;
    for (;;) {
      try {
        command ??= await lastWord(running, turn, outcome);
        const { state, fact } = await ask(running.conversationId, command, turn.cause);
        const ended = state.context.turns.findLast(({ id }) => id === running.id);
        if (!fact) await forget(command, ended?.answer ?? null);
        if (!ended) throw new Refusal('GONE', 'the conversation was erased');
        return await said.turn(state.context, ended);
      } catch (error) {
        const isGone = error instanceof Refusal && error.code === 'GONE';
        if (isGone || isLastTry || now() >= untilMs) throw error;
        if (error instanceof LogUnavailable) await Bun.sleep(writeAgainMs);
        else {
          // An answer that no event can hold: the turn is over all the same.
          onError(error, `the answer of turn ${running.id}`);
          [outcome, command, isLastTry] = [null, undefined, true];
        }
      }
    }
  };
}
