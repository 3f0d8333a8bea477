/** Smooth weighted round robin: exact over each full turn, and no backend gets its share in one burst. */

type Weighted = Readonly<{ name: string; weight: number }>;

export type Wheel = Readonly<{
  /** The one whose turn it is; undefined where there is none. Those that are left out keep their place. */
  next<One extends Weighted>(candidates: readonly One[]): One | undefined;
}>;

export function createWheel(): Wheel {
  const scores = new Map<string, number>();

  return {
    next(candidates) {
      let best = candidates[0];
      let bestScore = Number.NEGATIVE_INFINITY;
      let total = 0;
      for (const one of candidates) {
        const score = (scores.get(one.name) ?? 0) + one.weight;
        scores.set(one.name, score);
        total += one.weight;
        if (score <= bestScore) continue;
        best = one;
        bestScore = score;
      }
      if (best) scores.set(best.name, bestScore - total);
      return best;
    },
  };
}
