/** Counters and histograms that cost a few map look-ups each time; they become text only when somebody scrapes. */

export type Labels = Readonly<Record<string, string>>;

/** One line of the Prometheus text, as prom-client takes it. */
export type Sample = Readonly<{ metricName?: string; labels: Labels; value: number }>;

/** Labels from outside must not grow a family without end. */
const maxSeries = 2_000;

type Key = string | number;

type Found<One> = Readonly<{ a: Key; b: Key; c: Key; one: One | undefined }>;
const isOf = (found: Found<unknown>, a: Key, b: Key, c: Key): boolean =>
  found.c === c && found.b === b && found.a === a;

/**
 * Series by up to three values of labels. Maps in maps: to make one text of the values for each request would cost
 * more than all the rest of the counting.
 */
function createSeries<One>(names: readonly string[], make: (labels: Labels) => One) {
  const byFirst = new Map<Key, Map<Key, Map<Key, One>>>();
  const all: One[] = [];
  // One request is often like the one before: to compare three texts is less than to look three up. Two are kept,
  // for what counts two kinds of a thing in turn.
  let last: Found<One> | undefined;
  let beforeLast: Found<One> | undefined;

  const added = (a: Key, b: Key, c: Key): One | undefined => {
    if (all.length >= maxSeries) return undefined;
    const values = [a, b, c];
    const one = make(Object.fromEntries(names.map((name, at) => [name, String(values[at])])));
    all.push(one);
    const bySecond = byFirst.get(a) ?? new Map<Key, Map<Key, One>>();
    const byThird = bySecond.get(b) ?? new Map<Key, One>();
    byFirst.set(a, bySecond.set(b, byThird.set(c, one)));
    return one;
  };

  return {
    all: all as readonly One[],
    /** Undefined when there are too many already. */
    of(a: Key, b: Key, c: Key): One | undefined {
      if (last && isOf(last, a, b, c)) return last.one;
      const found =
        beforeLast && isOf(beforeLast, a, b, c)
          ? beforeLast
          : { a, b, c, one: byFirst.get(a)?.get(b)?.get(c) ?? added(a, b, c) };
      beforeLast = last;
      last = found;
      return found.one;
    },
  };
}

export type Counters = Readonly<{
  /** The values of the labels, in the order of their names. */
  add(value: number, a: Key, b?: Key, c?: Key): void;
  samples(): Sample[];
}>;

/** @param names Of the labels, three at most. */
export function createCounters(...names: readonly string[]): Counters {
  const series = createSeries(names, (labels) => ({ labels, value: 0 }));
  return {
    add(value, a, b = '', c = '') {
      const one = series.of(a, b, c);
      if (one) one.value += value;
    },
    samples: () => series.all.map((one) => ({ ...one })),
  };
}

export type Histogram = Readonly<{
  observe(value: number, a: Key, b?: Key, c?: Key): void;
  samples(): Sample[];
}>;

type Series = { labels: Labels; buckets: number[]; sum: number };

/** @param bounds Upper bounds of the buckets, ascending; the last bucket has none. */
export function createHistogram(
  name: string,
  bounds: readonly number[],
  ...names: readonly string[]
): Histogram {
  const series = createSeries<Series>(names, (labels) => ({
    labels,
    buckets: Array<number>(bounds.length + 1).fill(0),
    sum: 0,
  }));

  const samplesOf = ({ labels, buckets, sum }: Series): Sample[] => {
    let count = 0;
    const lines = buckets.map((inBucket, index) => {
      count += inBucket;
      const le = index < bounds.length ? String(bounds[index]) : '+Inf';
      return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count };
    });
    return [
      ...lines,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  };

  return {
    observe(value, a, b = '', c = '') {
      const one = series.of(a, b, c);
      if (!one) return;
      let index = 0;
      while (index < bounds.length && value > (bounds[index] ?? Infinity)) index += 1;
      one.buckets[index] = (one.buckets[index] ?? 0) + 1;
      one.sum += value;
    },
    samples: () => series.all.flatMap(samplesOf),
  };
}
