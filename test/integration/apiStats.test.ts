/** Totals over HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { newBatchId } from '../../events/ids.ts';
import { loggedIn } from '../support/api.ts';
import { apiClient, type Answered } from '../support/apiClient.ts';
import { testGateway, type TestGateway } from '../support/gateway.ts';
import { requestAt } from '../support/projections.ts';

const noonMs = Date.parse('2026-11-18T12:00:00Z');
const dayMs = 86_400_000;
let gateway: TestGateway;
let asOperator: (path: string) => Promise<Answered>;
let asAcme: (path: string) => Promise<Answered>;

const events = [
  requestAt(noonMs, { client: 'acme', costMicroUsd: 100 }),
  requestAt(noonMs + dayMs, { client: 'acme', outcome: 'failed', status: 500, usage: null }),
  requestAt(noonMs + dayMs, { client: 'other', model: 'm', provider: 'groq', keyId: '' }),
  requestAt(noonMs + 2 * dayMs, { client: 'other', keyId: 'key-2' }),
];

beforeAll(async () => {
  gateway = await testGateway({
    env: { MIDDLEWARE_PASSWORD: 'a long enough password', MCP_API_KEYS: 'sbx-key-acme-1:acme' },
  });
  asOperator = apiClient(gateway, await loggedIn(gateway.url, 'a long enough password'));
  asAcme = apiClient(gateway, { 'x-api-key': 'sbx-key-acme-1' });
});
afterAll(() => gateway.stop());

test('without traffic there is nothing, and that is no error', async () => {
  const { status, body } = await asOperator('/api/stats');
  expect(status).toBe(200);
  expect(body).toMatchObject({ data: [], totals: { requests: 0, cost_micro_usd: 0 } });
});

describe('GET /api/stats', () => {
  beforeAll(async () => {
    await gateway.log.appendTraffic({ id: newBatchId(), gatewayId: 'gateway-1', events });
    await gateway.projected();
  });

  test('groups by day, and sums up', async () => {
    const { body } = await asOperator('/api/stats');
    const noTools = { tool_calls: 0, tool_failures: 0, tool_duration_ms: 0 };
    const plain = { cached_tokens: 0, cost_micro_usd: 0, ...noTools };
    expect(body).toEqual({
      data: [
        {
          day: '2026-11-18',
          requests: 1,
          failures: 0,
          input_tokens: 10,
          output_tokens: 5,
          ...plain,
          cost_micro_usd: 100,
          unpriced: 0,
          duration_ms: 20,
        },
        {
          day: '2026-11-19',
          requests: 2,
          failures: 1,
          input_tokens: 10,
          output_tokens: 5,
          ...plain,
          unpriced: 2,
          duration_ms: 40,
        },
        {
          day: '2026-11-20',
          requests: 1,
          failures: 0,
          input_tokens: 10,
          output_tokens: 5,
          ...plain,
          unpriced: 1,
          duration_ms: 20,
        },
      ],
      totals: {
        requests: 4,
        failures: 1,
        input_tokens: 30,
        output_tokens: 15,
        ...plain,
        cost_micro_usd: 100,
        unpriced: 3,
        duration_ms: 80,
      },
    });
  });

  test.each([
    ['client', { acme: 2, other: 2 }],
    ['provider', { groq: 1, openai: 3 }],
    ['model', { 'gpt-5': 3, m: 1 }],
    ['key', { null: 1, 'key-1': 2, 'key-2': 1 }],
  ])('groups by %s', async (group, expected) => {
    const { rows } = await asOperator(`/api/stats?group=${group}`);
    const counted = rows.map((row) => [String(row[group]), row['requests']]);
    expect(Object.fromEntries(counted)).toEqual(expected);
  });

  test.each([
    ['from=2026-11-19', 3],
    ['to=2026-11-18', 1],
    ['from=2026-11-19T23:00:00Z&to=2026-11-19', 2],
    [`from=${noonMs}&to=${noonMs}`, 1],
    ['client=acme', 2],
    ['from=2030-01-01', 0],
  ])('counts what is within %s', async (query, requests) => {
    const { body } = await asOperator(`/api/stats?${query}`);
    expect(body['totals']).toMatchObject({ requests });
  });

  test('shows a client its own totals, whatever it asks for', async () => {
    for (const query of ['', '&client=other']) {
      const { body, rows } = await asAcme(`/api/stats?group=client${query}`);
      expect(rows.map((row) => row['client'])).toEqual(['acme']);
      expect(body['totals']).toMatchObject({ requests: 2, failures: 1 });
    }
  });

  test.each(['group=colour', 'from=noon', 'to=never'])('refuses %s', async (query) => {
    const { status, body } = await asOperator(`/api/stats?${query}`);
    expect([status, body['code']]).toEqual([422, 'INVALID_QUERY']);
  });
});
