/** The turns that are under way in this process, and those who follow them. */
import type { AnswerDelta } from '../dialects/form.ts';
import type { ReadTurn } from './said.ts';

/**
 * How much of the answer's text was told, and how much of what stands beside it (thoughts, calls, images): whoever lost
 * the connection goes on from there.
 */
export type Told = Readonly<{ atChars: number; asides: number }>;

export type TurnEvent = Told &
  Readonly<{ type: 'delta'; delta: AnswerDelta } | { type: 'end'; turn: ReadTurn }>;

export const nothingTold: Told = { atChars: 0, asides: 0 };

export type WhyEnded = 'cancelled' | 'stopping';

export type RunningTurn = Readonly<{
  id: string;
  conversationId: string;
  text(): string;
  add(delta: AnswerDelta): void;
  /** Resolves when its end is in the log; rejects when it could not be written there. */
  ended: Promise<ReadTurn>;
  /** What was told of it after this, then what comes. May be asked for by any number. */
  follow(told: Told): AsyncGenerator<TurnEvent, void>;
  /** Ends what is under way; what came of it is kept. */
  cancel(why: WhyEnded): void;
  why(): WhyEnded | null;
  signal: AbortSignal;
}>;

export type RunningTurns = Readonly<{
  get(turnId: string): RunningTurn | undefined;
  of(conversationId: string): RunningTurn | undefined;
  all(): IterableIterator<RunningTurn>;
  /** About to be begun: who asks meanwhile is told that it runs. Returns an idempotent withdrawal. */
  announce(turnId: string): () => void;
  isRunning(turnId: string): boolean;
  /** False where it does not run here. */
  cancel(turnId: string): boolean;
  /** Under way from now until `run` is over. */
  begin(
    turnId: string,
    conversationId: string,
    run: (turn: RunningTurn) => Promise<ReadTurn>,
  ): RunningTurn;
}>;

type Aside = Readonly<{ atChars: number; delta: AnswerDelta }>;

function createRunningTurn(
  id: string,
  conversationId: string,
  run: (turn: RunningTurn) => Promise<ReadTurn>,
): RunningTurn {
  const abort = new AbortController();
  const asides: Aside[] = [];
  let text = '';
  let why: WhyEnded | null = null;
  let isOver = false;
  let changed = Promise.withResolvers<void>();
  const tell = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const { promise: ended, resolve, reject } = Promise.withResolvers<ReadTurn>();

  const turn: RunningTurn = {
    id,
    conversationId,
    text: () => text,
    add(delta) {
      if (delta.type === 'text') text += delta.text;
      else asides.push({ atChars: text.length, delta });
      tell();
    },
    ended,
    async *follow(told) {
      let { atChars } = told;
      // Where the log told the text before, it told nothing beside it.
      let next = told.asides || asides.findIndex((aside) => aside.atChars >= told.atChars);
      if (next < 0 || next > asides.length) next = asides.length;
      for (;;) {
        const aside = asides[next];
        const untilChars = Math.min(aside?.atChars ?? Infinity, text.length);
        if (untilChars > atChars) {
          const delta = { type: 'text', text: text.slice(atChars, untilChars) } as const;
          atChars = untilChars;
          yield { type: 'delta', atChars, asides: next, delta };
        } else if (aside && aside.atChars <= atChars) {
          next += 1;
          yield { type: 'delta', atChars, asides: next, delta: aside.delta };
        } else if (isOver) {
          yield { type: 'end', atChars, asides: next, turn: await ended };
          return;
        } else await changed.promise;
      }
    },
    cancel(reason) {
      why ??= reason;
      abort.abort();
    },
    why: () => why,
    signal: abort.signal,
  };
  ended
    .catch(() => undefined)
    .finally(() => {
      isOver = true;
      tell();
    });
  // Later, so that it is under way before it can be over.
  void Promise.resolve()
    .then(() => run(turn))
    .then(resolve, reject);
  return turn;
}

export function createRunningTurns(): RunningTurns {
  const byId = new Map<string, RunningTurn>();
  const announced = new Set<string>();
  return {
    announce(turnId) {
      announced.add(turnId);
      return () => void announced.delete(turnId);
    },
    isRunning: (turnId) => byId.has(turnId) || announced.has(turnId),
    cancel(turnId) {
      byId.get(turnId)?.cancel('cancelled');
      return byId.has(turnId);
    },
    get: (turnId) => byId.get(turnId),
    of: (conversationId) =>
      [...byId.values()].find((turn) => turn.conversationId === conversationId),
    all: () => byId.values(),
    begin(turnId, conversationId, run) {
      const turn = createRunningTurn(turnId, conversationId, async (begun) => {
        try {
          return await run(begun);
        } finally {
          byId.delete(turnId);
        }
      });
      byId.set(turnId, turn);
      return turn;
    },
  };
}
