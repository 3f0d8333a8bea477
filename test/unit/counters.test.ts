/** Counting without a growth that others decide. */
import { describe, expect, test } from 'bun:test';
import { createCounters, createHistogram } from '../../server/metrics/counters.ts';

describe('counters', () => {
  test('add up by the values of their labels', () => {
    const counters = createCounters('route', 'status');
    counters.add(1, '/a', 200);
    counters.add(2, '/a', 200);
    counters.add(1, '/a', 404);
    counters.add(1, '/b', 200);
    expect(counters.samples()).toEqual([
      { labels: { route: '/a', status: '200' }, value: 3 },
      { labels: { route: '/a', status: '404' }, value: 1 },
      { labels: { route: '/b', status: '200' }, value: 1 },
    ]);
  });

  test('stop taking new values at a bound, and go on counting the old ones', () => {
    const counters = createCounters('key');
    for (let n = 0; n < 10_000; n++) counters.add(1, `key ${n}`);
    const full = counters.samples().length;
    expect(full).toBeLessThan(10_000);
    counters.add(1, 'key 0');
    expect(counters.samples()[0]?.value).toBe(2);
    expect(counters.samples()).toHaveLength(full);
  });
});

describe('a histogram', () => {
  test('counts each value in its bucket and in all larger ones', () => {
    const histogram = createHistogram('h', [1, 10], 'l');
    for (const value of [0.5, 1, 5, 100]) histogram.observe(value, 'x');
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
