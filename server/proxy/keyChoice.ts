/** Which key a request is sent with: its maker's, its conversation's, or the next in the ring. */
import type { ActorId } from '../../events/ids.ts';
import type { Affinity } from '../keyRing/affinity.ts';
import type { Pool, Taken } from '../keyRing/pool.ts';
import type { Waiters } from '../keyRing/waiters.ts';
import type { Limits } from './limits.ts';

/** What ties a request to a key. */
export type Ties = Readonly<{ pinned: readonly string[]; conversation: string | null }>;

export type KeyChoice = Readonly<{
  /**
   * A key that is not in `avoid`, after a short wait if one is about to wake.
   * Answers with the time at which one can be had (epoch), or undefined when none ever will by itself.
   */
  choose(request: ChoiceRequest): Promise<Taken | { readyAtMs: number | undefined }>;
}>;

export type ChoiceRequest = Readonly<{
  pool: Pool;
  model: string;
  ties: Ties;
  isFirst: boolean;
  avoid: ReadonlySet<ActorId>;
  client: AbortSignal;
}>;

type Options = Readonly<{
  affinity: Affinity;
  waiters: Waiters;
  limits: Limits;
  now: () => number;
}>;

export function createKeyChoice({ affinity, waiters, limits, now }: Options): KeyChoice {
  const take = ({ pool, model, ties, isFirst, avoid }: ChoiceRequest): Taken | undefined => {
    const maker = affinity.makerOf(ties.pinned);
    // What one key made, the others do not know.
    if (maker && pool.get(maker)) return avoid.has(maker) ? undefined : pool.takeThis(maker, model);
    const usual = ties.conversation === null ? undefined : affinity.keyOf(ties.conversation);
    if (usual && !avoid.has(usual)) {
      const taken = pool.takeThis(usual, model);
      if (taken) return taken;
    }
    for (let tries = 0; tries <= avoid.size; tries++) {
      const taken = pool.take(model, isFirst && tries === 0);
      if (!taken) return undefined;
      if (!avoid.has(taken.key.id)) return taken;
      pool.settle(taken, false);
    }
    return undefined;
  };

  return {
    async choose(request) {
      const { pool, model, client } = request;
      const untilMs = now() + limits.waitMs;
      for (;;) {
        const taken = take(request);
        if (taken) return taken;
        const readyAtMs = pool.wakesAtMs(model);
        const isNear =
          readyAtMs !== undefined && readyAtMs <= untilMs && request.avoid.size < pool.size();
        if (!isNear || now() >= untilMs) return { readyAtMs };
        if (!(await waiters.wait(pool, untilMs, client)))
          return { readyAtMs: pool.wakesAtMs(model) };
      }
    },
  };
}
