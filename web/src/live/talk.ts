/** One conversation under the eyes of a reader: what was said, and the answer that comes, over lost connections too. */
import { createEffect, createSignal, onCleanup, untrack, type Accessor } from 'solid-js';
import { ApiProblem } from './api.ts';
import {
  conversationNow,
  conversations,
  followTurn,
  sayIn,
  type Conversation,
  type Part,
  type Utterance,
} from './conversationCommands.ts';
import { newestOf, whenNews } from './conversationNews.ts';
import { tell, untold, type ToldTurn } from './toldTurn.ts';

export type Running = Readonly<{
  told: ToldTurn;
  /** Undefined where the conversation has it. */
  question: readonly Part[] | undefined;
  isLost: boolean;
}>;

export type Talk = Readonly<{
  conversation: Accessor<Conversation | undefined>;
  fault: Accessor<ApiProblem | undefined>;
  running: Accessor<Running | undefined>;
  /** True where something happened that is not shown: another's conversation is read when it is asked for. */
  isBehind: Accessor<boolean>;
  again: () => void;
  /** Resolves once the question is in the log. @throws {ApiProblem} */
  say: (said: Utterance) => Promise<void>;
  cancel: () => Promise<unknown>;
}>;

const pausesMs = [200, 1_000, 2_000, 4_000];
const longestMs = 5_000;
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const unreachable =
  'The gateway does not answer. What came through is shown here as soon as it does.';
const problemOf = (error: unknown): ApiProblem =>
  error instanceof ApiProblem ? error : new ApiProblem(0, 'UNREACHABLE', unreachable);

/** A person's own; those of clients are theirs. */
export const isOwn = ({ owner }: Pick<Conversation, 'owner'>): boolean => owner === '';

const partsOf = (content: Utterance['content']): readonly Part[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content;

/** For as long as the component lives that it is made in. */
export function talkOf(id: string): Talk {
  const [conversation, setConversation] = createSignal<Conversation>();
  const [fault, setFault] = createSignal<ApiProblem>();
  const [running, setRunning] = createSignal<Running>();
  const life = new AbortController();
  onCleanup(() => life.abort());

  let reading: Promise<void> | undefined;
  let isStale = false;
  const readWhileStale = async () => {
    try {
      while (isStale && !life.signal.aborted) {
        isStale = false;
        setConversation(await conversationNow(id));
        setFault(undefined);
      }
    } catch (error) {
      setFault(problemOf(error));
    } finally {
      reading = undefined;
    }
  };
  /** Resolves with what is the case now. */
  const read = (): Promise<void> => {
    isStale = true;
    return (reading ??= readWhileStale());
  };
  void read();

  const isNewer = () => newestOf(id) > (conversation()?.sequence ?? Infinity);
  const mayReadAgain = () => {
    const known = untrack(conversation);
    return known !== undefined && (isOwn(known) || known.content !== 'shown');
  };
  whenNews(id, () => {
    if (mayReadAgain()) void read();
  });

  /** What is told between two frames is drawn at once. */
  let told = untold;
  let isDrawn = true;
  const draw = () => {
    isDrawn = true;
    setRunning((before) => before && { ...before, told, isLost: false });
  };
  const hear = (name: string, data: string, eventId: string | undefined) => {
    told = tell(told, name, JSON.parse(data), eventId);
    if (!isDrawn) return;
    isDrawn = false;
    if (document.hidden) setTimeout(draw, 100);
    else requestAnimationFrame(draw);
  };

  /** Until the turn is over, or the gateway says that there is no such turn. */
  const hearOn = async () => {
    for (let failures = 0; !told.isOver && !life.signal.aborted; failures += 1) {
      const before = told.atChars;
      try {
        await followTurn(id, told.turnId, told.lastEventId, { signal: life.signal, onEvent: hear });
      } catch (error) {
        const { status } = problemOf(error);
        if (status >= 400 && status < 500 && status !== 429) break;
      }
      if (told.isOver || life.signal.aborted) break;
      if (told.atChars > before) failures = 0;
      setRunning((shown) => shown && { ...shown, isLost: true });
      await sleep(pausesMs[failures] ?? longestMs);
    }
    await read();
    if (!life.signal.aborted) setRunning(undefined);
  };

  const begin = (turn: ToldTurn, question: Running['question']) => {
    told = turn;
    setRunning({ told, question, isLost: false });
  };

  // A turn that runs already: the page was loaded in mid-answer, or it was begun elsewhere.
  createEffect(() => {
    const known = conversation();
    const turnId = known?.running_turn;
    if (!known || !turnId || !isOwn(known) || untrack(running)) return;
    const number = known.turn_count;
    const model = known.turns.at(-1)?.model ?? '';
    begin({ ...untold, turnId, number, model }, undefined);
    void hearOn();
  });

  const say = async (said: Utterance) => {
    if (running()) throw new ApiProblem(409, 'TURN_RUNNING', 'The last answer is not over yet.');
    begin(untold, partsOf(said.content));
    const hasBegun = Promise.withResolvers<void>();
    const onEvent: typeof hear = (name, data, eventId) => {
      hear(name, data, eventId);
      if (name === 'turn') hasBegun.resolve();
    };
    const ask = async () => {
      try {
        await sayIn(id, said, { signal: life.signal, onEvent });
      } catch (error) {
        // Once it has begun, it is only not heard any more.
        if (told.turnId === '') {
          setRunning(undefined);
          hasBegun.reject(problemOf(error));
          return read();
        }
      }
      return hearOn();
    };
    void ask();
    await hasBegun.promise;
  };

  return {
    conversation,
    fault,
    running,
    isBehind: () => isNewer() && !mayReadAgain(),
    again: () => void read(),
    say,
    cancel: () => conversations.cancel(id, running()?.told.turnId ?? ''),
  };
}
