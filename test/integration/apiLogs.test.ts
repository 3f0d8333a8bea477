/** Requests over HTTP: whose they are, and why they went as they did. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { rm } from 'node:fs/promises';
import { actorId, newBatchId, newEventId, type RequestId } from '../../events/ids.ts';
import type { RequestFinished } from '../../events/traffic.ts';
import { loggedIn } from '../support/api.ts';
import { allPages, apiClient, type Answered } from '../support/apiClient.ts';
import { testGateway, type TestGateway } from '../support/gateway.ts';
import { keyAdded, put, requestAt } from '../support/projections.ts';
import { sampleCause } from '../support/sampleEvents.ts';

/** Not long ago: an hour that is over. */
const noonMs = Math.floor(Date.now() / 1_000) * 1_000 - 3_600_000;
const iso = (sinceNoonMs: number) => new Date(noonMs + sinceNoonMs).toISOString();
let gateway: TestGateway;
let asOperator: (path: string) => Promise<Answered>;
let asAcme: (path: string) => Promise<Answered>;
let asOther: (path: string) => Promise<Answered>;

const attempt = {
  provider: 'openai',
  keyId: 'key-1',
  model: 'gpt-5',
  status: 429,
  startedMs: 0,
  durationMs: 12,
  verdict: 'rate-limit',
  ruleId: 'rate-limit.retry-after',
  error: 'too many requests',
};
const failed = requestAt(noonMs, {
  client: 'acme',
  status: 429,
  outcome: 'failed',
  attempts: [attempt, { ...attempt, status: 0, keyId: '', error: 'no answer' }],
  usage: null,
  route: '/v1/failed',
});
const requests: readonly RequestFinished[] = [
  failed,
  requestAt(noonMs + 1_000, { client: 'acme', route: '/v1/one', provider: 'groq', model: 'm' }),
  requestAt(noonMs + 2_000, { client: 'other', route: '/v1/two', keyId: 'key-2' }),
  requestAt(noonMs + 3_000, { client: '', route: '/v1/three', status: 201 }),
];

beforeAll(async () => {
  gateway = await testGateway({
    env: {
      MIDDLEWARE_PASSWORD: 'a long enough password',
      MCP_API_KEYS: 'sbx-key-acme-1:acme,sbx-key-other-1:other',
    },
  });
  asOperator = apiClient(gateway, await loggedIn(gateway.url, 'a long enough password'));
  asAcme = apiClient(gateway, { 'x-api-key': 'sbx-key-acme-1' });
  asOther = apiClient(gateway, { authorization: 'Bearer sbx-key-other-1' });

  for (const request of requests) {
    await gateway.log.appendTraffic({
      id: newBatchId(),
      gatewayId: 'gateway-1',
      events: [request],
    });
  }
  const sequence = await put(gateway.log, 'provider-key', 'key-1', keyAdded());
  await gateway.log.append(
    { kind: 'provider-key', id: actorId('key-1') },
    {
      id: newEventId(),
      version: 1,
      cause: { ...sampleCause(), correlationId: failed.id },
      type: 'ProviderKeyRenamed',
      data: { name: 'because of it' },
    },
    sequence,
  );
  await gateway.projected();
});
afterAll(() => gateway.stop());

const routes = ({ rows }: Answered) => rows.map((row) => row['route']);

