/** The live stream: no transition is missing, none comes twice, requests are thinned out or chosen. */
import { afterEach, describe, expect, test } from 'bun:test';
import { newBatchId } from '../../events/ids.ts';
import { countOf, liveFeed, sequencesOf } from '../support/liveFeed.ts';
import { batchOf, requestFinished } from '../support/sampleEvents.ts';
import { droppedAt } from '../support/projections.ts';

let feed: Awaited<ReturnType<typeof liveFeed>>;
afterEach(() => feed.stop());

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('transitions', () => {
  test('a new listener is greeted, and told of what happens from then on', async () => {
    feed = await liveFeed();
    await feed.addProvider('before');
    const reader = await feed.listen();
    await feed.addProvider('after');
    await reader.until((events) => events.length === 2);
    expect(reader.items[0]).toEqual({
      event: 'hello',
      id: 'c1-t0-v0',
      data: {
        type: 'hello',
        cursor: 'c1-t0-v0',
        version: '1.2.3',
        gateway_id: 'gateway-1',
        gap: false,
      },
    });
    expect(reader.items[1]).toMatchObject({
      event: 'transition',
      id: 'c2-t0-v0',
      data: {
        sequence: 2,
        kind: 'provider',
        actor_id: 'after',
        type: 'ProviderAdded',
        version: 1,
        data: { name: 'after', base_url: 'https://api.example.com/v1' },
        by: { kind: 'gateway', id: 'gateway-1' },
        status: 'active',
      },
    });
  });

  test('a listener that comes back gets what it missed, once, while more is happening', async () => {
    feed = await liveFeed();
    const seen: unknown[] = [];
    let cursor = 'c0-t0';
    const adding = (async () => {
      for (const index of range(1, 300)) await feed.addProvider(`p-${index}`);
    })();
    for (const turn of range(1, 10)) {
      const reader = await feed.listen({}, cursor);
      await reader.until((events) => events.some(({ event }) => event === 'transition'));
      if (turn === 10) await adding;
      if (turn === 10) await reader.until(() => sequencesOf(reader).at(-1) === 300);
      await reader.leave();
      seen.push(...sequencesOf(reader));
      cursor = reader.lastId() ?? cursor;
    }
    expect(seen).toEqual(range(1, 300));
  });

  test('listeners at different places all get the same', async () => {
    feed = await liveFeed();
    for (const index of range(1, 50)) await feed.addProvider(`old-${index}`);
    const readers = await Promise.all(
      ['c0', 'c10-t0', 'c49', 'c50'].map((cursor) => feed.listen({}, cursor)),
    );
    for (const index of range(1, 50)) await feed.addProvider(`new-${index}`);
    for (const [index, from] of [1, 11, 50, 51].entries()) {
      const reader = readers[index]!;
      await reader.until(() => sequencesOf(reader).at(-1) === 100);
      expect(sequencesOf(reader)).toEqual(range(from, 100));
    }
  });

  test('a cursor of another log begins now and says that there is a gap', async () => {
    feed = await liveFeed();
    await feed.addProvider('one');
    const reader = await feed.listen({}, 'c900-t900');
    await reader.until((events) => events.length === 1);
    expect(reader.items[0]?.data).toMatchObject({ cursor: 'c1-t0-v0', gap: true });
  });

  test('what cannot be read is told as such', async () => {
    feed = await liveFeed();
    const reader = await feed.listen();
    feed.log.putRaw('CONTROL', 'sbx.control.provider.odd', '{}');
    await reader.until((events) => events.length === 2);
    expect(reader.items[1]?.data).toMatchObject({ kind: 'provider', actor_id: 'odd', data: null });
  });
});

