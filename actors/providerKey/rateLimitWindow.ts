/** Sees when most of a pool is told to wait at once: the limit is then the provider's, not that of each key. */

const windowMs = 5_000;
const fewestKeys = 5;
const share = 0.8;

export type RateLimitWindow = Readonly<{
  /** A key got a 429. */
  note: (keyId: string, nowMs: number) => void;
  /** `usableKeys` are those that are not disabled or removed; resting ones count. */
  isProviderWide: (usableKeys: number, nowMs: number) => boolean;
}>;

/** One per pool, in memory. Holds each key once, and only for the length of the window. */
export function rateLimitWindow(): RateLimitWindow {
  /** Oldest first. */
  const lastAtMs = new Map<string, number>();

  const forget = (nowMs: number) => {
    for (const [keyId, atMs] of lastAtMs) {
      if (nowMs - atMs < windowMs) return;
      lastAtMs.delete(keyId);
    }
  };

  return {
    note(keyId, nowMs) {
      forget(nowMs);
      lastAtMs.delete(keyId);
      lastAtMs.set(keyId, nowMs);
    },
    isProviderWide(usableKeys, nowMs) {
      forget(nowMs);
      return lastAtMs.size >= fewestKeys && lastAtMs.size >= usableKeys * share;
    },
  };
}
