/** A rest that was guessed ends with one real request. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { actorId, type ActorId } from '../../events/ids.ts';
import { wholeKey } from '../../server/keyRing/poolKey.ts';
import { a, guessed, idOf, now, pass, second, startPool } from '../support/poolBench.ts';

let bench: ReturnType<typeof startPool>;
beforeEach(() => {
  bench = startPool();
});
afterEach(() => bench.stop());

describe('A rest that was guessed', () => {
  beforeEach(() => {
    bench.put(a);
    bench.pool.rest(a, wholeKey, guessed(5 * second));
    pass(5 * second);
  });

  test('ends with exactly one probe', () => {
    const probe = bench.take();
    expect(probe?.probes).toBe(wholeKey);
    expect(bench.take()).toBeUndefined();
    expect(bench.pool.takeThis(a, 'm')).toBeUndefined();
    expect(bench.pool.settle(probe!, true)).toBe(true);
    expect(bench.takes(3)).toEqual([a, a, a]);
    expect(bench.take()?.probes).toBeUndefined();
    expect(bench.pool.settle(probe!, true)).toBe(false);
  });

  test('goes on when the probe fails: the next first attempt probes again', () => {
    const failed = bench.take();
    expect(bench.pool.settle(failed!, false)).toBe(false);
    const next = bench.take();
    expect(next?.probes).toBe(wholeKey);
    expect(bench.pool.settle(next!, true)).toBe(true);
  });

  test('is not probed by a further attempt of a request', () => {
    expect(bench.retake()).toBeUndefined();
    expect(bench.take()?.probes).toBe(wholeKey);
  });

  test('may be probed by what is tied to the key', () => {
    const probe = bench.pool.takeThis(a, 'm');
    expect(probe?.probes).toBe(wholeKey);
    expect(bench.pool.settle(probe!, true)).toBe(true);
    expect(idOf(bench.take())).toBe(a);
  });

  test('stays proved until the log shows another one', () => {
    const seen = now() - second;
    bench.pool.settle(bench.take()!, true);
    bench.put(a, { [wholeKey]: { untilMs: seen, guessed: true } });
    expect(bench.take()?.probes).toBeUndefined();
    bench.put(a, { [wholeKey]: guessed(second) });
    expect(bench.take()).toBeUndefined();
    pass(second);
    expect(bench.take()?.probes).toBe(wholeKey);
  });

  test('is not proved by a probe that was refused in between', () => {
    const probe = bench.take();
    bench.pool.rest(a, wholeKey, guessed(10 * second));
    expect(bench.pool.settle(probe!, true)).toBe(false);
    expect(bench.take()).toBeUndefined();
  });

  test('is probed again when its probe was never given back', () => {
    bench.take();
    pass(14 * 60 * second);
    expect(bench.take()).toBeUndefined();
    pass(60 * second);
    expect(bench.take()?.probes).toBe(wholeKey);
  });

  test('that is over counts as ready now for those who wait', () => {
    expect(bench.pool.wakesAtMs('m')).toBe(now());
    bench.take();
    const before = bench.ready();
    pass(10);
    expect(bench.ready()).toBe(before);
  });
});

test('ten thousand keys that wake together are probed one by one, each by one first attempt', () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => actorId(`key-${index}`));
  for (const id of ids) bench.put(id);
  for (const id of ids) bench.pool.rest(id, wholeKey, guessed(5 * second));
  expect(bench.take()).toBeUndefined();
  pass(5 * second);
  expect(bench.retake()).toBeUndefined();
  const probed = new Set<ActorId>();
  for (let request = 0; request < 10_000; request++) {
    const probe = bench.take();
    expect(probe?.probes).toBe(wholeKey);
    probed.add(probe!.key.id);
  }
  expect(probed.size).toBe(10_000);
  expect(bench.take()).toBeUndefined();
});
