/** Requests that wait a moment because every key rests. Never an invisible queue: few, and not for long. */
import type { Pool } from './pool.ts';

export type Waiters = Readonly<{
  /**
   * Resolves true when a key of the pool may have become ready, false when the time is over or the caller left.
   * Answers false at once when too many wait already.
   */
  wait(pool: Pool, untilMs: number, signal: AbortSignal): Promise<boolean>;
  size(): number;
  /** Sends all away, and whoever comes later; may be called twice. */
  stop(): void;
}>;

/** `limits.waiters` is how many may wait in this process, over all pools; it may change meanwhile. */
export function createWaiters(now: () => number, limits: Readonly<{ waiters: number }>): Waiters {
  const byPool = new Map<Pool, Set<() => void>>();
  const all = new Set<() => void>();
  let size = 0;
  let isStopped = false;

  const of = (pool: Pool) => {
    const existing = byPool.get(pool);
    if (existing) return existing;
    const waiting = new Set<() => void>();
    byPool.set(pool, waiting);
    pool.onReady(() => {
      for (const wake of waiting) wake();
      // They ask again and come back if they have to: many keys at once wake them once.
      waiting.clear();
    });
    return waiting;
  };

  return {
    async wait(pool, untilMs, signal) {
      if (isStopped || size >= limits.waiters || signal.aborted) return false;
      const waiting = of(pool);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const wake = () => resolve(true);
      const giveUp = () => resolve(false);
      const timer = setTimeout(giveUp, Math.max(untilMs - now(), 0));
      signal.addEventListener('abort', giveUp);
      waiting.add(wake);
      all.add(giveUp);
      size += 1;
      try {
        return await promise;
      } finally {
        size -= 1;
        waiting.delete(wake);
        all.delete(giveUp);
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
      }
    },
    size: () => size,
    stop() {
      isStopped = true;
      for (const giveUp of all) giveUp();
    },
  };
}
