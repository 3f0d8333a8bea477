/** Providers by API: made, changed, moved to another origin, removed. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { apiOf, expectProblem, type Api } from '../support/api.ts';
import { testGateway, type TestGateway } from '../support/gateway.ts';
import { startVendor, type Vendor } from '../support/vendor.ts';

let gateway: TestGateway;
let api: Api;
let vendor: Vendor;
let number = 0;
let name = '';

beforeAll(async () => {
  vendor = await startVendor((_request, reply) => reply.json(200, { data: [] }));
  gateway = await testGateway({ env: { ANTHROPIC_API_KEY: 'sk-ant-environment-1' } });
  api = apiOf(gateway.url);
});
afterAll(async () => {
  await gateway.stop();
  await vendor.stop();
});
beforeEach(() => {
  number += 1;
  name = `Vendor ${number}`;
});

const add = async (more = {}) =>
  api('POST', '/api/providers', { name, dialect: 'openai', base_url: vendor.url, ...more });
const addKey = (provider: string, key = `sk-of-${provider}-0001`) =>
  api('POST', '/api/provider-keys', { provider, key });

describe('adding', () => {
  test('takes its id from the name, its way to authenticate from the dialect', async () => {
    const { status, json } = await add({ base_url: `${vendor.url}/v1/` });
    expect(status).toBe(201);
    expect(json).toEqual({
      id: `vendor-${number}`,
      name,
      dialect: 'openai',
      base_url: `${vendor.url}/v1`,
      auth: 'bearer',
      source: 'api',
      status: 'active',
      rest_until: null,
      breaker: { state: 'closed', pending: false, until: null, reason: null, rule_id: null },
      keys: { total: 0, healthy: 0, resting: 0, disabled: 0 },
      created_at: expect.any(String),
    });
    expect((await api('GET', `/api/providers/${json.id}`)).json).toEqual(json);
    const { data } = (await api('GET', '/api/providers')).json;
    expect(data).toContainEqual(json);
  });

  test('another one with the same id is refused, one with an id of its own is not', async () => {
    await add();
    expectProblem(await add(), 409, 'ALREADY_EXISTS');
    const { status, json } = await add({ id: `other-${number}`, auth: 'none' });
    expect(status).toBe(201);
    expect(json).toMatchObject({ id: `other-${number}`, auth: 'none' });
    expectProblem(await add({ id: 'No Slug' }), 422, 'INVALID_BODY');
    expectProblem(await add({ name: '→' }), 422, 'INVALID_BODY');
    expectProblem(await add({ dialect: 'cohere' }), 422, 'INVALID_BODY');
  });

  test.each([
    'ftp://api.example.com',
    'api.example.com',
    'https://user:pass@api.example.com',
    'https://api.example.com?key=1',
    'https://api.example.com#x',
    'http://169.254.169.254/latest',
    'http://2852039166',
    'http://0xa9.0xfe.0xa9.0xfe',
    'http://[::ffff:169.254.169.254]',
    'http://[fe80::1]',
    'http://[fd00:ec2::254]',
    'http://metadata.google.internal/',
    'http://metadata.google.internal.',
  ])('the base URL %s is refused', async (base_url) => {
    expectProblem(await add({ base_url }), 422, 'INVALID_BASE_URL');
  });

  test('one that leads back to this gateway is refused', async () => {
    const { port } = new URL(gateway.url());
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0']) {
      const answer = await add({ base_url: `http://${host}:${port}/v1` });
      expectProblem(answer, 422, 'INVALID_BASE_URL');
    }
  });
});

describe('changing', () => {
  test('one that the environment made: the operator has the last word, over a restart too', async () => {
    const { status, json } = await api('PATCH', '/api/providers/gemini', { name: 'Our Gemini' });
    expect(status).toBe(200);
    expect(json).toMatchObject({ name: 'Our Gemini', source: 'api', dialect: 'gemini' });
    await gateway.restart();
    expect((await api('GET', '/api/providers/gemini')).json.name).toBe('Our Gemini');
  });

  test('another origin disables the keys until they are entered again', async () => {
    const { id } = (await add({ base_url: 'http://127.0.0.1:9/v1' })).json;
    const key = (await addKey(id)).json;

    await api('PATCH', `/api/providers/${id}`, { base_url: 'http://127.0.0.1:9/v2' });
    expect((await api('GET', `/api/provider-keys/${key.id}`)).json.status).toBe('healthy');

    const moved = await api('PATCH', `/api/providers/${id}`, { base_url: vendor.url });
    expect(moved.json.keys).toEqual({ total: 1, healthy: 0, resting: 0, disabled: 1 });
    const disabled = (await api('GET', `/api/provider-keys/${key.id}`)).json;
    expect(disabled).toMatchObject({ status: 'disabled', rule_id: null });
    expect(disabled.reason).toContain('enter the key again');

    vendor.forget();
    expectProblem(await api('POST', `/api/provider-keys/${key.id}/enable`), 422, 'INVALID');
    expectProblem(await api('POST', `/api/provider-keys/${key.id}/probe`), 409, 'ORIGIN_CHANGED');
    expect(vendor.arrived).toHaveLength(0);

    const again = await api('PATCH', `/api/provider-keys/${key.id}`, { key: 'sk-entered-again-1' });
    expect(again.json).toMatchObject({ status: 'healthy', reason: null });
    expect((await api('POST', `/api/provider-keys/${key.id}/probe`)).json.ok).toBe(true);
    expect(vendor.keys()).toEqual(['sk-entered-again-1']);
  });

  test('a forbidden address is refused here too, and nothing is changed', async () => {
    const { id, base_url } = (await add()).json;
    const answer = await api('PATCH', `/api/providers/${id}`, { base_url: 'http://169.254.1.1' });
    expectProblem(answer, 422, 'INVALID_BASE_URL');
    expect((await api('GET', `/api/providers/${id}`)).json.base_url).toBe(base_url);
  });
});

describe('removing', () => {
  test('one with keys only by force, which takes its keys along', async () => {
    const { id } = (await add()).json;
    const key = (await addKey(id)).json;
    expectProblem(await api('DELETE', `/api/providers/${id}`), 409, 'IN_USE');
    expect((await api('DELETE', `/api/providers/${id}?force=true`)).status).toBe(204);
    expectProblem(await api('GET', `/api/providers/${id}`), 404, 'PROVIDER_NOT_FOUND');
    expectProblem(await api('GET', `/api/provider-keys/${key.id}`), 404, 'KEY_NOT_FOUND');
    expectProblem(await addKey(id), 404, 'PROVIDER_NOT_FOUND');
    expectProblem(await api('DELETE', `/api/providers/${id}`), 404, 'PROVIDER_NOT_FOUND');
  });

  test('one without keys at once; it can be added again', async () => {
    const { id } = (await add()).json;
    expect((await api('DELETE', `/api/providers/${id}`)).status).toBe(204);
    expect((await add()).status).toBe(201);
  });
});

test('a resting provider can be woken, one that does not rest stays as it is', async () => {
  const { id } = (await add()).json;
  const { status, json } = await api('POST', `/api/providers/${id}/wake`);
  expect([status, json.status]).toEqual([200, 'active']);
  expectProblem(await api('POST', '/api/providers/nobody/wake'), 404, 'PROVIDER_NOT_FOUND');
});
