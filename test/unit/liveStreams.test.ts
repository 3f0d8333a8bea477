/** The streams of the live feed: what they cost, how they end, and what becomes of those who read slowly. */
import { afterEach, describe, expect, test } from 'bun:test';
import type { EventLog } from '../../events/log.ts';
import { countOf, liveFeed, sequencesOf } from '../support/liveFeed.ts';
import { batchOf } from '../support/sampleEvents.ts';
import { until } from '../support/until.ts';

let feed: Awaited<ReturnType<typeof liveFeed>>;
afterEach(() => feed.stop());

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('the tails', () => {
  test('are shared, start with the first listener and stop after the last', async () => {
    feed = await liveFeed();
    expect(feed.tails).toEqual({ running: 0, started: 0 });
    const readers = await Promise.all(range(1, 20).map(() => feed.listen()));
    expect(feed.tails).toEqual({ running: 2, started: 2 });
    for (const reader of readers) await reader.leave();
    await until('the tails stopped', () => feed.tails.running === 0);
    expect(feed.live.listeners()).toBe(0);
    const again = await feed.listen();
    await feed.addProvider('one');
    await again.until((events) => events.length === 2);
    expect(feed.tails).toEqual({ running: 2, started: 4 });
  });

  test('that cannot start leave nothing behind', async () => {
    feed = await liveFeed();
    feed.log.setAway(true);
    await expect(feed.listen()).rejects.toThrow('the log is not reachable');
    feed.log.setAway(false);
    const reader = await feed.listen();
    await feed.addProvider('one');
    await reader.until((events) => events.length === 2);
    expect(feed.tails.running).toBe(2);
  });
});

describe('a stream', () => {
  test('carries a heartbeat while nothing happens', async () => {
    feed = await liveFeed({ heartbeatMs: 5 });
    const reader = await feed.listen();
    await reader.comments.until((comments) => comments.length >= 3);
  });

  test('ends when the gateway stops', async () => {
    feed = await liveFeed();
    const reader = await feed.listen();
    await reader.until((events) => events.length === 1);
    await feed.live.stop();
    expect(await reader.ended).toBe('ended');
    expect(feed.tails.running).toBe(0);
    await expect(feed.listen()).rejects.toThrow();
  });

  test('breaks off when the log goes away while its listener catches up', async () => {
    let reads = 0;
    feed = await liveFeed({
      seenLog: (log): EventLog => ({
        ...log,
        readControl(after, upTo, limit) {
          reads += 1;
          return reads > 1
            ? Promise.reject(new Error('away'))
            : log.readControl(after, upTo, limit);
        },
      }),
    });
    for (const index of range(1, 300)) await feed.addProvider(`p-${index}`);
    const reader = await feed.listen({}, 'c0-t0');
    await reader.ended;
    expect(sequencesOf(reader)).toEqual(range(1, 200));
    expect(feed.live.listeners()).toBe(0);
  });

  test('that nobody reads is cut off, and holds nobody else up', async () => {
    feed = await liveFeed();
    const slow = await feed.live.open({
      cursor: undefined,
      filter: { types: new Set(['RequestFinished']) },
      signal: new AbortController().signal,
    });
    const quick = await feed.listen({ types: new Set(['RequestFinished']) });
    const batches = range(1, 20).map(() => batchOf(...range(1, 100).map((n) => `/v1/${n}`)));
    for (const batch of batches) await feed.log.appendTraffic(batch);
    await quick.until(() => countOf(quick, 'request') === 2_000);
    expect(feed.live.listeners()).toBe(1);
    await expect(slow.getReader().read()).rejects.toThrow('too slow');
  });

  test('that is read slowly while it catches up is paced, not cut off', async () => {
    feed = await liveFeed();
    for (const _turn of range(1, 20)) {
      await feed.log.appendTraffic(batchOf(...range(1, 100).map((n) => `/v1/${n}`)));
    }
    const reader = await feed.listen({ provider: 'openai' }, 'c0-t0');
    await reader.until(() => countOf(reader, 'request') === 2_000);
  });
});
