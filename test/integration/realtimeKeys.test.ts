/** Which key opens a session, who may not have one, and how each is told. */
import { afterEach, describe, expect, test } from 'bun:test';
import { apiOf } from '../support/api.ts';
import { freePort } from '../support/freePort.ts';
import { factOf, keyIdOf } from '../support/factsOf.ts';
import { testGateway } from '../support/gateway.ts';
import {
  authorized,
  clientKey,
  livePath,
  realtimeKeys,
  realtimePath,
  startRealtimeBench,
} from '../support/realtimeBench.ts';
import { stoppedAfterAll } from '../support/endings.ts';

const bench = stoppedAfterAll(startRealtimeBench);
afterEach(() => bench.forget());

describe('A Live session of Gemini', () => {
  test("shows our key in the query, and takes its model and tokens from Gemini's words", async () => {
    const turn = (tokens: number) =>
      Buffer.from(
        JSON.stringify({
          serverContent: { turnComplete: true },
          usageMetadata: { promptTokenCount: tokens, responseTokenCount: 2, totalTokenCount: 9 },
        }),
      );
    bench.vendor.does({ onMessage: ({ socket }) => void socket.send(turn(5)) });
    const client = await bench.dial(`${livePath}?key=${clientKey}`, {});
    client.socket.send(JSON.stringify({ setup: { model: 'models/gemini-live' } }));
    client.socket.send('{"clientContent":{}}');
    await client.got(2);
    client.socket.close(1000);
    expect(bench.session().path).toBe(`${livePath}?key=${realtimeKeys.google}`);
    expect(bench.session().headers.get('x-goog-api-key')).toBeNull();
    expect(JSON.stringify([...bench.session().headers])).not.toContain(clientKey);
    expect(await bench.recorded()).toMatchObject({
      dialect: 'gemini',
      provider: 'gemini',
      route: livePath,
      model: 'gemini-live',
      outcome: 'completed',
      usage: { inputTokens: 10, outputTokens: 4 },
    });
  });

  test('that is closed for its key is held against that key', async () => {
    bench.vendor.does({
      onMessage: ({ socket }) =>
        socket.close(1007, 'API key not valid. Please pass a valid API key.'),
    });
    const client = await bench.dial(`${livePath}?key=${clientKey}`, {});
    client.socket.send('{"setup":{"model":"models/gemini-live"}}');
    expect((await client.closed).code).toBe(1007);
    expect(await bench.recorded()).toMatchObject({
      outcome: 'failed',
      keyId: await keyIdOf(bench.gateway, realtimeKeys.google),
    });
    expect(
      (await factOf(bench.gateway, realtimeKeys.google, 'ProviderKeyRested')).data.ruleId,
    ).toContain('credential');
  });
});

describe('A refusal', () => {
  const ask = (to: string, headers: Record<string, string> = {}) =>
    fetch(`${bench.gateway.url()}${to}`, {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': btoa('0123456789abcdef'),
        ...headers,
      },
    });

  test('of ours is an HTTP error in the dialect, and no vendor is asked', async () => {
    const refused = await ask(realtimePath);
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ error: { code: 'missing_api_key' } });
    const stranger = await ask(`${livePath}?key=nobody`);
    expect(await stranger.json()).toMatchObject({ error: { status: 'UNAUTHENTICATED' } });
    expect((await bench.recorded()).status).toBe(401);
    expect((await bench.recorded()).status).toBe(401);
    expect(bench.vendor.asked).toHaveLength(0);
  });

  test("of the vendor's is the vendor's own", async () => {
    const error = { error: { message: 'No such model', code: 'model_not_found' } };
    bench.vendor.does({
      refuse: () => Response.json(error, { status: 404, headers: { 'x-v': '1' } }),
    });
    const refused = await ask(realtimePath, authorized);
    expect(refused.status).toBe(404);
    expect(refused.headers.get('x-v')).toBe('1');
    expect(await refused.json()).toEqual(error);
    expect(await bench.recorded()).toMatchObject({ status: 404, outcome: 'failed' });
  });

  test('of one key is met with another', async () => {
    let first: string | null = null;
    bench.vendor.does({
      refuse({ headers }) {
        first ??= headers.get('authorization');
        if (headers.get('authorization') !== first) return undefined;
        return Response.json({ error: {} }, { status: 429, headers: { 'retry-after': '2' } });
      },
    });
    const client = await bench.dial(realtimePath);
    client.socket.close();
    const data = await bench.recorded();
    expect(data.attempts.map(({ status }) => status)).toEqual([429, 101]);
    const refused = first === `Bearer ${realtimeKeys.one}` ? realtimeKeys.one : realtimeKeys.two;
    const { untilMs } = (await factOf(bench.gateway, refused, 'ProviderKeyRested')).data;
    expect(untilMs - Date.now()).toBeLessThan(2_500);
  });

  test('to come at all is an HTTP error', async () => {
    const nobody = `http://127.0.0.1:${freePort()}`;
    const down = await testGateway({
      env: { OPENAI_API_KEYS: realtimeKeys.one, OPENAI_BASE_URL: `${nobody}/v1` },
      limits: { transientPauseMs: 1 },
    });
    const answer = await fetch(`${down.url()}${realtimePath}`, {
      headers: { upgrade: 'websocket', connection: 'Upgrade' },
    });
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ error: { code: 'provider_unreachable' } });
    await down.stop();
  });
});

describe('A gateway that stops', () => {
  test('closes its sessions with 1001', async () => {
    const client = await bench.dial(realtimePath);
    const { closed } = bench.session();
    await bench.gateway.restart();
    expect(await client.closed).toEqual({ code: 1001, reason: 'the gateway is stopping' });
    expect((await closed).code).toBe(1001);
    expect((await bench.recorded()).outcome).toBe('truncated');
  });
});

describe('A client with few models', () => {
  test('has sessions with these alone, whatever it says in them', async () => {
    const password = 'correct horse battery';
    const own = await startRealtimeBench({ MIDDLEWARE_PASSWORD: password });
    const { url } = own.gateway;
    const login = await apiOf(url)('POST', '/api/login', { password });
    const api = apiOf(url, { authorization: `Bearer ${login.json.token}` });
    const made = await api('POST', '/api/keys', { client_id: 'bob', models: ['gpt-realtime'] });
    const headers = { authorization: `Bearer ${made.json.key}` };

    await expect(own.dial('/v1/realtime?model=gpt-other', { headers })).rejects.toThrow('403');
    const client = await own.dial(realtimePath, { headers });
    client.socket.send('{"type":"response.create","response":{}}');
    client.socket.send('{"type":"session.update","session":{"model":"gpt-other"}}');
    expect((await client.closed).code).toBe(1008);
    expect(own.session().received).toHaveLength(1);
    const live = await own.dial(livePath, { headers });
    live.socket.send('{"setup":{"model":"models/gemini-live"}}');
    expect((await live.closed).code).toBe(1008);
    await own.stop();
  });
});
