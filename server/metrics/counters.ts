/** Counters and histograms that cost a map look-up each time; they become text only when somebody scrapes. */

export type Labels = Readonly<Record<string, string>>;

/** One line of the Prometheus text, as prom-client takes it. */
export type Sample = Readonly<{ metricName?: string; labels: Labels; value: number }>;

/** Labels from outside must not grow a family without end. */
const maxSeries = 2_000;

/** `Key` names a series in one short text; the labels are made once for each. */
export type Counters = Readonly<{
  add(key: string, labelsOf: () => Labels, value?: number): void;
  samples(): Sample[];
}>;

export function createCounters(): Counters {
  const series = new Map<string, { labels: Labels; value: number }>();
  return {
    add(key, labelsOf, value = 1) {
      const existing = series.get(key);
      if (existing) existing.value += value;
      else if (series.size < maxSeries) series.set(key, { labels: labelsOf(), value });
    },
    samples: () => [...series.values()],
  };
}

export type Histogram = Readonly<{
  observe(key: string, labelsOf: () => Labels, value: number): void;
  samples(): Sample[];
}>;

type Series = { labels: Labels; buckets: number[]; sum: number };

/** @param bounds Upper bounds of the buckets, ascending; the last bucket has none. */
export function createHistogram(name: string, bounds: readonly number[]): Histogram {
  const series = new Map<string, Series>();

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
    observe(key, labelsOf, value) {
      let one = series.get(key);
      if (!one) {
        if (series.size >= maxSeries) return;
        one = { labels: labelsOf(), buckets: Array(bounds.length + 1).fill(0), sum: 0 };
        series.set(key, one);
      }
      let index = 0;
      while (index < bounds.length && value > (bounds[index] ?? Infinity)) index += 1;
      one.buckets[index] = (one.buckets[index] ?? 0) + 1;
      one.sum += value;
    },
    samples: () => [...series.values()].flatMap(samplesOf),
  };
}
