/** Which key a request is sent with: its maker's, its conversation's, or the next in the ring. */
import type { ActorId } from '../../events/ids.ts';
import type { Affinity } from '../keyRing/affinity.ts';
import type { Pool, Taken } from '../keyRing/pool.ts';
import { restsUntilMs } from '../keyRing/poolKey.ts';
import type { Waiters } from '../keyRing/waiters.ts';
import type { Limits } from './limits.ts';

/** What ties a request to a key. */
export type Ties = Readonly<{ pinned: readonly string[]; conversation: string | null }>;

export type KeyChoice = Readonly<{
  /** A key that is not in `avoid`, if there is one now. */
  take(request: ChoiceRequest): Taken | undefined;
  /**
   * The same after a short wait, if one is about to wake; else the time at which one can be had (epoch), which is
   * undefined when there is none to wait for.
   */
  wait(request: ChoiceRequest): Promise<Taken | { readyAtMs: number | undefined }>;
}>;

export type ChoiceRequest = Readonly<{
  pool: Pool;
  model: string;
  ties: Ties;
  isFirst: boolean;
  /** Keys that do not rest and yet cannot help this request. */
  avoid: ReadonlySet<ActorId>;
  /** Shared by all attempts of a request: it waits once, not once an attempt. */
  patience: Patience;
  client: Readonly<{ request: Readonly<{ signal: AbortSignal }> }>;
}>;

/** Until when a request may wait, set when it first has to. */
export type Patience = { untilMs: number | undefined };

type Options = Readonly<{
  affinity: Affinity;
  waiters: Waiters;
  limits: Limits;
  now: () => number;
}>;

export function createKeyChoice({ affinity, waiters, limits, now }: Options): KeyChoice {
  /** What one key made, the others do not know. */
  const onlyKey = ({ pool, ties }: ChoiceRequest): ActorId | undefined => {
    const maker = affinity.makerOf(ties.pinned);
    return maker && pool.get(maker) && maker;
  };

  const take = (request: ChoiceRequest): Taken | undefined => {
    const { pool, model, ties, isFirst, avoid } = request;
    const maker = onlyKey(request);
    if (maker) return avoid.has(maker) ? undefined : pool.takeThis(maker, model);
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

  const readyAtMsFor = (request: ChoiceRequest): number | undefined => {
    const { pool, model, avoid } = request;
    const maker = onlyKey(request);
    const key = maker && pool.get(maker);
    if (key && avoid.has(key.id)) return undefined;
    const readyAtMs = pool.wakesAtMs(model, avoid);
    return readyAtMs && key ? Math.max(readyAtMs, restsUntilMs(key, model)) : readyAtMs;
  };

  return {
    take,
    async wait(request) {
      const { pool, patience, client } = request;
      for (;;) {
        const taken = take(request);
        if (taken) return taken;
        const readyAtMs = readyAtMsFor(request);
        patience.untilMs ??= now() + limits.waitMs;
        const { untilMs } = patience;
        const isNear = readyAtMs !== undefined && readyAtMs <= untilMs && now() < untilMs;
        if (!isNear || !(await waiters.wait(pool, untilMs, client.request.signal))) {
          return { readyAtMs: readyAtMsFor(request) };
        }
      }
    },
  };
}
