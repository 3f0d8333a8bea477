/** How long to wait before a process that ended is started again: 0.1 to 5 s, from the start after 10 s of calm. */
const leastMs = 100;
const mostMs = 5000;
const calmMs = 10_000;

export type Backoff = Readonly<{
  /** To be called when the process starts. */
  started: () => void;
  /** To be called when it ended: the wait before the next start. */
  nextMs: () => number;
  /** The next wait is the shortest again. */
  reset: () => void;
}>;

export function restartBackoff(nowMs: () => number = Date.now): Backoff {
  let delayMs = leastMs;
  let startedAtMs = nowMs();
  return {
    started: () => {
      startedAtMs = nowMs();
    },
    nextMs: () => {
      if (nowMs() - startedAtMs >= calmMs) delayMs = leastMs;
      const thisMs = delayMs;
      delayMs = Math.min(delayMs * 2, mostMs);
      return thisMs;
    },
    reset: () => {
      delayMs = leastMs;
    },
  };
}