describe('GET /api/logs', () => {
  test('shows an operator all requests, newest first, each with its attempts', async () => {
    const answer = await asOperator('/api/logs');
    expect(routes(answer)).toEqual(['/v1/three', '/v1/two', '/v1/one', '/v1/failed']);
    expect(answer.body).toMatchObject({ next: null, cursor: expect.stringMatching(/^c\d+-t4$/) });
    expect(answer.rows[3]).toEqual({
      id: failed.id,
      time: iso(0),
      started_at: new Date(failed.data.startedAtMs).toISOString(),
      client: 'acme',
      dialect: 'openai',
      method: 'POST',
      route: '/v1/failed',
      model: 'gpt-5',
      provider: 'openai',
      key_id: 'key-1',
      status: 429,
      outcome: 'failed',
      streamed: false,
      first_byte_ms: 12.5,
      duration_ms: 20,
      request_bytes: 100,
      response_bytes: 300,
      input_tokens: null,
      output_tokens: null,
      cached_tokens: null,
      reasoning_tokens: null,
      cache_write_tokens: null,
      model_route: null,
      cost_micro_usd: null,
      cost_unknown: true,
      price_version: null,
      trace_id: failed.traceId,
      attempts: [
        {
          provider: 'openai',
          key_id: 'key-1',
          model: 'gpt-5',
          status: 429,
          started_ms: 0,
          duration_ms: 12,
          verdict: 'rate-limit',
          rule_id: 'rate-limit.retry-after',
          error: 'too many requests',
        },
        expect.objectContaining({ status: null, key_id: null, error: 'no answer' }),
      ],
    });
  });

  test.each([
    ['client=acme', ['/v1/one', '/v1/failed']],
    ['provider=groq', ['/v1/one']],
    ['key=key-2', ['/v1/two']],
    ['model=m', ['/v1/one']],
    ['status=201', ['/v1/three']],
    ['outcome=failed', ['/v1/failed']],
    [`from=${iso(2_000)}`, ['/v1/three', '/v1/two']],
    [`to=${noonMs}`, ['/v1/failed']],
    [`from=${iso(1_000)}&to=${iso(2_000)}`, ['/v1/two', '/v1/one']],
    ['from=2030-01-01', []],
    ['client=acme&status=200', ['/v1/one']],
  ])('filters by %s', async (query, expected) => {
    expect(routes(await asOperator(`/api/logs?${query}`))).toEqual(expected);
  });

  test('goes page by page', async () => {
    const { rows } = await asOperator('/api/logs');
    expect(await allPages(asOperator, '/api/logs?limit=1')).toEqual([...rows]);
  });

  test.each(['outcome=good', 'status=x', 'from=noon', 'limit=0', 'after=-1'])(
    'refuses %s',
    async (query) => {
      const { status, body } = await asOperator(`/api/logs?${query}`);
      expect([status, body['code']]).toEqual([422, 'INVALID_QUERY']);
    },
  );

  test('shows a client its own requests, whatever it asks for', async () => {
    expect(routes(await asAcme('/api/logs'))).toEqual(['/v1/one', '/v1/failed']);
    expect(routes(await asOther('/api/logs'))).toEqual(['/v1/two']);
    expect(routes(await asOther('/api/logs?client=acme'))).toEqual(['/v1/two']);
  });

  test('shows nobody else anything', async () => {
    const answer = await apiClient(gateway)('/api/logs');
    expect(answer).toMatchObject({ status: 401, rows: [] });
  });
});

describe('GET /api/logs/{id}', () => {
  test('shows an operator the request and what it caused', async () => {
    const { body } = await asOperator(`/api/logs/${failed.id}`);
    expect(body).toMatchObject({
      id: failed.id,
      attempts: [{ status: 429 }, { status: null }],
      events: [{ type: 'ProviderKeyRenamed', correlation_id: failed.id }],
    });
  });

  test('shows a client its own request, without the events of the management side', async () => {
    const { body } = await asAcme(`/api/logs/${failed.id}`);
    expect(body['id']).toBe(failed.id);
    expect(body).not.toHaveProperty('events');
    const ofOther = await asOther(`/api/logs/${failed.id}`);
    expect(ofOther).toMatchObject({ status: 404, body: { code: 'REQUEST_NOT_FOUND' } });
  });

  test.each(['unknown', '01a1f8b4-5753-70f7-a3b1-4efccce03437' as RequestId])(
    'does not know %s',
    async (id) => {
      const answer = await asOperator(`/api/logs/${id}`);
      expect(answer).toMatchObject({ status: 404, body: { code: 'REQUEST_NOT_FOUND' } });
    },
  );
});

test('without read models a request is found in the log, and lists say what is missing', async () => {
  await gateway.projected();
  for (const suffix of ['', '-wal', '-shm']) {
    await rm(`${gateway.databasePath}${suffix}`, { force: true });
  }
  const one = await asOperator(`/api/logs/${failed.id}`);
  expect(one).toMatchObject({ status: 200, body: { events: [{ type: 'ProviderKeyRenamed' }] } });
  const list = await asOperator('/api/logs');
  expect(list).toMatchObject({ status: 503, body: { code: 'READ_MODELS_NOT_READY' } });
  const stats = await asOperator('/api/stats');
  expect(stats).toMatchObject({ status: 503, body: { code: 'READ_MODELS_NOT_READY' } });
});
