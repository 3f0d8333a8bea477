/** The management API of an open gateway: each route once as meant, and what a wrong request is told. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { rows } from '../../server/access.ts';
import { mcpPaths } from '../../server/routes/mcpEndpoint.ts';
import { proxyPaths } from '../../server/routes/proxyRoutes.ts';
import { apiOf, expectProblem, type Api } from '../support/api.ts';
import { testGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
let api: Api;

beforeAll(async () => {
  gateway = await testGateway({ env: { OPENAI_API_KEY: 'sk-from-the-environment-1' } });
  api = apiOf(gateway.url);
});
afterAll(() => gateway.stop());

test('every route has a row in the access table, and every row a route', () => {
  const managed = gateway.app().routes.map(({ method, path }) => `${method} ${path}`);
  const routes = [...managed, ...[...proxyPaths, ...mcpPaths].map((path) => `ALL ${path}`)];
  expect(routes.toSorted()).toEqual(rows.toSorted());
});

describe('operation', () => {
  test('/health counts the providers that requests can go to, and the keys for who may know', async () => {
    const { status, json } = await api('GET', '/health');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      status: 'healthy',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      providers: 3,
      timestamp: expect.any(String),
    });
    expect(json.backends.total).toBe(json.backends.healthy + json.backends.unhealthy);
    expect(json.keys.total).toBeGreaterThanOrEqual(1);
  });

  test('/ready says that all parts work', async () => {
    const { status, json } = await api('GET', '/ready');
    expect(status).toBe(200);
    expect(json).toEqual({ status: 'ready' });
  });

  test('/api/settings names every setting and its source; of a secret only that it is set', async () => {
    const { json } = await api('GET', '/api/settings');
    const named = (name: string) =>
      json.data.find((setting: { name: string }) => setting.name === name);
    expect(named('SESSION_TIMEOUT')).toMatchObject({ value: 3600, unit: 's', source: 'default' });
    expect(named('OPENAI_API_KEYS')).toMatchObject({ value: 'set', source: 'environment' });
  });

  test('the first page, and the old paths that lead to it', async () => {
    for (const [path, to] of [
      ['/', '/console/'],
      ['/middleware/', '/console/'],
      ['/middleware/settings', '/console/settings'],
      ['/middleware/mcp/servers', '/console/mcp/servers'],
      ['/middleware/swagger/', '/docs'],
    ] as const) {
      const { status, headers } = await api('GET', path);
      expect([path, status, headers.get('location')]).toEqual([path, 302, to]);
    }
  });
});

describe('client keys', () => {
  test('one is made, shown once, listed masked, and removed', async () => {
    const made = await api('POST', '/api/keys', { name: 'Build server', scopes: ['models'] });
    expect(made.status).toBe(201);
    expect(made.json.key).toMatch(/^sk-sbx-[0-9A-Za-z]{32}$/);
    expect(made.json).toMatchObject({
      client_id: 'build-server',
      name: 'Build server',
      scopes: ['models'],
      source: 'api',
      status: 'active',
    });

    const { key, ...shown } = made.json;
    const listed = await api('GET', '/api/keys');
    expect(listed.json.data).toEqual([shown]);
    expect(listed.text).not.toContain(key);

    expect((await api('DELETE', `/api/keys/${shown.id}`)).status).toBe(204);
    expect((await api('GET', '/api/keys')).json.data).toEqual([]);
    expectProblem(await api('DELETE', `/api/keys/${shown.id}`), 404, 'CLIENT_KEY_NOT_FOUND');
  });

  test('a body is optional', async () => {
    const { status, json } = await api('POST', '/api/keys');
    expect(status).toBe(201);
    expect(json.client_id).toBe(json.id);
    await api('DELETE', `/api/keys/${json.id}`);
  });
});

describe('other names of the same routes', () => {
  test.each(['/api/v1', '/middleware/api'])('%s is /api', async (prefix) => {
    const { json } = await api('GET', `${prefix}/providers`);
    expect(json.data.map(({ id }: { id: string }) => id)).toContain('anthropic');
    const made = await api('POST', `${prefix}/keys`, { name: 'by alias' });
    expect(made.status).toBe(201);
    expect((await api('DELETE', `${prefix}/keys/${made.json.id}`)).status).toBe(204);
    expectProblem(await api('GET', `${prefix}/nothing`), 404, 'NOT_FOUND');
  });
});

describe('a wrong request', () => {
  test('an unknown path is a problem, an unknown path of the AI side is its own', async () => {
    expectProblem(await api('GET', '/api/nothing'), 404, 'NOT_FOUND');
    expectProblem(await api('PUT', '/api/keys'), 404, 'NOT_FOUND');
  });

  test('the problem says where and what, never what stood there', async () => {
    const answer = await api('POST', '/api/provider-keys', {
      provider: 'openai',
      key: 'sk-must-not-be-echoed-1',
      weight: '3',
      wieght: 1,
    });
    expectProblem(answer, 422, 'INVALID_BODY');
    expect(answer.json.detail).toContain('body.weight: expected a whole number from 1 to 1,000');
    expect(answer.json.detail).toContain('body.wieght: unexpected property');
    expect(answer.text).not.toContain('must-not-be-echoed');
  });

  test.each([
    ['truncated', '{"name": "x'],
    ['no JSON', 'name=x'],
    ['a comment', '{/**/}'],
    ['NaN', '{"name": NaN}'],
    ['single quotes', "{'name': 'x'}"],
    ['nested 200,000 deep', '['.repeat(200_000)],
    ['nested deep inside', `{"name": ${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}}`],
  ])('%s is INVALID_JSON', async (_what, body) => {
    const answer = await api('POST', '/api/keys', body, { 'content-type': 'application/json' });
    expectProblem(answer, 400, 'INVALID_JSON');
  });

  test.each([
    ['an array', '[1]'],
    ['a text', '"x"'],
    ['null', 'null'],
    ['a field that is a prototype', '{"__proto__": {"scopes": ["*"]}}'],
    ['a constructor', '{"constructor": {"prototype": {"polluted": true}}}'],
    ['a million fields', `{${Array.from({ length: 50_000 }, (_, n) => `"k${n}":0`).join()}}`],
    ['a control character in a name', '{"name": "a\\u0000b"}'],
    ['an empty name', '{"name": ""}'],
  ])('%s is INVALID_BODY', async (_what, body) => {
    const answer = await api('POST', '/api/keys', body, { 'content-type': 'application/json' });
    expectProblem(answer, 422, 'INVALID_BODY');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('bytes that are no text are told as such', async () => {
    const response = await fetch(`${gateway.url()}/api/keys`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Uint8Array([123, 0xff, 0xfe, 125]),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'INVALID_ENCODING' });
  });

  test('an unknown kind of body is refused', async () => {
    const answer = await api('POST', '/api/keys', 'x', { 'content-type': 'image/png' });
    expectProblem(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  test('a body over the limit is refused, with a length and without one', async () => {
    const large = `{"name": "${'x'.repeat(2 * 1024 * 1024)}"}`;
    const json = { 'content-type': 'application/json' };
    expectProblem(await api('POST', '/api/keys', large, json), 413, 'BODY_TOO_LARGE');
    const chunked = await fetch(`${gateway.url()}/api/keys`, {
      method: 'POST',
      headers: json,
      body: new Blob([large]).stream(),
    });
    expect(chunked.status).toBe(413);
  });

  test.each(['a.b', '*', '%3E', 'a%20b', 'a%0Ab', '..%2F..', 'x'.repeat(81), 'Ä'])(
    'the id %s can stand in no subject',
    async (id) => {
      expectProblem(await api('GET', `/api/provider-keys/${id}`), 400, 'INVALID_ID');
    },
  );

  test('a limit of a list is a whole number from 1 to 1,000', async () => {
    for (const limit of ['0', '1001', 'x', '1.5']) {
      const answer = await api('GET', `/api/provider-keys?limit=${limit}`);
      expectProblem(answer, 422, 'INVALID_QUERY');
      expect(answer.json.detail).toContain('limit is a whole number from 1 to 1,000');
    }
  });

  test('curl without a content type works, as does the one it adds by itself', async () => {
    const body = '{"name": "from curl"}';
    for (const headers of [{}, { 'content-type': 'application/x-www-form-urlencoded' }]) {
      const response = await fetch(`${gateway.url()}/api/keys`, {
        method: 'POST',
        headers,
        body: new Blob([body]),
      });
      expect(response.status).toBe(201);
    }
  });
});
