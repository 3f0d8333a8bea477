/** Who is let in: an open gateway, one with client keys only, and what is public. */
import { afterAll, afterEach, describe, expect, test } from 'bun:test';
import { apiOf, expectProblem } from '../support/api.ts';
import { testGateway, type TestGateway } from '../support/gateway.ts';

const running: TestGateway[] = [];
async function started(env: Readonly<Record<string, string>> = {}) {
  const gateway = await testGateway({ env });
  running.push(gateway);
  return { gateway, api: apiOf(gateway.url) };
}
const stopAll = async () => {
  for (const gateway of running.splice(0)) await gateway.stop();
};

describe('an open gateway', () => {
  let open: Awaited<ReturnType<typeof started>>;
  const opened = async () => (open ??= await started());
  afterAll(stopAll);

  test('lets this machine manage it without a password', async () => {
    const { api } = await opened();
    expect((await api('GET', '/api/providers')).status).toBe(200);
  });

  test.each([
    ['a rebound name', { host: 'evil.example' }],
    ['a page of another origin', { origin: 'https://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
    ['a page of another site', { 'sec-fetch-site': 'cross-site' }],
    ['a page of a sister site', { 'sec-fetch-site': 'same-site' }],
    ['a tunnel', { 'x-forwarded-for': '203.0.113.9' }],
    ['a proxy', { via: '1.1 proxy' }],
    ['a forwarder', { forwarded: 'for=203.0.113.9' }],
  ])('refuses %s, for reading as for writing', async (_who, headers) => {
    const { api } = await opened();
    const given = headers as unknown as Record<string, string>;
    expectProblem(await api('GET', '/api/providers', undefined, given), 403, 'NOT_LOCAL');
    expectProblem(await api('POST', '/api/keys', {}, given), 403, 'NOT_LOCAL');
    expectProblem(await api('POST', '/api/v1/keys', {}, given), 403, 'NOT_LOCAL');
  });

  test('tells strangers its health without a number of keys', async () => {
    const { api } = await opened();
    const stranger = { 'x-forwarded-for': '203.0.113.9' };
    const { status, json } = await api('GET', '/health', undefined, stranger);
    expect(status).toBe(200);
    expect(Object.keys(json).toSorted()).toEqual(['backends', 'status', 'timestamp', 'version']);
  });

  test('keeps its metrics for this machine', async () => {
    const { api } = await opened();
    expect((await api('GET', '/metrics')).status).toBe(200);
    const stranger = { 'x-forwarded-for': '203.0.113.9' };
    expectProblem(await api('GET', '/metrics', undefined, stranger), 403, 'NOT_LOCAL');
  });

  test('has no password to log in with', async () => {
    const { api } = await opened();
    expectProblem(await api('POST', '/api/login', { password: 'x' }), 403, 'PASSWORD_NOT_SET');
    expect((await api('POST', '/api/logout')).status).toBe(204);
  });

  test('a client key closes its client side, and not its management', async () => {
    const { api } = await opened();
    expect((await api('GET', '/v1/models')).status).toBe(200);
    const { json } = await api('POST', '/api/keys', { name: 'one' });
    const asClient = (headers: Record<string, string>) =>
      api('GET', '/v1/models', undefined, headers);

    expect((await asClient({})).status).toBe(401);
    expect((await asClient({ authorization: 'Bearer sk-sbx-unknown' })).status).toBe(401);
    expect((await asClient({ authorization: `Bearer ${json.key}` })).status).toBe(200);
    expect((await asClient({ 'x-api-key': json.key })).status).toBe(200);
    expect((await api('GET', `/v1/models?key=${json.key}`)).status).not.toBe(401);
    expect((await api('GET', '/api/keys')).status).toBe(200);

    await api('DELETE', `/api/keys/${json.id}`);
    expect((await asClient({ authorization: `Bearer ${json.key}` })).status).toBe(200);
  });
});

describe('a gateway with client keys and no password', () => {
  afterEach(stopAll);

  test('keeps its management closed and says what to do', async () => {
    const { api } = await started({ MCP_API_KEYS: 'client-key-0001:alice' });
    const withKey = { authorization: 'Bearer client-key-0001' };
    for (const headers of [{}, withKey]) {
      const answer = await api('GET', '/api/providers', undefined, headers);
      expectProblem(answer, 403, 'PASSWORD_NOT_SET');
      expect(answer.json.detail).toContain('MIDDLEWARE_PASSWORD');
    }
    expect((await api('GET', '/v1/models')).status).toBe(401);
    expect((await api('GET', '/v1/models', undefined, withKey)).status).toBe(200);
    expect((await api('GET', '/health', undefined, withKey)).json.keys).toBeDefined();
    expect((await api('GET', '/health')).json.keys).toBeUndefined();
  });

  test('MCP_DISABLE_AUTH opens the client side only', async () => {
    const { api } = await started({ MCP_DISABLE_AUTH: 'true' });
    expect((await api('GET', '/v1/models')).status).toBe(200);
    expectProblem(await api('GET', '/api/providers'), 403, 'PASSWORD_NOT_SET');
  });

  test('METRICS_TOKEN reads the metrics from elsewhere; METRICS_ENABLED=false ends them', async () => {
    const { gateway, api } = await started({ METRICS_TOKEN: 'metrics-token-1' });
    const elsewhere = { 'x-forwarded-for': '203.0.113.9' };
    const scrape = (authorization: string) =>
      api('GET', '/metrics', undefined, { ...elsewhere, authorization });
    expect((await scrape('Bearer metrics-token-1')).status).toBe(200);
    expect((await scrape('Bearer metrics-token-2')).status).toBe(403);
    await gateway.restart({ METRICS_ENABLED: 'false' });
    expectProblem(await scrape('Bearer metrics-token-1'), 404, 'NOT_FOUND');
  });
});
