/**
 * Answers to questions of a page: asked again when what they depend on changes, and why there is none. Signals and no
 * resource: a page that is on its way never waits for an answer, which may count no more when it comes.
 */
import { createComputed, createSignal, on, type Accessor } from 'solid-js';

export type Asked<Answer> = Readonly<{
  /** The newest answer, also while it is asked again. */
  value: Accessor<Answer | undefined>;
  fault: Accessor<string | undefined>;
  isWaiting: Accessor<boolean>;
  again: () => void;
}>;

type Found<Answer> = Readonly<{ value?: Answer; fault?: string }>;

/** Nothing is asked while `about` is undefined. */
export function ask<About, Answer>(
  about: Accessor<About | undefined>,
  question: (about: About) => Promise<Answer>,
): Asked<Answer> {
  const [found, setFound] = createSignal<Found<Answer>>({});
  const [isWaiting, setWaiting] = createSignal(false);
  const [round, setRound] = createSignal(0);
  let turn = 0;
  const run = async (of: About) => {
    turn += 1;
    const own = turn;
    setWaiting(true);
    let next: Found<Answer>;
    try {
      next = { value: await question(of) };
    } catch (error) {
      next = { fault: error instanceof Error ? error.message : String(error) };
    }
    if (own !== turn) return;
    setFound(next);
    setWaiting(false);
  };
  createComputed(
    on([about, round], ([of]) => {
      if (of !== undefined) void run(of);
    }),
  );
  return {
    value: () => found().value,
    fault: () => found().fault,
    isWaiting,
    again: () => setRound((before) => before + 1),
  };
}
