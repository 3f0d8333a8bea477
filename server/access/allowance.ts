/** What one client may do at once and in a minute, in this process: in with each request, out with its end. */
import type { Dialect } from '../../events/provider.ts';
import type { GatewayError } from '../proxy/dialect.ts';
import { remaining, resetMs, spend, type Rate } from './rate.ts';
import { tooManyAtOnce, tooManyRequests } from './refusals.ts';

export type Allowance = Readonly<{
  /** Counts a request in, also one that it refuses: each `enter` wants one `leave`. `nowMs` is monotonic. */
  enter(nowMs: number): GatewayError | null;
  leave(): void;
  /** Tells the client its limit; vendors' headers of the same names give way. */
  show(headers: Headers, dialect: Dialect, nowMs: number, clockMs: number): void;
  /** New limits; what is under way stays counted. Null is none. */
  set(rate: Rate | null, maxConcurrent: number | null): void;
  underWay(): number;
}>;

/** Requests refused since the start, by what they were too much for. */
export type Refused = { requestsPerMinute: number; maxConcurrent: number };

export function createAllowance(
  refused: Refused = { requestsPerMinute: 0, maxConcurrent: 0 },
): Allowance {
  let rate: Rate | null = null;
  let most: number | null = null;
  let underWay = 0;
  return {
    enter(nowMs) {
      underWay += 1;
      if (most !== null && underWay > most) {
        refused.maxConcurrent += 1;
        return tooManyAtOnce(most);
      }
      const waitMs = rate === null ? 0 : spend(rate, nowMs);
      if (rate === null || waitMs === 0) return null;
      refused.requestsPerMinute += 1;
      return tooManyRequests(rate.requestsPerMinute, waitMs);
    },
    leave() {
      underWay -= 1;
    },
    show(headers, dialect, nowMs, clockMs) {
      if (rate === null) return;
      const limit = String(rate.requestsPerMinute);
      const left = String(remaining(rate, nowMs));
      const fullMs = resetMs(rate, nowMs);
      if (dialect === 'anthropic') {
        headers.set('anthropic-ratelimit-requests-limit', limit);
        headers.set('anthropic-ratelimit-requests-remaining', left);
        headers.set('anthropic-ratelimit-requests-reset', isoSeconds(clockMs + fullMs));
        return;
      }
      headers.set('x-ratelimit-limit-requests', limit);
      headers.set('x-ratelimit-remaining-requests', left);
      headers.set('x-ratelimit-reset-requests', shortDuration(fullMs));
    },
    set(nextRate, maxConcurrent) {
      rate = nextRate;
      most = maxConcurrent;
    },
    underWay: () => underWay,
  };
}

/** Whole seconds, never too early. */
const isoSeconds = (timeMs: number): string =>
  new Date(Math.ceil(timeMs / 1_000) * 1_000).toISOString().replace('.000Z', 'Z');

/** As OpenAI writes it: `12ms`, `1.5s`, `6m0s`. */
export function shortDuration(durationMs: number): string {
  const wholeMs = Math.ceil(durationMs);
  if (wholeMs < 1_000) return `${wholeMs}ms`;
  const minutes = Math.floor(wholeMs / 60_000);
  const seconds = `${(wholeMs - minutes * 60_000) / 1_000}s`;
  return minutes === 0 ? seconds : `${minutes}m${seconds}`;
}
