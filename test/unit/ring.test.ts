/** Keys are taken least recently used first, as often as their weights say. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { createRing } from '../../server/keyRing/ring.ts';

const ringOf = (weights: Readonly<Record<string, number>>) => {
  const ring = createRing<string>();
  for (const [key, weight] of Object.entries(weights)) ring.add(key, weight);
  return ring;
};
const takes = (ring: ReturnType<typeof ringOf>, count: number) =>
  Array.from({ length: count }, () => ring.take());

describe('Keys of equal weight', () => {
  test('are taken in turn', () => {
    expect(takes(ringOf({ a: 1, b: 1, c: 1 }), 7)).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'a']);
  });

  test('that are touched go to the end of the line, whether they had their turn or not', () => {
    const ring = ringOf({ a: 1, b: 1, c: 1 });
    expect(ring.touch('a')).toBe(true);
    expect(takes(ring, 3)).toEqual(['b', 'c', 'a']);
    expect(takes(ring, 1)).toEqual(['b']);
    expect(ring.touch('b')).toBe(true);
    expect(takes(ring, 3)).toEqual(['c', 'a', 'b']);
  });

  test('leave the line when removed and join it at its end', () => {
    const ring = ringOf({ a: 1, b: 1, c: 1 });
    ring.remove('b');
    ring.remove('b');
    expect(ring.has('b')).toBe(false);
    expect(ring.touch('b')).toBe(false);
    expect(takes(ring, 3)).toEqual(['a', 'c', 'a']);
    ring.add('b', 1);
    ring.add('b', 1);
    expect(ring.size()).toBe(3);
    expect(new Set(takes(ring, 3))).toEqual(new Set(['a', 'b', 'c']));
  });
});

describe('Keys of different weight', () => {
  test('get shares of 1, 2 and 3, interleaved', () => {
    const ring = ringOf({ a: 1, b: 2, c: 3 });
    expect(takes(ring, 6)).toEqual(['a', 'b', 'c', 'b', 'c', 'c']);
    const many = takes(ring, 6_000);
    const share = (key: string) => many.filter((taken) => taken === key).length;
    expect([share('a'), share('b'), share('c')]).toEqual([1_000, 2_000, 3_000]);
  });

  test('that are touched after their turns get no further turn for it', () => {
    const ring = ringOf({ heavy: 3, light: 1 });
    expect(takes(ring, 4)).toEqual(['heavy', 'light', 'heavy', 'heavy']);
    ring.remove('light');
    ring.add('light', 1);
    ring.touch('heavy');
    expect(takes(ring, 1)).toEqual(['light']);
    const next = takes(ring, 4);
    expect(next.filter((key) => key === 'heavy')).toHaveLength(3);
  });

  test('have their new weight from the next turn on', () => {
    const ring = ringOf({ a: 5, b: 1 });
    takes(ring, 1);
    ring.add('a', 1);
    expect(takes(ring, 4).filter((key) => key === 'a')).toHaveLength(2);
    expect(ring.size()).toBe(2);
  });
});

test('an empty ring gives nothing, also after its last key has left', () => {
  const ring = createRing<string>();
  expect(ring.take()).toBeUndefined();
  ring.add('a', 1);
  expect(ring.take()).toBe('a');
  ring.remove('a');
  expect(ring.take()).toBeUndefined();
  expect(ring.size()).toBe(0);
});

/** The same rules with arrays: slow, and easy to believe. */
function naiveRing() {
  type Turn = { key: number; weight: number; credit: number };
  let round: Turn[] = [];
  let next: Turn[] = [];
  const find = (key: number) => [...round, ...next].find((turn) => turn.key === key);
  const without = (list: Turn[], turn: Turn) => list.filter((one) => one !== turn);
  const spend = (turn: Turn) => {
    const isInRound = round.includes(turn);
    round = without(round, turn);
    next = without(next, turn);
    if (isInRound) turn.credit -= 1;
    if (isInRound && turn.credit > 0) return void round.push(turn);
    turn.credit = turn.weight;
    next.push(turn);
  };
  return {
    add(key: number, weight: number) {
      const turn = find(key);
      if (!turn) return void round.push({ key, weight, credit: weight });
      turn.weight = weight;
      turn.credit = round.includes(turn) ? Math.min(turn.credit, weight) : weight;
    },
    remove(key: number) {
      const turn = find(key);
      if (turn) [round, next] = [without(round, turn), without(next, turn)];
    },
    take() {
      if (round.length === 0) [round, next] = [next, round];
      const [turn] = round;
      if (turn) spend(turn);
      return turn?.key;
    },
    touch(key: number) {
      const turn = find(key);
      if (turn) spend(turn);
      return turn !== undefined;
    },
    size: () => round.length + next.length,
  };
}

const key = fc.integer({ min: 0, max: 6 });
const action = fc.oneof(
  fc.record({ do: fc.constant('add' as const), key, weight: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant('remove' as const), key }),
  fc.record({ do: fc.constant('touch' as const), key }),
  fc.record({ do: fc.constant('take' as const) }),
);

test('whatever is done to it, it does what the naive ring does', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
      const ring = createRing<number>();
      const naive = naiveRing();
      for (const step of actions) {
        if (step.do === 'take') expect(ring.take()).toBe(naive.take());
        if (step.do === 'touch') expect(ring.touch(step.key)).toBe(naive.touch(step.key));
        if (step.do === 'remove') {
          ring.remove(step.key);
          naive.remove(step.key);
        }
        if (step.do === 'add') {
          ring.add(step.key, step.weight);
          naive.add(step.key, step.weight);
        }
        expect(ring.size()).toBe(naive.size());
      }
    }),
  );
});

const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 });

test('in every round of undisturbed takes each key has as many turns as its weight', () => {
  fc.assert(
    fc.property(weights, (each) => {
      const ring = createRing<number>();
      for (const [index, weight] of each.entries()) ring.add(index, weight);
      const total = each.reduce((sum, weight) => sum + weight, 0);
      for (let round = 0; round < 3; round++) {
        const turns = each.map(() => 0);
        for (let turn = 0; turn < total; turn++) turns[ring.take() ?? -1]! += 1;
        expect(turns).toEqual(each);
      }
    }),
  );
});
