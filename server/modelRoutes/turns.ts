/** Whose turn it is among the targets of a weighted route: smooth, so that a heavy one never has a long run. */

export type Turns = Readonly<{
  /** The targets' indexes: the one whose turn it is, then the others, the most overdue first. */
  next(): number[];
}>;

/** Smooth weighted round robin. A weight of 0 never has a turn of its own, unless all are 0. */
export function createTurns(weights: readonly number[]): Turns {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const credits = weights.map(() => 0);
  const creditOf = (index: number) => credits[index] ?? 0;
  const hasShare = (index: number) => (weights[index] ?? 0) > 0;

  return {
    next() {
      for (const [index, weight] of weights.entries()) credits[index] = creditOf(index) + weight;
      const order = [...weights.keys()].toSorted(
        (a, b) => Number(hasShare(b)) - Number(hasShare(a)) || creditOf(b) - creditOf(a) || a - b,
      );
      const [first] = order;
      if (first !== undefined) credits[first] = creditOf(first) - total;
      return order;
    },
  };
}
