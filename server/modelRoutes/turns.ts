/** Whose turn it is among the targets of a weighted route, and who takes it when that one cannot. */

export type Turns = Readonly<{
  /** The targets' indexes: the one whose turn it is, then the others, drawn by weight. */
  next(): number[];
}>;

/**
 * Smooth weighted round robin: a heavy target has no long run. A weight of 0 has no turn, and comes last, unless all
 * are 0. `random` is in [0, 1).
 */
export function createTurns(weights: readonly number[], random: () => number): Turns {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const credits = weights.map(() => 0);
  const creditOf = (index: number) => credits[index] ?? 0;

  const turn = (): number => {
    let first = 0;
    for (const [index, weight] of weights.entries()) {
      credits[index] = creditOf(index) + weight;
      if (creditOf(index) > creditOf(first)) first = index;
    }
    credits[first] = creditOf(first) - total;
    return first;
  };

  return {
    next() {
      const first = turn();
      // Whoever has the shortest wait: exponential waits draw by weight, without putting back.
      const waits = weights.map((weight) => -Math.log(1 - random()) / weight);
      const isLater = (a: number, b: number) => (waits[a] ?? 0) - (waits[b] ?? 0) || a - b;
      const others = [...weights.keys()].filter((index) => index !== first);
      const weighty = others.filter((index) => (weights[index] ?? 0) > 0).toSorted(isLater);
      return [first, ...weighty, ...others.filter((index) => weights[index] === 0)];
    },
  };
}
