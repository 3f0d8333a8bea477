/** A pool under a fake clock, and short words for what is done with it. */
import { jest } from 'bun:test';
import { actorId, type ActorId } from '../../events/ids.ts';
import { createPool, type Taken } from '../../server/keyRing/pool.ts';
import type { Rest, Scope } from '../../server/keyRing/poolKey.ts';

export const now = () => Date.now();
export const second = 1_000;
export const [a, b, c] = [actorId('a'), actorId('b'), actorId('c')];
export const timed = (afterMs: number): Rest => ({ untilMs: now() + afterMs, guessed: false });
export const guessed = (afterMs: number): Rest => ({ untilMs: now() + afterMs, guessed: true });
export const pass = (ms: number) => jest.advanceTimersByTime(ms);
export const idOf = (taken: Taken | undefined) => taken?.key.id;

/** The clock is the tests' own until `stop`. */
export function startPool() {
  jest.useFakeTimers();
  const pool = createPool(now);
  let ready = 0;
  pool.onReady(() => (ready += 1));
  /** As a request's first attempt does. */
  const take = (model = 'm') => pool.take(model, true);
  return {
    pool,
    take,
    /** As a further attempt does. */
    retake: (model = 'm') => pool.take(model, false),
    takes: (count: number, model = 'm') => Array.from({ length: count }, () => idOf(take(model))),
    put: (id: ActorId, rests: Readonly<Record<Scope, Rest>> = {}, weight = 1) =>
      pool.put({ id, secret: `secret of ${id}`, weight, rests: new Map(Object.entries(rests)) }),
    /** How often it was told that a key became takeable. */
    ready: () => ready,
    stop() {
      pool.stop();
      jest.useRealTimers();
    },
  };
}