describe('requests', () => {
  test('come one by one, and the last one of a batch moves the cursor', async () => {
    feed = await liveFeed();
    const reader = await feed.listen();
    await feed.log.appendTraffic(batchOf('/v1/a', '/v1/b'));
    await reader.until((events) => events.length === 3);
    expect(reader.items.slice(1)).toMatchObject([
      { event: 'request', id: undefined, data: { type: 'RequestFinished', route: '/v1/a' } },
      { event: 'request', id: 'c0-t1-v0', data: { route: '/v1/b', input_tokens: 10 } },
    ]);
  });

  test('beyond the limit a second ends with its totals, which move the cursor', async () => {
    feed = await liveFeed({ shownPerSecond: 3 });
    const reader = await feed.listen();
    const requests = range(1, 10).map((n) =>
      requestFinished(`/v1/${n}`, n > 8 ? { outcome: 'failed' } : {}),
    );
    await feed.log.appendTraffic({
      id: newBatchId(),
      gatewayId: 'gateway-1',
      events: [...requests, droppedAt(1, 5)],
    });
    await reader.until(() => countOf(reader, 'totals') === 1);
    expect(countOf(reader, 'request')).toBe(3);
    expect(reader.items.filter(({ event }) => event === 'request').at(-1)?.id).toBe('c0-t0-v0');
    expect(reader.items.at(-1)).toMatchObject({
      id: 'c0-t1-v0',
      data: {
        type: 'totals',
        requests: 15,
        failures: 3,
        input_tokens: 107,
        output_tokens: 53,
        not_shown: 12,
      },
    });
  });

  test('what was missed is thinned out too', async () => {
    feed = await liveFeed({ shownPerSecond: 3 });
    for (const _turn of range(1, 5)) await feed.log.appendTraffic(batchOf('/v1/a', '/v1/b'));
    const reader = await feed.listen({}, 'c0-t0');
    await feed.addProvider('one');
    await reader.until(() => countOf(reader, 'transition') === 1);
    expect(reader.items.map(({ event }) => event)).toEqual([
      'hello',
      'request',
      'request',
      'request',
      'totals',
      'transition',
    ]);
    expect(reader.items[4]).toMatchObject({ id: 'c0-t5-v0', data: { requests: 10, not_shown: 7 } });
  });

  test('a listener that missed too much is told of the gap', async () => {
    feed = await liveFeed();
    for (const _turn of range(1, 600)) await feed.log.appendTraffic(batchOf('/v1/a'));
    const reader = await feed.listen({ provider: 'openai' }, 'c0-t0');
    await reader.until(() => countOf(reader, 'request') === 500);
    expect(reader.items[0]?.data).toMatchObject({ cursor: 'c0-t100-v0', gap: true });
  });
});

describe('a filter', () => {
  const requests = (count: number) =>
    range(1, count).map((n) =>
      requestFinished(`/v1/${n}`, { client: n % 2 ? 'odd' : 'even', keyId: `key-${n % 5}` }),
    );
  const append = (count: number) =>
    feed.log.appendTraffic({ id: newBatchId(), gatewayId: 'g', events: requests(count) });

  test('of requests lets all of those through and no transition', async () => {
    feed = await liveFeed({ shownPerSecond: 3 });
    const odd = await feed.listen({ client: 'odd' });
    const key = await feed.listen({ key: 'key-2', provider: 'openai' });
    await feed.addProvider('one');
    await append(400);
    await odd.until((events) => events.length === 201);
    await key.until((events) => events.length === 81);
    expect(new Set(odd.items.slice(1).map(({ data }) => data['client']))).toEqual(new Set(['odd']));
    expect(odd.lastId()).toBe('c1-t1-v0');
    expect(countOf(odd, 'transition')).toBe(0);
    expect(new Set(key.items.slice(1).map(({ data }) => data['key_id']))).toEqual(
      new Set(['key-2']),
    );
  });

  test('of transitions lets those through and no request', async () => {
    feed = await liveFeed();
    const one = await feed.listen({ kind: 'provider', id: 'one' });
    const none = await feed.listen({ kind: 'provider-key' });
    await append(10);
    for (const id of ['two', 'one', 'three']) await feed.addProvider(id);
    await one.until((events) => events.length === 2);
    expect(one.items[1]).toMatchObject({ id: 'c2-t1-v0', data: { actor_id: 'one' } });
    expect(none.items.map(({ event }) => event)).toEqual(['hello']);
  });

  test('of types holds for both', async () => {
    feed = await liveFeed({ shownPerSecond: 3 });
    const reader = await feed.listen({ types: new Set(['RequestFinished']) });
    await feed.addProvider('one');
    await append(10);
    await reader.until((events) => events.length === 11);
    expect(countOf(reader, 'request')).toBe(10);
  });
});
