/** Whose turn it is among the targets of a weighted route. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { createTurns } from '../../server/modelRoutes/turns.ts';

const firsts = (weights: readonly number[], times: number): number[] => {
  const turns = createTurns(weights, () => 0.5);
  return Array.from({ length: times }, () => turns.next()[0] ?? -1);
};

/** The same numbers in [0, 1) every time. */
const seeded = (seed: number) => {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};

describe('The targets of a weighted route', () => {
  test('take turns smoothly: the heavy one has no long run', () => {
    expect(firsts([5, 1, 1], 7)).toEqual([0, 0, 1, 0, 2, 0, 0]);
  });
  test('come in their order when no weight is above 0', () => {
    expect(createTurns([0, 0], () => 0.5).next()).toEqual([0, 1]);
  });
  test('with weight 0 come last and have no turn', () => {
    expect(firsts([0, 2], 4)).toEqual([1, 1, 1, 1]);
    expect(createTurns([0, 2, 0, 1], () => 0.5).next()).toEqual([1, 3, 0, 2]);
  });
  test('share the turns of one that cannot be asked by their weights', () => {
    const turns = createTurns([5, 3, 1], seeded(7));
    const seconds = Array.from({ length: 9_000 }, () => turns.next())
      .filter(([first]) => first === 0)
      .map((order) => order[1]);
    expect(seconds).toHaveLength(5_000);
    expect(seconds.filter((second) => second === 1).length).toBeWithin(3_600, 3_900);
  });
  test('have exactly their share after a whole round, whatever the weights', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(weights, (given) => {
        const total = given.reduce((sum, weight) => sum + weight, 0);
        fc.pre(total > 0);
        const asked = firsts(given, total);
        for (const [index, weight] of given.entries()) {
          expect(asked.filter((first) => first === index)).toHaveLength(weight);
        }
      }),
    );
  });
  test('are all in every order, each once', () => {
    const turns = createTurns([3, 0, 7, 1], Math.random);
    for (let turn = 0; turn < 11; turn++) {
      expect(turns.next().toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
    }
  });
});
