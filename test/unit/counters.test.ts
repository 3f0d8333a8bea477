/** Counting without a growth that others decide. */
import { describe, expect, test } from 'bun:test';
import { createCounters, createHistogram } from '../../server/metrics/counters.ts';

describe('counters', () => {
  test('add up by key and make their labels once', () => {
    const counters = createCounters();
    let made = 0;
    const labels = () => ({ n: String(++made) });
    counters.add('a', labels);
    counters.add('a', labels, 2);
    counters.add('b', labels);
    expect(counters.samples()).toEqual([
      { labels: { n: '1' }, value: 3 },
      { labels: { n: '2' }, value: 1 },
    ]);
  });

  test('stop taking new keys at a bound, and go on counting the old ones', () => {
    const counters = createCounters();
    for (let n = 0; n < 10_000; n++) counters.add(`key ${n}`, () => ({}));
    const full = counters.samples().length;
    expect(full).toBeLessThan(10_000);
    counters.add('key 0', () => ({}));
    expect(counters.samples()[0]?.value).toBe(2);
    expect(counters.samples()).toHaveLength(full);
  });
});

describe('a histogram', () => {
  test('counts each value in its bucket and in all larger ones', () => {
    const histogram = createHistogram('h', [1, 10]);
    for (const value of [0.5, 1, 5, 100]) histogram.observe('k', () => ({ l: 'x' }), value);
    const labels = { l: 'x' };
    expect(histogram.samples()).toEqual([
      { metricName: 'h_bucket', labels: { ...labels, le: '1' }, value: 2 },
      { metricName: 'h_bucket', labels: { ...labels, le: '10' }, value: 3 },
      { metricName: 'h_bucket', labels: { ...labels, le: '+Inf' }, value: 4 },
      { metricName: 'h_sum', labels, value: 106.5 },
      { metricName: 'h_count', labels, value: 4 },
    ]);
  });
});
