/** How long a provider is left alone before it is probed. */

const firstWaitMs = 5_000;
/** A provider that is back is asked again within this, by the usual settings. */
const promisedMs = 30_000;

/**
 * 5 s, doubled with each opening in a row. A recovery timeout of up to 30 s is the longest wait itself; of a longer
 * one half is, but no less than 30 s: so the usual 60 s keep the promise that half a minute after its return a
 * provider is asked again, and who wants rarer probes can have them.
 */
export function waitMs(openings: number, recoveryTimeoutMs: number): number {
  const longestMs = Math.min(recoveryTimeoutMs, Math.max(promisedMs, recoveryTimeoutMs / 2));
  return Math.min(firstWaitMs * 2 ** Math.min(openings - 1, 30), Math.ceil(longestMs));
}
