/** Requests wait a moment for a key: few of them, not for long, and not for ever. */
import { afterEach, beforeEach, expect, jest, test } from 'bun:test';
import { actorId } from '../../events/ids.ts';
import { createPool, type Pool } from '../../server/keyRing/pool.ts';
import { wholeKey } from '../../server/keyRing/poolKey.ts';
import { createWaiters } from '../../server/keyRing/waiters.ts';

const now = () => Date.now();
const key = { id: actorId('a'), secret: 's', weight: 1, rests: new Map() };
const nobody = new AbortController().signal;
let pool: Pool;

beforeEach(() => {
  jest.useFakeTimers();
  pool = createPool(now);
  pool.put(key);
  pool.rest(key.id, wholeKey, { untilMs: now() + 1_000, guessed: false });
});
afterEach(() => {
  pool.stop();
  jest.useRealTimers();
});

test('all who wait are told when a key wakes', async () => {
  const waiters = createWaiters(now, { waiters: 256 });
  const waits = [1, 2, 3].map(() => waiters.wait(pool, now() + 3_000, nobody));
  expect(waiters.size()).toBe(3);
  jest.advanceTimersByTime(1_000);
  expect(await Promise.all(waits)).toEqual([true, true, true]);
  expect(waiters.size()).toBe(0);
});

test('who waits for longer than a key needs goes away without one', async () => {
  const waiters = createWaiters(now, { waiters: 256 });
  const wait = waiters.wait(pool, now() + 500, nobody);
  jest.advanceTimersByTime(500);
  expect(await wait).toBe(false);
  expect(waiters.size()).toBe(0);
});

test('a caller who leaves makes room at once', async () => {
  const waiters = createWaiters(now, { waiters: 1 });
  const caller = new AbortController();
  const wait = waiters.wait(pool, now() + 500, caller.signal);
  expect(await waiters.wait(pool, now() + 500, nobody)).toBe(false);
  caller.abort();
  expect(await wait).toBe(false);
  expect(await waiters.wait(pool, now() + 500, caller.signal)).toBe(false);
  const next = waiters.wait(pool, now() + 3_000, nobody);
  jest.advanceTimersByTime(1_000);
  expect(await next).toBe(true);
});

test('one too many is sent away at once, whichever pool it waits for', async () => {
  const waiters = createWaiters(now, { waiters: 256 });
  const other = createPool(now);
  const waits = Array.from({ length: 256 }, () => waiters.wait(pool, now() + 2_000, nobody));
  expect(await waiters.wait(other, now() + 2_000, nobody)).toBe(false);
  jest.advanceTimersByTime(1_000);
  expect(new Set(await Promise.all(waits))).toEqual(new Set([true]));
  other.stop();
});

test('who was told in vain may wait again', async () => {
  const waiters = createWaiters(now, { waiters: 256 });
  const first = waiters.wait(pool, now() + 5_000, nobody);
  jest.advanceTimersByTime(1_000);
  expect(await first).toBe(true);
  pool.rest(key.id, wholeKey, { untilMs: now() + 1_000, guessed: false });
  const second = waiters.wait(pool, now() + 4_000, nobody);
  jest.advanceTimersByTime(1_000);
  expect(await second).toBe(true);
});
