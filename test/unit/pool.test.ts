/** Which key a pool gives, while keys, their models and their provider rest and wake. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { wholeKey } from '../../server/keyRing/poolKey.ts';
import {
  a,
  b,
  c,
  guessed,
  idOf,
  now,
  pass,
  second,
  timed,
  startPool,
} from '../support/poolBench.ts';

let bench: ReturnType<typeof startPool>;
beforeEach(() => {
  bench = startPool();
});
afterEach(() => bench.stop());

describe('Keys that are well', () => {
  test('are given in turn, with their secrets', () => {
    bench.put(a);
    bench.put(b);
    expect(bench.takes(4)).toEqual([a, b, a, b]);
    expect(bench.take()?.key.secret).toBe('secret of a');
  });

  test('are given by weight, also once it has changed', () => {
    bench.put(a, {}, 3);
    bench.put(b);
    expect(bench.takes(4).filter((id) => id === a)).toHaveLength(3);
    bench.put(a, {}, 1);
    bench.takes(2);
    expect(new Set(bench.takes(2))).toEqual(new Set([a, b]));
  });

  test('are given by name, which is their turn', () => {
    bench.put(a);
    bench.put(b);
    expect(idOf(bench.pool.takeThis(b, 'm'))).toBe(b);
    expect(idOf(bench.take())).toBe(a);
    expect(bench.pool.takeThis(c, 'm')).toBeUndefined();
  });

  test('are gone once they are dropped', () => {
    bench.put(a);
    bench.pool.drop(a);
    bench.pool.drop(a);
    expect(bench.take()).toBeUndefined();
    expect(bench.pool.get(a)).toBeUndefined();
    expect(bench.pool.size()).toBe(0);
    expect(bench.pool.wakesAtMs('m')).toBeUndefined();
  });
});

describe('A rest that the vendor timed', () => {
  test('keeps the key back at once, and just ends', () => {
    bench.put(a);
    bench.put(b);
    bench.pool.rest(a, wholeKey, timed(2 * second));
    expect(bench.takes(3)).toEqual([b, b, b]);
    expect(bench.pool.takeThis(a, 'm')).toBeUndefined();
    pass(2 * second);
    const taken = bench.pool.takeThis(a, 'm');
    expect(taken?.probes).toBeUndefined();
    expect(bench.pool.settle(taken!, true)).toBe(false);
  });

  test('is known from the log too', () => {
    bench.put(a, { [wholeKey]: timed(second) });
    expect(bench.take()).toBeUndefined();
    expect(bench.pool.wakesAtMs('m')).toBe(now() + second);
    pass(second);
    expect(idOf(bench.take())).toBe(a);
    expect(bench.ready()).toBe(1);
  });

  test('gives way to none that ends earlier', () => {
    bench.put(a);
    bench.pool.rest(a, wholeKey, timed(10 * second));
    bench.pool.rest(a, wholeKey, timed(second));
    pass(9 * second);
    expect(bench.take()).toBeUndefined();
  });

  test('holds although the log still shows the key without it', () => {
    bench.put(a);
    bench.pool.rest(a, wholeKey, timed(5 * second));
    bench.put(a);
    expect(bench.take()).toBeUndefined();
    bench.put(a, { [wholeKey]: timed(5 * second) });
    bench.put(a);
    expect(idOf(bench.take())).toBe(a);
  });
});

describe('A model that rests', () => {
  beforeEach(() => {
    bench.put(a);
    bench.put(b);
  });

  test('leaves the key to other models, and the model to other keys', () => {
    bench.pool.rest(a, 'busy', timed(5 * second));
    expect(bench.takes(3, 'busy')).toEqual([b, b, b]);
    expect(new Set(bench.takes(2, 'other'))).toEqual(new Set([a, b]));
    pass(5 * second);
    expect(new Set(bench.takes(2, 'busy'))).toEqual(new Set([a, b]));
  });

  test('wakes at its own time, other models at once', () => {
    bench.pool.rest(a, 'busy', timed(5 * second));
    bench.pool.rest(b, 'busy', timed(3 * second));
    expect(bench.pool.wakesAtMs('busy')).toBe(now() + 3 * second);
    expect(bench.pool.wakesAtMs('other')).toBe(now());
    expect(bench.take('busy')).toBeUndefined();
  });

  test('is probed for itself when its rest was guessed', () => {
    bench.pool.rest(a, 'busy', guessed(second));
    pass(second);
    const probe = bench.take('busy');
    expect(probe?.probes).toBe('busy');
    expect(new Set(bench.takes(2, 'other'))).toEqual(new Set([a, b]));
    expect(bench.takes(2, 'busy')).toEqual([b, b]);
    expect(bench.pool.settle(probe!, true)).toBe(true);
    expect(new Set(bench.takes(2, 'busy'))).toEqual(new Set([a, b]));
  });

  test('whose key rests too waits for both, the key is probed first', () => {
    bench.pool.drop(b);
    bench.pool.rest(a, 'busy', guessed(second));
    bench.pool.rest(a, wholeKey, guessed(3 * second));
    pass(2 * second);
    expect(bench.take('busy')).toBeUndefined();
    expect(bench.pool.wakesAtMs('busy')).toBe(now() + second);
    pass(second);
    const first = bench.take('busy');
    expect(first?.probes).toBe(wholeKey);
    bench.pool.settle(first!, true);
    expect(bench.take('other')?.probes).toBeUndefined();
    expect(bench.take('busy')?.probes).toBe('busy');
  });

  test('is known to keys that come later', () => {
    bench.pool.rest(a, 'busy', timed(5 * second));
    bench.put(c);
    expect(new Set(bench.takes(2, 'busy'))).toEqual(new Set([b, c]));
    bench.pool.drop(c);
    expect(bench.takes(2, 'busy')).toEqual([b, b]);
  });

  test('of hundreds of names is right for each, also once they are over', () => {
    const names = Array.from({ length: 300 }, (_, index) => `model-${index}`);
    for (const name of names) bench.pool.rest(a, name, timed(second));
    for (const name of names) expect(bench.takes(2, name)).toEqual([b, b]);
    pass(second);
    for (const name of names) expect(new Set(bench.takes(2, name))).toEqual(new Set([a, b]));
  });
});

describe("An operator's wake", () => {
  test('ends what was only seen here', () => {
    bench.put(a);
    bench.pool.rest(a, wholeKey, timed(60 * second));
    bench.pool.rest(a, 'busy', timed(60 * second));
    bench.pool.forget(a);
    expect(idOf(bench.take('busy'))).toBe(a);
  });

  test('of one model leaves the others resting', () => {
    bench.put(a);
    bench.pool.rest(a, 'one', timed(60 * second));
    bench.pool.rest(a, 'two', timed(60 * second));
    bench.pool.forget(a, 'one');
    expect(idOf(bench.take('one'))).toBe(a);
    expect(bench.take('two')).toBeUndefined();
  });
});

describe('A provider that rests', () => {
  test('keeps all keys back until its time, by itself', () => {
    bench.put(a);
    bench.pool.restAll(now() + 3 * second);
    expect(bench.take()).toBeUndefined();
    expect(bench.pool.takeThis(a, 'm')).toBeUndefined();
    expect(bench.pool.wakesAtMs('m')).toBe(now() + 3 * second);
    const before = bench.ready();
    pass(3 * second);
    expect(bench.ready()).toBe(before + 1);
    expect(idOf(bench.take())).toBe(a);
  });

  test('comes back early when it is told so', () => {
    bench.put(a);
    bench.pool.restAll(now() + 60 * second);
    bench.pool.restAll(0);
    expect(idOf(bench.take())).toBe(a);
  });
});

describe('The last usable key', () => {
  test('is the one whose others are about to be disabled; resting ones are usable', () => {
    bench.put(a);
    bench.put(b);
    bench.put(c);
    bench.pool.rest(c, wholeKey, timed(60 * second));
    expect(bench.pool.isLastUsable(a)).toBe(false);
    bench.pool.condemn(b, now() + 60 * second);
    expect(bench.pool.isLastUsable(a)).toBe(false);
    bench.pool.drop(c);
    expect(bench.pool.isLastUsable(a)).toBe(true);
    expect(bench.pool.isLastUsable(b)).toBe(false);
    expect(bench.takes(2)).toEqual([a, a]);
  });

  test('is one of two again when the log did not disable the other', () => {
    bench.put(a);
    bench.put(b);
    bench.pool.condemn(b, now() + second);
    pass(second);
    expect(bench.pool.isLastUsable(a)).toBe(false);
    expect(new Set(bench.takes(2))).toEqual(new Set([a, b]));
  });
});
