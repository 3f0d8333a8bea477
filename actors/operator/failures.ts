/** Counting wrong passwords, and how long each makes the next try wait. */

/** `count` are failures in a row from one address. */
export type Failures = Readonly<{ count: number; lastAtMs: number; blockedUntilMs: number }>;

const secondMs = 1_000;
const minuteMs = 60_000;

/** Failures of one address this far apart are not in a row. */
const forgetAfterMs = 60 * minuteMs;
const freeTries = 2;
const longestBlockMs = 15 * minuteMs;

/** All addresses together, so that guessing from many of them gains little; short, so that it locks nobody out. */
const windowMs = 10 * minuteMs;
const freeTriesOfAll = 19;
const longestBlockOfAllMs = minuteMs;

const doubled = (count: number, free: number, longestMs: number): number =>
  count <= free ? 0 : Math.min(secondMs * 2 ** Math.min(count - free - 1, 30), longestMs);

/** An address is data from outside: one such as `constructor` is not mistaken for an entry. */
export const failuresOf = (
  failures: Readonly<Record<string, Failures>>,
  address: string,
): Failures | undefined => (Object.hasOwn(failures, address) ? failures[address] : undefined);

/** The failures of an address in a row, the one at `atMs` included. */
export function countOf(
  failures: Readonly<Record<string, Failures>>,
  address: string,
  atMs: number,
): number {
  const before = failuresOf(failures, address);
  return before && atMs - before.lastAtMs < forgetAfterMs ? before.count + 1 : 1;
}

/** The failures of all addresses within the window, the one at `atMs` included. */
export const countAll = (
  all: Readonly<{ count: number; startedAtMs: number }>,
  atMs: number,
): { count: number; startedAtMs: number } =>
  all.count > 0 && atMs - all.startedAtMs < windowMs
    ? { count: all.count + 1, startedAtMs: all.startedAtMs }
    : { count: 1, startedAtMs: atMs };

export const addressBlockMs = (count: number): number => doubled(count, freeTries, longestBlockMs);

export const allBlockMs = (count: number): number =>
  doubled(count, freeTriesOfAll, longestBlockOfAllMs);
