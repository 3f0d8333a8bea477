/** One timer rings every deadline: in order, once, never early. */
import { afterEach, beforeEach, describe, expect, jest, test } from 'bun:test';
import fc from 'fast-check';
import { createDeadlines, type Deadlines } from '../../actors/runtime/deadlines.ts';

const now = () => Date.now();
let rung: { key: string; afterMs: number }[] = [];
let startMs = 0;
let deadlines: Deadlines<string>;

beforeEach(() => {
  jest.useFakeTimers();
  rung = [];
  startMs = now();
  deadlines = createDeadlines<string>(now, (key) => rung.push({ key, afterMs: now() - startMs }));
});
afterEach(() => {
  deadlines.stop();
  jest.useRealTimers();
});

const in_ = (key: string, afterMs: number) => deadlines.set(key, startMs + afterMs);
const keys = () => rung.map(({ key }) => key);

describe('A deadline', () => {
  test('rings once, at its time and not before', () => {
    in_('a', 500);
    jest.advanceTimersByTime(499);
    expect(rung).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(rung).toEqual([{ key: 'a', afterMs: 500 }]);
    jest.advanceTimersByTime(60_000);
    expect(rung).toHaveLength(1);
    expect(deadlines.size()).toBe(0);
  });

  test('rings in the order of time, not of setting', () => {
    in_('late', 300);
    in_('early', 100);
    in_('middle', 200);
    jest.advanceTimersByTime(1_000);
    expect(keys()).toEqual(['early', 'middle', 'late']);
  });

  test('that is moved rings at its new time only', () => {
    in_('later', 100);
    in_('earlier', 900);
    in_('later', 700);
    in_('earlier', 200);
    jest.advanceTimersByTime(1_000);
    expect(rung).toEqual([
      { key: 'earlier', afterMs: 200 },
      { key: 'later', afterMs: 700 },
    ]);
  });

  test('that is moved away and back rings once', () => {
    in_('a', 100);
    in_('a', 900);
    in_('a', 100);
    jest.advanceTimersByTime(1_000);
    expect(rung).toEqual([{ key: 'a', afterMs: 100 }]);
  });

  test('that is cleared does not ring', () => {
    in_('a', 100);
    in_('b', 100);
    deadlines.set('a', undefined);
    jest.advanceTimersByTime(1_000);
    expect(keys()).toEqual(['b']);
  });

  test('that is past rings at once', () => {
    in_('a', -5_000);
    jest.advanceTimersByTime(1);
    expect(keys()).toEqual(['a']);
  });

  test('of months away does not ring at once', () => {
    in_('far', 60 * 24 * 3_600_000);
    jest.advanceTimersByTime(120_000);
    expect(rung).toEqual([]);
    expect(deadlines.size()).toBe(1);
  });

  test('does not ring after the stop, which may come twice', () => {
    in_('a', 100);
    deadlines.stop();
    deadlines.stop();
    in_('b', 50);
    jest.advanceTimersByTime(1_000);
    expect(rung).toEqual([]);
  });
});

describe('While one rings', () => {
  test('another that it clears stays silent, one that it sets for now rings next', () => {
    const heard: string[] = [];
    const own = createDeadlines<string>(now, (key) => {
      heard.push(key);
      if (key !== 'first') return;
      own.set('cleared', undefined);
      own.set('again', now());
    });
    own.set('first', startMs + 10);
    own.set('cleared', startMs + 10);
    jest.advanceTimersByTime(20);
    expect(heard).toEqual(['first', 'again']);
    own.stop();
  });

  test('one that sets itself for now leaves the others their turn', () => {
    let turns = 0;
    const own = createDeadlines<string>(now, (key) => {
      if (key === 'other') own.stop();
      turns += 1;
      own.set('greedy', now());
    });
    own.set('greedy', startMs);
    own.set('other', startMs + 5);
    jest.advanceTimersByTime(50);
    expect(turns).toBeLessThan(60);
    own.stop();
  });
});

test('a clock that is set forward makes a deadline late by half a minute at most', () => {
  let shiftMs = 0;
  const heard: string[] = [];
  const own = createDeadlines<string>(
    () => now() + shiftMs,
    (key) => heard.push(key),
  );
  own.set('a', startMs + 3_600_000);
  shiftMs = 3_600_000;
  jest.advanceTimersByTime(30_000);
  expect(heard).toEqual(['a']);
  own.stop();
});

test('ten thousand keys that are moved again and again ring once each, in order', () => {
  for (let move = 0; move < 20; move++) {
    for (let key = 0; key < 10_000; key++) in_(`k${key}`, ((key * 7_919 + move) % 10_000) + 1);
  }
  expect(deadlines.size()).toBe(10_000);
  jest.advanceTimersByTime(10_100);
  expect(new Set(keys()).size).toBe(10_000);
  expect(rung).toHaveLength(10_000);
  expect(rung.every((one, index) => one.afterMs >= (rung[index - 1]?.afterMs ?? 0))).toBe(true);
});

type Step = { key: number; atMs: number | undefined };
const steps = fc.array(
  fc.record<Step>({
    key: fc.integer({ min: 0, max: 5 }),
    atMs: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
  }),
  { maxLength: 60 },
);

test('whatever is set, moved and cleared, those that are left ring once at their time', () => {
  fc.assert(
    fc.property(steps, (moves) => {
      const heard: (readonly [number, number])[] = [];
      const own = createDeadlines<number>(now, (key) => heard.push([key, now() - begunMs]));
      const begunMs = now();
      const expected = new Map<number, number>();
      for (const { key, atMs } of moves) {
        own.set(key, atMs === undefined ? undefined : begunMs + atMs);
        if (atMs === undefined) expected.delete(key);
        else expected.set(key, atMs);
      }
      expect(own.size()).toBe(expected.size);
      jest.advanceTimersByTime(60);
      expect(new Map(heard)).toEqual(expected);
      expect(heard).toHaveLength(expected.size);
      own.stop();
    }),
  );
});
