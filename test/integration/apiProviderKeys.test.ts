/** Provider keys by API: their whole life, and the truth about it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { apiOf, expectProblem, type Api } from '../support/api.ts';
import { testGateway, type TestGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';
import { startVendor, type Vendor } from '../support/vendor.ts';

let gateway: TestGateway;
let api: Api;
let vendor: Vendor;
let number = 0;
let provider = '';
let secret = '';

beforeAll(async () => {
  vendor = await startVendor((_request, reply) => reply.json(200, { data: [] }));
  gateway = await testGateway();
  api = apiOf(gateway.url);
});
afterAll(async () => {
  await gateway.stop();
  await vendor.stop();
});
beforeEach(async () => {
  number += 1;
  provider = `vendor-${number}`;
  secret = `sk-secret-number-${number}-abcd`;
  vendor.does((_request, reply) => reply.json(200, { data: [] }));
  vendor.forget();
  await api('POST', '/api/providers', {
    name: provider,
    dialect: 'openai',
    base_url: `${vendor.url}/v1`,
  });
});

const add = (more = {}) => api('POST', '/api/provider-keys', { provider, key: secret, ...more });
const get = async (id: string) => (await api('GET', `/api/provider-keys/${id}`)).json;
const tell = (id: string, what: string, body?: unknown) =>
  api('POST', `/api/provider-keys/${id}/${what}`, body);
const chat = () =>
  api('POST', '/v1/chat/completions', { model: `${provider}/m`, messages: [{ role: 'user' }] });
const refuse = (status: number, code: string, headers = {}) =>
  vendor.does((_request, reply) => reply.json(status, { error: { message: code, code } }, headers));

describe('a key', () => {
  test('is shown with all its fields, and never with its secret', async () => {
    const { status, json, text } = await add({ name: 'Ours', weight: 3 });
    expect(status).toBe(201);
    expect(json).toEqual({
      id: expect.stringMatching(/^vendor-\d+-[0-9a-f]{12}$/),
      provider,
      name: 'Ours',
      masked: 'sk-s…abcd',
      status: 'healthy',
      pending: false,
      rest_until: null,
      reason: null,
      rule_id: null,
      models: [],
      weight: 3,
      source: 'api',
      last_rotated_at: null,
      requests_today: 0,
      failures_today: 0,
      created_at: expect.any(String),
    });
    expect(text).not.toContain(secret);
    expect(await get(json.id)).toEqual(json);
  });

  test('is there once for each secret', async () => {
    const { id } = (await add()).json;
    const again = await add({ name: 'another name' });
    expectProblem(again, 409, 'ALREADY_EXISTS');
    expect(again.json.detail).toContain(id);
  });

  test('keeps being found by its secret when that was replaced', async () => {
    const { id } = (await add()).json;
    const other = (await add({ key: `${secret}-other` })).json;
    const taken = await api('PATCH', `/api/provider-keys/${id}`, { key: `${secret}-other` });
    expectProblem(taken, 409, 'ALREADY_EXISTS');
    expect(taken.json.detail).toContain(other.id);

    await api('PATCH', `/api/provider-keys/${id}`, { key: `${secret}-new` });
    const twin = await add({ key: `${secret}-new` });
    expectProblem(twin, 409, 'ALREADY_EXISTS');
    expect(twin.json.detail).toContain(id);
  });

  test('can be renamed, reweighted and given another secret', async () => {
    const { id } = (await add()).json;
    const changes = { name: 'Renamed', weight: 7, key: 'sk-another-secret-wxyz' };
    const { status, json } = await api('PATCH', `/api/provider-keys/${id}`, changes);
    expect(status).toBe(200);
    expect(json).toMatchObject({ id, name: 'Renamed', weight: 7, masked: 'sk-a…wxyz' });
    await until('the new secret is used', async () => {
      await chat();
      return vendor.last().key === 'sk-another-secret-wxyz';
    });
  });

  test('that cannot stand in a header is refused, without an echo', async () => {
    for (const key of ['with space', 'line\nbreak', 'ümlaut', '']) {
      const answer = await add({ key });
      expect(answer.status).toBe(422);
      expect(key === '' || !answer.text.includes(key)).toBe(true);
    }
  });

  test('of an unknown provider has nowhere to go', async () => {
    expectProblem(await add({ provider: 'nobody' }), 404, 'PROVIDER_NOT_FOUND');
  });

  test('is gone after it was removed, and may come back', async () => {
    const { id } = (await add()).json;
    expect((await api('DELETE', `/api/provider-keys/${id}`)).status).toBe(204);
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/enable'],
      ['POST', '/wake'],
      ['POST', '/probe'],
    ] as const) {
      expectProblem(await api(method, `/api/provider-keys/${id}${path}`), 404, 'KEY_NOT_FOUND');
    }
    expect((await add()).json.id).toBe(id);
  });
});

describe('the list', () => {
  test('comes in pages and can be filtered', async () => {
    for (let n = 0; n < 5; n++) await add({ key: `${secret}-${n}` });
    const seen: string[] = [];
    let after = '';
    for (let pages = 0; pages < 10; pages++) {
      const path = `/api/provider-keys?provider=${provider}&limit=2${after}`;
      const { data, next, cursor } = (await api('GET', path)).json;
      expect(cursor).toMatch(/^c\d+/);
      expect(data.length).toBeLessThanOrEqual(2);
      seen.push(...data.map(({ id }: { id: string }) => id));
      if (next === null) break;
      after = `&after=${next}`;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);

    await tell(seen[0]!, 'disable');
    const query = `/api/provider-keys?provider=${provider}&status=`;
    expect((await api('GET', `${query}disabled`)).json.data).toHaveLength(1);
    expect((await api('GET', `${query}healthy`)).json.data).toHaveLength(4);
    expectProblem(await api('GET', `${query}tired`), 422, 'INVALID_QUERY');
  });
});

describe('on, off, awake', () => {
  test('a disabled key is not used, and says why', async () => {
    const { id } = (await add()).json;
    const { json } = await tell(id, 'disable', { reason: 'leaked' });
    expect(json).toMatchObject({ status: 'disabled', reason: 'leaked' });
    expect((await chat()).status).toBe(503);
    expect((await tell(id, 'enable')).json).toMatchObject({ status: 'healthy', reason: null });
    expect((await chat()).status).toBe(200);
  });

  test('a resting key names the time and the rule, and can be woken', async () => {
    const { id } = (await add()).json;
    refuse(429, 'rate_limit_exceeded', { 'retry-after': '120' });
    expect((await chat()).status).toBe(429);
    await until('the log has it', async () => (await get(id)).status === 'resting');
    const resting = await get(id);
    expect(resting).toMatchObject({ pending: false, rule_id: 'rate-limit.retry-after' });
    expect(Date.parse(resting.rest_until) - Date.now()).toBeGreaterThan(100_000);
    expect(resting.last_rotated_at).not.toBeNull();

    vendor.does((_request, reply) => reply.json(200, { choices: [] }));
    expect((await chat()).status).toBe(429);
    expect((await tell(id, 'wake')).json).toMatchObject({ status: 'healthy', rest_until: null });
    expect((await chat()).status).toBe(200);
  });

  test('a disabled key cannot be woken, only enabled', async () => {
    const { id } = (await add()).json;
    await tell(id, 'disable');
    expectProblem(await tell(id, 'wake'), 422, 'INVALID');
  });

  test('requests and failures of today are counted', async () => {
    const { id } = (await add()).json;
    await chat();
    refuse(400, 'bad');
    await chat();
    await until('both are projected', async () => {
      await gateway.projected();
      return (await get(id)).requests_today === 2;
    });
    expect(await get(id)).toMatchObject({ requests_today: 2, failures_today: 1 });
  });
});

describe('a probe', () => {
  test('asks the vendor for its models with this very key', async () => {
    const { id } = (await add()).json;
    const { status, json } = await tell(id, 'probe');
    expect(status).toBe(200);
    expect(json).toMatchObject({ ok: true, status: 200, verdict: 'ok' });
    expect(vendor.last()).toMatchObject({ method: 'GET', path: '/v1/models', key: secret });
  });

  test('brings a resting key back, and leaves one that an operator disabled', async () => {
    const { id } = (await add()).json;
    refuse(429, 'rate_limit_exceeded', { 'retry-after': '120' });
    await chat();
    await until('it rests', async () => (await get(id)).status === 'resting');
    vendor.does((_request, reply) => reply.json(200, { data: [] }));
    expect((await tell(id, 'probe')).json.ok).toBe(true);
    expect((await get(id)).status).toBe('healthy');

    await tell(id, 'disable');
    expect((await tell(id, 'probe')).json.ok).toBe(true);
    expect((await get(id)).status).toBe('disabled');
  });

  test('brings back a key that was disabled for its credential', async () => {
    const { id } = (await add()).json;
    await add({ key: `${secret}-other` });
    refuse(401, 'invalid_api_key');
    expect((await tell(id, 'probe')).json).toMatchObject({ ok: false, status: 401 });
    await until('the second sight is believed', async () => {
      await tell(id, 'probe');
      return (await get(id)).status === 'disabled';
    });
    expect((await get(id)).rule_id).not.toBeNull();
    vendor.does((_request, reply) => reply.json(200, { data: [] }));
    expect((await tell(id, 'probe')).json.ok).toBe(true);
    expect((await get(id)).status).toBe('healthy');
  });

  test('is judged like traffic', async () => {
    const { id } = (await add()).json;
    refuse(429, 'rate_limit_exceeded', { 'retry-after': '60' });
    expect((await tell(id, 'probe')).json).toMatchObject({
      ok: false,
      status: 429,
      verdict: 'rate_limit',
      rule_id: 'rate-limit.retry-after',
    });
    await until('it rests', async () => (await get(id)).status === 'resting');
  });

  test('says so when nobody answers', async () => {
    const { id } = (await add()).json;
    vendor.does((_request, reply) => reply.reset());
    const { json } = await tell(id, 'probe');
    expect(json).toMatchObject({ ok: false, status: 0, verdict: 'transient' });
    expect((await get(id)).status).toBe('healthy');
  });
});
