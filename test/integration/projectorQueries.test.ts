/** The queries of the read models, over rows that the projector wrote. */
import { describe, expect, test } from 'bun:test';
import { rmSync } from 'node:fs';
import { newRequestId } from '../../events/ids.ts';
import {
  batch,
  keyAdded,
  put,
  requestAt,
  rested,
  rowsAfterProjecting,
  runProjector,
} from '../support/projections.ts';
import type { ReadModels } from '../../events/projections/readModels.ts';
import { modelsOfTest } from '../support/modelsOfTest.ts';

const noonMs = Date.parse('2026-11-19T12:00:00Z');
const dayMs = 86_400_000;
const world = modelsOfTest(noonMs);

describe('requests', () => {
  test('come newest first, filtered, page by page', async () => {
    for (let index = 0; index < 6; index += 1) {
      const client = index % 2 === 0 ? 'acme' : 'other';
      await world.log.appendTraffic(
        batch(
          requestAt(noonMs, { client, route: `/${index}/a`, status: 500, outcome: 'failed' }),
          requestAt(noonMs, {
            client,
            route: `/${index}/b`,
            keyId: 'k2',
            model: 'm',
            provider: 'p',
          }),
        ),
      );
    }
    await rowsAfterProjecting(world.log, world.database.path);
    const routes = (filter: Parameters<ReadModels['requests']>[0]) =>
      world.models.requests(filter).rows.map((row) => row.route);

    const first = world.models.requests({ client: 'acme', limit: 4 });
    expect(first.rows.map((row) => row.route)).toEqual(['/4/b', '/4/a', '/2/b', '/2/a']);
    const second = world.models.requests({ client: 'acme', limit: 4, after: first.next! });
    expect(second.rows.map((row) => row.route)).toEqual(['/0/b', '/0/a']);
    expect(second.next).toBeNull();
    expect(routes({ status: 500, limit: 2 })).toEqual(['/5/a', '/4/a']);
    expect(routes({ outcome: 'completed', keyId: 'k2', limit: 1 })).toEqual(['/5/b']);
    expect(routes({ model: 'm', provider: 'p', limit: 100 })).toHaveLength(6);
    expect(routes({ model: 'none', limit: 100 })).toEqual([]);
  });

  test('are looked through for a filter in bounded steps', async () => {
    await world.log.appendTraffic(batch(requestAt(noonMs, { route: '/needle', client: 'rare' })));
    for (let index = 0; index < 25; index += 1) {
      const events = Array.from({ length: 1_000 }, () => requestAt(noonMs));
      await world.log.appendTraffic(batch(...events));
    }
    await rowsAfterProjecting(world.log, world.database.path);
    const first = world.models.requests({ client: 'rare', limit: 10 });
    expect(first.rows).toEqual([]);
    const second = world.models.requests({ client: 'rare', limit: 10, after: first.next! });
    expect(second.rows.map((row) => row.route)).toEqual(['/needle']);
    expect(second.next).toBeNull();
  });

  test('are found by id, each with its attempts', async () => {
    const attempt = {
      provider: 'openai',
      keyId: 'key-1',
      model: 'gpt-5',
      status: 429,
      startedMs: 0,
      durationMs: 3,
      verdict: 'rate_limit',
      ruleId: 'rate-limit.retry-after',
      error: 'slow down',
    };
    const wanted = requestAt(noonMs, { attempts: [attempt], usage: null, streamed: true });
    await world.log.appendTraffic(batch(requestAt(noonMs), wanted, requestAt(noonMs)));
    await world.log.appendTraffic(batch(requestAt(noonMs)));
    await rowsAfterProjecting(world.log, world.database.path);
    expect(world.models.requestById(wanted.id)).toMatchObject({
      id: wanted.id,
      attempts: [attempt],
      streamed: true,
      inputTokens: null,
      firstByteMs: 12.5,
    });
    expect(world.models.requestById(newRequestId())).toBeUndefined();
    expect(world.models.requestById('no id at all')).toBeUndefined();
  });
});

