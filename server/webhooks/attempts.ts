/** How often a webhook is told again, and what became of it so far in this process. */
import type { Notice } from './notices.ts';
import type { Posted } from './post.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
/** After each failure; when they are used up it is given up. */
const pausesMs = [
  secondMs,
  5 * secondMs,
  15 * secondMs,
  minuteMs,
  2 * minuteMs,
  5 * minuteMs,
  10 * minuteMs,
];

/** Undefined when it is given up. `tries` counts those that were made. */
export const pauseAfter = (tries: number): number | undefined => pausesMs[tries - 1];

export type LastDelivery = Readonly<{
  id: string;
  type: Notice['type'];
  time: string;
  tries: number;
  status: number | null;
  error: string | null;
}>;

export type Deliveries = Readonly<{
  note(notice: Notice, tries: number, posted: Posted): void;
  /** `delivered` and `givenUp` are notices, `failures` is every try that failed. */
  stats(): Readonly<{
    delivered: number;
    failures: number;
    givenUp: number;
    last: LastDelivery | null;
  }>;
}>;

export function createDeliveries(now: () => number): Deliveries {
  let delivered = 0;
  let failures = 0;
  let givenUp = 0;
  let last: LastDelivery | null = null;
  return {
    note({ id, type }, tries, { status, error }) {
      if (error === null) delivered += 1;
      else failures += 1;
      if (error !== null && pauseAfter(tries) === undefined) givenUp += 1;
      last = { id, type, time: new Date(now()).toISOString(), tries, status, error };
    },
    stats: () => ({ delivered, failures, givenUp, last }),
  };
}
