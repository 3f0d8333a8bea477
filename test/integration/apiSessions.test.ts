/** Sessions of the operator: opened by the password, carried by a token, ended by logout, expiry or a new password. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { SignJWT } from 'jose';
import { actorId } from '../../events/ids.ts';
import { apiOf, expectProblem, type Api } from '../support/api.ts';
import { testGateway, type TestGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';

const password = 'correct horse battery staple';
const jwtSecret = 'a-secret-of-more-than-32-characters!';
const env = {
  MIDDLEWARE_PASSWORD: password,
  JWT_SECRET_KEY: jwtSecret,
  MCP_API_KEYS: 'client-key-0001:alice',
};

let gateway: TestGateway;
let api: Api;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const providers = (headers: Record<string, string>) =>
  api('GET', '/api/providers', undefined, headers);
const logIn = async () => (await api('POST', '/api/login', { password })).json.token as string;

const operatorEvents = async () =>
  (await gateway.log.read({ kind: 'operator', id: actorId('admin') })).flatMap((message) =>
    message.ok ? [message.event] : [],
  );

beforeAll(async () => {
  gateway = await testGateway({ env });
  api = apiOf(gateway.url);
});
afterAll(() => gateway.stop());

describe('logging in', () => {
  test('gives a token and a cookie that scripts cannot read', async () => {
    const { status, json, headers } = await api('POST', '/api/login', { password });
    expect(status).toBe(200);
    expect(Date.parse(json.expires_at)).toBeGreaterThan(Date.now() + 3_500_000);
    const cookie = headers.get('set-cookie') ?? '';
    expect(cookie).toBe(
      `signalbox_session=${json.token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=3600`,
    );
    expect((await providers(bearer(json.token))).status).toBe(200);
    expect((await providers({ cookie: `a=b; signalbox_session=${json.token}` })).status).toBe(200);
  });

  test('takes a form, a user name, and the old path', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const encoded = `username=admin&password=${encodeURIComponent(password)}`;
    expect((await api('POST', '/api/login', encoded, form)).status).toBe(200);
    expect((await api('POST', '/middleware/login', { password })).status).toBe(200);
  });

  test('marks the cookie Secure where https ends in front of the gateway', async () => {
    const https = { 'x-forwarded-proto': 'https' };
    const { headers } = await api('POST', '/api/login', { password }, https);
    expect(headers.get('set-cookie')).toEndWith('; Secure');
  });

  test('is refused from a page of another site', async () => {
    for (const headers of [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
    ] as Record<string, string>[]) {
      expectProblem(await api('POST', '/api/login', { password }, headers), 403, 'CROSS_SITE');
    }
  });

  test('stands in the log with its session, and so does what the session does', async () => {
    const token = await logIn();
    const session = (await operatorEvents()).findLast(({ type }) => type === 'OperatorLoggedIn');
    expect(session?.data).toMatchObject({ address: '127.0.0.1' });
    const { sessionId } = (session?.data ?? {}) as { sessionId?: string };
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const headers = { ...bearer(token), traceparent };
    const made = await api('POST', '/api/keys', { name: 'by the session' }, headers);
    const [message] = await gateway.log.read({ kind: 'client-key', id: made.json.id });
    expect(message?.ok && message.event.cause).toEqual({
      by: { kind: 'operator', id: sessionId },
      correlationId: made.headers.get('x-signalbox-request-id'),
      causationId: made.headers.get('x-signalbox-request-id'),
      traceId: '0af7651916cd43dd8448eb211c80319c',
    } as never);
  });
});

describe('a session', () => {
  test('opens the AI side too, by token or by cookie; another site cannot use it', async () => {
    const token = await logIn();
    const ask = (headers: Record<string, string>) => api('GET', '/v1/models', undefined, headers);
    const cookie = `signalbox_session=${token}`;
    expect((await ask({})).status).toBe(401);
    expect((await ask(bearer(token))).status).toBe(200);
    expect((await ask({ cookie })).status).toBe(200);
    expect((await ask({ cookie, origin: 'https://evil.example' })).status).toBe(401);
    expect((await ask(bearer(`${token}x`))).status).toBe(401);
    await api('POST', '/api/logout', undefined, bearer(token));
    expect((await ask(bearer(token))).status).toBe(401);
  });
});

describe('without a session', () => {
  test('management answers 401 and names the way in', async () => {
    const answer = await providers({});
    expectProblem(answer, 401, 'UNAUTHORIZED');
    expect(answer.headers.get('www-authenticate')).toStartWith('Bearer');
  });

  test('a client key does not open the management side', async () => {
    expectProblem(await providers(bearer('client-key-0001')), 403, 'OPERATOR_ONLY');
    expectProblem(await providers({ 'x-api-key': 'client-key-0001' }), 401, 'UNAUTHORIZED');
  });

  test('nothing of a request is done before it is let in', async () => {
    const broken = await api('POST', '/api/keys', '{', { 'content-type': 'application/json' });
    expectProblem(broken, 401, 'UNAUTHORIZED');
  });
});

describe('a forged token is refused', () => {
  const claims = { sub: 'admin', iss: 'signalbox', aud: 'signalbox-management', jti: 'forged' };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const inAnHour = Math.floor(Date.now() / 1_000) + 3_600;
  const signedWith = (key: string) =>
    new SignJWT({ ...claims, exp: inAnHour })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(key));

  test.each([
    ['alg none', () => `${part({ alg: 'none' })}.${part({ ...claims, exp: inAnHour })}.`],
    ['alg None', () => `${part({ alg: 'None' })}.${part({ ...claims, exp: inAnHour })}.`],
    ['RS256 over HS256', () => `${part({ alg: 'RS256' })}.${part(claims)}.AAAA`],
    ['an empty key', () => signedWith('\0')],
    ['the password as key', () => signedWith(password)],
    ['the configured secret as key', () => signedWith(jwtSecret)],
    [
      'a kid that is a path',
      () => `${part({ alg: 'HS256', kid: '../../dev/null' })}.${part(claims)}.`,
    ],
    [
      'an own jwk',
      () => `${part({ alg: 'HS256', jwk: { kty: 'oct', k: '' } })}.${part(claims)}.AAAA`,
    ],
    ['no token at all', () => 'garbage'],
    ['dots', () => '..'],
  ])('%s', async (_what, forge) => {
    expectProblem(await providers(bearer(await forge())), 401, 'SESSION_INVALID');
  });

  test('one changed character', async () => {
    const token = await logIn();
    const [head = '', body = '', signature = ''] = token.split('.');
    const other = body.startsWith('a') ? 'b' : 'a';
    for (const tampered of [
      `${head}.${other}${body.slice(1)}.${signature}`,
      `${head}.${body}.${signature.slice(0, -2)}AA`,
      `${head}.${body}`,
    ]) {
      expectProblem(await providers(bearer(tampered)), 401, 'SESSION_INVALID');
    }
  });
});

describe('a page of another site', () => {
  test('cannot change anything with the cookie; the own page and a script can', async () => {
    const cookie = `signalbox_session=${await logIn()}`;
    const post = (headers: Record<string, string>) =>
      api('POST', '/api/keys', { name: 'x' }, { cookie, ...headers });
    const own = gateway.url();
    expectProblem(await post({ origin: 'https://evil.example' }), 403, 'CROSS_SITE');
    expectProblem(await post({ origin: 'null' }), 403, 'CROSS_SITE');
    expectProblem(await post({ 'sec-fetch-site': 'cross-site' }), 403, 'CROSS_SITE');
    expectProblem(await post({ 'sec-fetch-site': 'same-site', origin: own }), 403, 'CROSS_SITE');
    expect((await post({ 'sec-fetch-site': 'same-origin', origin: own })).status).toBe(201);
    expect((await post({})).status).toBe(201);
  });
});

describe('the end of a session', () => {
  test('logout ends it, in the log, also after a restart', async () => {
    const token = await logIn();
    const out = await api('POST', '/api/logout', undefined, bearer(token));
    expect(out.status).toBe(204);
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
    expectProblem(await providers(bearer(token)), 401, 'SESSION_ENDED');
    expect((await operatorEvents()).at(-1)?.type).toBe('OperatorLoggedOut');
    await gateway.restart();
    expectProblem(await providers(bearer(token)), 401, 'SESSION_ENDED');
  });

  test('it outlives a restart, and its password does not outlive a new one', async () => {
    const token = await logIn();
    await gateway.restart();
    expect((await providers(bearer(token))).status).toBe(200);
    await gateway.restart({ MIDDLEWARE_PASSWORD: 'another one' });
    expectProblem(await providers(bearer(token)), 401, 'SESSION_INVALID');
    await gateway.restart();
  });

  test('its time runs out', async () => {
    await gateway.restart({ SESSION_TIMEOUT: '1' });
    const token = await logIn();
    let answer = await providers(bearer(token));
    expect(answer.status).toBe(200);
    await until('the session is over', async () => {
      answer = await providers(bearer(token));
      return answer.status !== 200;
    });
    expectProblem(answer, 401, 'SESSION_EXPIRED');
    await gateway.restart();
  });
});
