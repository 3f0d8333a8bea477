/** The audit log over HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { rm } from 'node:fs/promises';
import { allPages, apiClient, type Answered } from '../support/apiClient.ts';
import { testGateway, type TestGateway } from '../support/gateway.ts';
import { keyAdded, put, rested } from '../support/projections.ts';

let gateway: TestGateway;
let get: (path: string) => Promise<Answered>;
let first: number;

beforeAll(async () => {
  gateway = await testGateway();
  get = apiClient(gateway);
  first = await put(gateway.log, 'provider-key', 'key-1', keyAdded());
  await put(gateway.log, 'provider-key', 'key-1', rested(4_102_444_800_000));
  await put(gateway.log, 'provider-key', 'key-2', keyAdded('openai', 'Two'));
  await gateway.projected();
});
afterAll(() => gateway.stop());

describe('GET /api/events', () => {
  test('reads every event with its envelope, oldest first', async () => {
    const { status, body, rows } = await get('/api/events');
    expect(status).toBe(200);
    const { lastSequence } = await gateway.log.state('CONTROL');
    expect(rows.map((row) => row['sequence'])).toEqual(
      Array.from({ length: lastSequence }, (_, index) => index + 1),
    );
    expect(body).toMatchObject({ next: null, cursor: `c${lastSequence}` });
    const stored = await gateway.log.readOne(first);
    if (!stored?.ok) throw new Error('the event is not there');
    const { event } = stored;
    expect(rows[first - 1]).toEqual({
      sequence: first,
      id: event.id,
      time: new Date(event.timeMs).toISOString(),
      kind: 'provider-key',
      actor_id: 'key-1',
      type: 'ProviderKeyAdded',
      version: 1,
      data: {
        provider: 'openai',
        name: 'One',
        secret_ref: 'ref-One',
        fingerprint: 'f00d',
        masked: 'sk-…abcd',
        origin: 'https://api.openai.com',
        weight: 1,
        source: 'api',
        created_at_ms: 1_700_000_000_000,
      },
      correlation_id: event.cause.correlationId,
      causation_id: event.cause.causationId,
      trace_id: event.cause.traceId,
      by: { kind: 'operator', id: 'session-1' },
    });
  });

  test('filters by actor, type, cause and time', async () => {
    const types = async (query: string) =>
      (await get(`/api/events?${query}`)).rows.map(
        (row) => `${String(row['actor_id'])} ${String(row['type'])}`,
      );
    expect(await types('kind=provider-key&id=key-1')).toEqual([
      'key-1 ProviderKeyAdded',
      'key-1 ProviderKeyRested',
    ]);
    expect(await types('type=ProviderKeyAdded&order=desc')).toEqual([
      'key-2 ProviderKeyAdded',
      'key-1 ProviderKeyAdded',
    ]);
    const stored = await gateway.log.readOne(first + 1);
    if (!stored?.ok) throw new Error('the event is not there');
    const { cause, timeMs } = stored.event;
    expect(await types(`correlation_id=${cause.correlationId}`)).toEqual([
      'key-1 ProviderKeyRested',
    ]);
    expect(await types(`kind=provider-key&to=${timeMs}&from=${timeMs}`)).toContain(
      'key-1 ProviderKeyRested',
    );
    expect(await types(`from=${new Date(timeMs + 3_600_000).toISOString()}`)).toEqual([]);
    expect(await types('to=2020-01-01')).toEqual([]);
    expect(await types('kind=tea-pot')).toEqual([]);
  });

  test('goes page by page in both directions', async () => {
    const all = (await get('/api/events')).rows;
    expect(await allPages(get, '/api/events?limit=2')).toEqual([...all]);
    expect(await allPages(get, '/api/events?limit=2&order=desc')).toEqual(all.toReversed());
  });

  test.each([
    ['limit=0', 'limit is a whole number from 1 to 1000'],
    ['limit=1001', 'limit is a whole number from 1 to 1000'],
    ['limit=ten', 'limit is a whole number from 1 to 1000'],
    ['after=x', 'a sequence is a whole number'],
    ['after=-1', 'a sequence is a whole number'],
    ['from=yesterday', 'query.from: write a time such as'],
    ['to=2026-13-45', 'query.to: write a time such as'],
    ['order=up', 'order is asc'],
  ])('refuses %s and says what is wrong', async (query, detail) => {
    const { status, body } = await get(`/api/events?${query}`);
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'INVALID_QUERY', detail: expect.stringContaining(detail) });
  });

  test('answers the same without SQLite', async () => {
    const paths = ['/api/events?limit=3', '/api/events?kind=provider-key&order=desc'];
    const before = await Promise.all(paths.map(get));
    for (const suffix of ['', '-wal', '-shm']) {
      await rm(`${gateway.databasePath}${suffix}`, { force: true });
    }
    expect(await Promise.all(paths.map(get))).toEqual(before);
  });
});
