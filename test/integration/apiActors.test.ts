/** Actors over HTTP: what is, what was, and by which machine. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { allPages, apiClient, type Answered } from '../support/apiClient.ts';
import { testGateway, type TestGateway } from '../support/gateway.ts';
import { keyAdded, put, rested } from '../support/projections.ts';
import { until } from '../support/until.ts';

const untilMs = 4_102_444_800_000;
let gateway: TestGateway;
let get: (path: string) => Promise<Answered>;
let added: number;
let restedAt: number;

beforeAll(async () => {
  gateway = await testGateway();
  get = apiClient(gateway);
  added = await put(gateway.log, 'provider-key', 'key-1', keyAdded());
  restedAt = await put(gateway.log, 'provider-key', 'key-1', rested(untilMs));
  for (const name of ['b', 'c', 'd', 'e']) {
    await put(gateway.log, 'provider-key', `key-${name}`, keyAdded('openai', name));
  }
  await until('the gateway has followed', async () => {
    const { body } = await get('/api/actors');
    return body['cursor'] === `c${(await gateway.log.state('CONTROL')).lastSequence}`;
  });
});
afterAll(() => gateway.stop());

describe('now', () => {
  test('the kinds are listed with their counts', async () => {
    const { rows } = await get('/api/actors');
    expect(rows).toEqual([
      { kind: 'provider', actors: 3, dormant: 0, by_status: { active: 3 } },
      { kind: 'provider-key', actors: 5, dormant: 0, by_status: { healthy: 4, resting: 1 } },
      { kind: 'breaker', actors: 0, dormant: 0, by_status: {} },
      { kind: 'client-key', actors: 0, dormant: 0, by_status: {} },
      { kind: 'operator', actors: 0, dormant: 0, by_status: {} },
      { kind: 'day', actors: 0, dormant: 0, by_status: {} },
      { kind: 'setting', actors: 0, dormant: 0, by_status: {} },
      { kind: 'model-route', actors: 0, dormant: 0, by_status: {} },
      { kind: 'mcp-server', actors: 0, dormant: 0, by_status: {} },
      { kind: 'mcp-connection', actors: 0, dormant: 0, by_status: {} },
      { kind: 'mcp-backend', actors: 0, dormant: 0, by_status: {} },
    ]);
  });

  test('the actors of a kind come by id, page by page', async () => {
    const all = await allPages(get, '/api/actors/provider-key?limit=2');
    expect(all.map((actor) => actor['id'])).toEqual(['key-1', 'key-b', 'key-c', 'key-d', 'key-e']);
    expect((await get('/api/actors/provider-key?after=key-d')).rows).toHaveLength(1);
  });

  test('one actor is read whole', async () => {
    const { body } = await get('/api/actors/provider-key/key-1');
    const stored = await gateway.log.readOne(restedAt);
    expect(body).toMatchObject({
      kind: 'provider-key',
      id: 'key-1',
      sequence: restedAt,
      status: 'resting',
      state: 'resting',
      context: { secret_ref: 'ref-One', rest: { until_ms: untilMs, rule_id: 'rate-limit' } },
      updated_at: new Date(stored?.ok ? stored.event.timeMs : 0).toISOString(),
    });
  });

  test.each([
    ['/api/actors/tea-pot', 'KIND_NOT_FOUND'],
    ['/api/actors/tea-pot/one', 'KIND_NOT_FOUND'],
    ['/api/actors/provider/none', 'ACTOR_NOT_FOUND'],
    ['/api/actors/provider/NONE', 'ACTOR_NOT_FOUND'],
    ['/api/actors/provider/none/events', 'ACTOR_NOT_FOUND'],
    ['/api/actors/provider/none/at?sequence=1', 'ACTOR_NOT_FOUND'],
    ['/api/actors/provider/a.b.*', 'ACTOR_NOT_FOUND'],
    ['/api/actors/tea-pot/machine', 'KIND_NOT_FOUND'],
  ])('%s is answered with %s', async (path, code) => {
    expect(await get(path)).toMatchObject({ status: 404, body: { code } });
  });
});

describe('then', () => {
  test('one actor is shown as it was at a sequence', async () => {
    const at = (sequence: number) => get(`/api/actors/provider-key/key-1/at?sequence=${sequence}`);
    expect((await at(added)).body).toMatchObject({ status: 'healthy', sequence: added });
    expect((await at(restedAt)).body).toMatchObject({ status: 'resting', sequence: restedAt });
    expect((await at(restedAt + 2)).body).toMatchObject({ status: 'resting', sequence: restedAt });
    expect(await at(added - 1)).toMatchObject({ status: 404, body: { code: 'NOT_YET' } });
    expect(await at(10_000)).toMatchObject({ status: 404, body: { code: 'NOT_YET' } });
  });

  test('one actor is shown as it was at a time, written in either way', async () => {
    const stored = await gateway.log.readOne(restedAt);
    const timeMs = stored?.ok ? stored.event.timeMs : 0;
    const at = (time: string) =>
      get(`/api/actors/provider-key/key-1/at?time=${encodeURIComponent(time)}`);
    const now = { status: 200, body: { status: 'resting' } };
    expect(await at(String(timeMs))).toMatchObject(now);
    expect(await at(new Date(timeMs).toISOString())).toMatchObject(now);
    expect(await at(new Date(timeMs).toISOString().replace('Z', '+00:00'))).toMatchObject(now);
    expect(await at('2020-01-01T00:00:00Z')).toMatchObject({ body: { code: 'NOT_YET' } });
  });

  test('a whole kind is shown as it was', async () => {
    const { rows } = await get(`/api/actors/provider-key/at?sequence=${restedAt + 1}`);
    expect(rows.map((actor) => [actor['id'], actor['status']])).toEqual([
      ['key-1', 'resting'],
      ['key-b', 'healthy'],
    ]);
    const pages = await allPages(
      get,
      `/api/actors/provider-key/at?sequence=${restedAt + 4}&limit=2`,
    );
    expect(pages).toHaveLength(5);
  });

  test.each(['', '?sequence=x', '?sequence=-1', '?time=noon', '?sequence=1&time=2026-01-01'])(
    '/at%s is refused',
    async (query) => {
      for (const path of ['/api/actors/provider/at', '/api/actors/provider/openai/at']) {
        const answer = await get(path + query);
        expect(answer).toMatchObject({ status: 422, body: { code: 'INVALID_QUERY' } });
      }
    },
  );

  test('the events of one actor come in either order, page by page', async () => {
    const path = '/api/actors/provider-key/key-1/events';
    const events = await allPages(get, `${path}?limit=1`);
    expect(events.map((event) => event['type'])).toEqual(['ProviderKeyAdded', 'ProviderKeyRested']);
    expect(await allPages(get, `${path}?limit=1&order=desc`)).toEqual(events.toReversed());
    expect((await get(`${path}?after=${restedAt}`)).rows).toEqual([]);
  });
});

describe('the machine of a kind', () => {
  test('is plain JSON: states, transitions, and what a state ignores', async () => {
    const { body } = await get('/api/actors/client-key/machine');
    const to = (
      event: string,
      target: string | null,
      changes_context = false,
      guarded = false,
    ) => ({
      event,
      target,
      guarded,
      changes_context,
    });
    const state = (name: string, ignores: string[], ...transitions: object[]) => ({
      name,
      type: 'atomic',
      initial: null,
      transitions,
      ignores,
    });
    const notThere = [
      'ClientKeyChanged',
      'ClientKeyRotated',
      'ClientKeyGraceEnded',
      'ClientKeyRemoved',
    ];
    expect(body).toEqual({
      kind: 'client-key',
      id: 'client-key',
      version: 4,
      initial: 'unknown',
      transitions: [
        to('ClientKeyChanged', null, true),
        to('ClientKeyRotated', null, true),
        to('ClientKeyGraceEnded', null, true),
        to('ClientKeyRemoved', 'removed', true),
      ],
      states: [
        state('unknown', notThere, to('ClientKeyAdded', 'active', true)),
        state('active', [], to('ClientKeyLeftSource', 'left'), to('ClientKeyExpired', 'expired')),
        state('left', [], to('ClientKeyReturned', 'active')),
        state(
          'expired',
          ['ClientKeyRotated'],
          to('ClientKeyLeftSource', 'left'),
          to('ClientKeyChanged', 'active', true, true),
          to('ClientKeyChanged', null, true),
        ),
        state('removed', notThere, to('ClientKeyAdded', 'active', true)),
      ],
    });
  });

  test('names guards and what a state does not take', async () => {
    const { body } = await get('/api/actors/provider-key/machine');
    const states = body['states'] as { name: string; transitions: object[]; ignores: string[] }[];
    const disabled = states.find(({ name }) => name === 'disabled');
    expect(disabled?.ignores).toContain('ProviderKeyRested');
    expect(disabled?.transitions).toContainEqual({
      event: 'ProviderKeySecretReplaced',
      target: null,
      guarded: true,
      changes_context: true,
    });
  });
});

test('what is in memory is answered while the log is away', async () => {
  gateway.nats.pause();
  try {
    expect((await get('/api/actors/provider-key?limit=1')).status).toBe(200);
  } finally {
    gateway.nats.resume();
  }
});
