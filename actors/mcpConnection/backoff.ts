/** How long a connection waits before it is tried again. */

/** After so many failures in a row nobody tries any more until an operator says so. */
export const giveUpAfter = 10;
/** Lost after so long, it was not lost soon after its start. */
export const calmMs = 60_000;
const firstWaitMs = 1_000;
const longestWaitMs = 30_000;
/** The part of a wait that chance decides: gateways that lost a server together do not come back together. */
const jitterPart = 0.2;

/** 1, 2, 4 … 30 s, up to a fifth less. */
export function waitMs(failures: number, jitter: number): number {
  const fullMs = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(fullMs * (1 - jitterPart * jitter));
}