describe('statistics', () => {
  test('are grouped as asked, within days and for one client', async () => {
    const tomorrowMs = noonMs + dayMs;
    await world.log.appendTraffic(
      batch(
        requestAt(noonMs, { client: 'acme', keyId: 'k1', model: 'a', costMicroUsd: 5 }),
        requestAt(noonMs, { client: 'acme', keyId: 'k2', model: 'a', status: 500 }),
        requestAt(tomorrowMs, { client: 'other', keyId: 'k1', model: 'b', provider: 'groq' }),
      ),
    );
    await rowsAfterProjecting(world.log, world.database.path);
    const groups = (filter: Parameters<ReadModels['stats']>[0]) =>
      world.models.stats(filter).map((row) => [row.group, row.requests]);

    expect(groups({ groupBy: 'day' })).toEqual([
      ['2026-11-19', 2],
      ['2026-11-20', 1],
    ]);
    expect(groups({ groupBy: 'key', to: '2026-11-19' })).toEqual([
      ['k1', 1],
      ['k2', 1],
    ]);
    expect(groups({ groupBy: 'provider', from: '2026-11-20' })).toEqual([['groq', 1]]);
    expect(groups({ groupBy: 'client' })).toEqual([
      ['acme', 2],
      ['other', 1],
    ]);
    expect(world.models.stats({ groupBy: 'model', client: 'acme' })).toEqual([
      {
        group: 'a',
        requests: 2,
        failures: 1,
        inputTokens: 20,
        outputTokens: 10,
        cachedTokens: 0,
        costMicroUsd: 5,
        unpriced: 1,
        durationMs: 40,
      },
    ]);
    expect(world.models.keyCounts('2026-11-19')).toEqual(
      new Map([
        ['k1', { requests: 1, failures: 0 }],
        ['k2', { requests: 1, failures: 1 }],
      ]),
    );
  });
});

describe('the index of events', () => {
  test('is filtered by actor, type and time, and paged both ways', async () => {
    await put(world.log, 'provider-key', 'one', keyAdded());
    world.clockMs += 1_000;
    await put(world.log, 'provider-key', 'two', keyAdded());
    world.clockMs += 1_000;
    await put(world.log, 'provider-key', 'one', rested(noonMs + dayMs));
    await rowsAfterProjecting(world.log, world.database.path);
    const sequences = (filter: Omit<Parameters<ReadModels['eventIndex']>[0], 'limit'>) =>
      world.models.eventIndex({ limit: 10, ...filter }).rows.map((row) => row.sequence);

    expect(sequences({})).toEqual([3, 2, 1]);
    expect(sequences({ order: 'oldest-first', after: 1 })).toEqual([2, 3]);
    expect(sequences({ kind: 'provider-key', id: 'one' })).toEqual([3, 1]);
    expect(sequences({ type: 'ProviderKeyRested' })).toEqual([3]);
    expect(sequences({ fromMs: noonMs + 1, toMs: noonMs + 1_000 })).toEqual([2]);
    expect(sequences({ fromMs: noonMs + 9_000 })).toEqual([]);
    expect(sequences({ toMs: noonMs - 1 })).toEqual([]);
    const page = world.models.eventIndex({ limit: 2 });
    expect(sequences({ after: page.next! })).toEqual([1]);
    const [row] = page.rows;
    expect(sequences({ correlationId: row!.correlationId })).toEqual([3]);
    expect(row).toMatchObject({ byKind: 'operator', byId: 'session-1', timeMs: noonMs + 2_000 });
  });
});

describe('the file of the read models', () => {
  test('may not be there yet: every query answers with nothing', () => {
    expect(world.models.requests({ limit: 1 })).toEqual({ rows: [], next: null });
    expect(world.models.requestById(newRequestId())).toBeUndefined();
    expect(world.models.stats({ groupBy: 'day' })).toEqual([]);
    expect(world.models.keyCounts('2026-11-19').size).toBe(0);
    expect(world.models.eventIndex({ limit: 1 }).rows).toEqual([]);
    expect(world.models.positions()).toEqual([]);
  });

  test('is followed when it is made anew, and read while it is written', async () => {
    await world.log.appendTraffic(batch(requestAt(noonMs)));
    await rowsAfterProjecting(world.log, world.database.path);
    expect(world.models.requests({ limit: 9 }).rows).toHaveLength(1);
    rmSync(world.database.path);
    expect(world.models.requests({ limit: 9 }).rows).toEqual([]);

    const projector = await runProjector(world.log, world.database.path);
    await world.log.appendTraffic(batch(requestAt(noonMs)));
    await projector.caughtUp();
    expect(world.models.requests({ limit: 9 }).rows).toHaveLength(2);
    expect(world.models.positions()).toMatchObject([{ stream: 'TRAFFIC', sequence: 2, lost: 0 }]);
    await projector.stop();
  });
});
