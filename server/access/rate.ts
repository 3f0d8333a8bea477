/** A pace that one client is held to: the generic cell rate algorithm, which is a token bucket in one number. */

export type Rate = {
  requestsPerMinute: number;
  /** One request is earned in so long. */
  intervalMs: number;
  /** What the requests that may come at once are worth. */
  windowMs: number;
  /** When all is earned back (monotonic). */
  fullAtMs: number;
};

/** Less than this is rounding. */
const nothingMs = 0.001;

/** Sets the pace and keeps what was spent. Without a burst the whole minute's requests may come at once. */
export function setRate(rate: Rate, requestsPerMinute: number, burst: number | null): void {
  rate.requestsPerMinute = requestsPerMinute;
  rate.intervalMs = 60_000 / requestsPerMinute;
  rate.windowMs = rate.intervalMs * (burst ?? requestsPerMinute);
}

export function newRate(requestsPerMinute: number, burst: number | null): Rate {
  const rate: Rate = { requestsPerMinute, intervalMs: 0, windowMs: 0, fullAtMs: 0 };
  setRate(rate, requestsPerMinute, burst);
  return rate;
}

/** Spends one request and answers 0, or spends nothing and answers how long to wait for one. */
export function spend(rate: Rate, nowMs: number): number {
  const fullAtMs = Math.max(rate.fullAtMs, nowMs) + rate.intervalMs;
  const waitMs = fullAtMs - rate.windowMs - nowMs;
  if (waitMs > nothingMs) return waitMs;
  rate.fullAtMs = fullAtMs;
  return 0;
}

/** Requests that could come at once now. */
export const remaining = (rate: Rate, nowMs: number): number =>
  Math.max(0, Math.floor((rate.windowMs - resetMs(rate, nowMs) + nothingMs) / rate.intervalMs));

/** How long until all is earned back. */
export const resetMs = (rate: Rate, nowMs: number): number => Math.max(0, rate.fullAtMs - nowMs);
