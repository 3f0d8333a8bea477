/** A vendor says "wait": the client is served by another key, the key rests at once and comes back in time. */
import { describe, expect, test } from 'bun:test';
import { rm } from 'node:fs/promises';
import { apiClient, type Json } from '../support/apiClient.ts';
import { factOf, keyIdOf, keyState, recordOf, requestId, storyOf } from '../support/factsOf.ts';
import { answersWell, keysNamed, startProxied, type Proxied } from '../support/proxied.ts';
import { until } from '../support/until.ts';
import type { Script } from '../support/vendor.ts';
import { stoppedAfterEach } from '../support/endings.ts';

const [one = '', two = ''] = keysNamed('one', 'two');
const start = stoppedAfterEach(startProxied);

const tooMany = { error: { message: 'Slow down', type: 'requests', code: 'rate_limit_exceeded' } };
/** The key with this secret gets the 429, any other an answer. */
const limits =
  (limited: string, headers: Record<string, string>, body: object = tooMany): Script =>
  (request, reply) =>
    request.key === limited ? reply.json(429, body, headers) : answersWell(request, reply);

const geminiBody = (retryDelay: string) => ({
  error: {
    code: 429,
    message: 'You exceeded your current quota.',
    status: 'RESOURCE_EXHAUSTED',
    details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay }],
  },
});

/** The key as the management API shows it. */
const readKey = async (gateway: Proxied, secret: string): Promise<Json> =>
  (await apiClient(gateway)(`/api/provider-keys/${await keyIdOf(gateway, secret)}`)).body;

describe('A key that gets 429 with Retry-After', () => {
  test('rests at once while another key answers, and is healthy again in time', async () => {
    const gateway = await start({
      keys: { openai: [one, two] },
      script: limits(one, { 'retry-after': '2' }),
    });
    const answer = await gateway.ask('openai');
    expect(answer.status).toBe(200);
    expect(gateway.vendor.keys()).toEqual([one, two]);

    const rested = await factOf(gateway, one, 'ProviderKeyRested');
    expect(rested.data).toMatchObject({ ruleId: 'rate-limit.retry-after', guessed: false });
    expect(rested.cause.correlationId as string).toBe(requestId(answer));
    const shown = await readKey(gateway, one);
    expect(shown).toMatchObject({
      status: 'resting',
      pending: false,
      rule_id: 'rate-limit.retry-after',
      failures_today: expect.any(Number),
    });
    expect(Date.parse(String(shown['rest_until']))).toBe(rested.data.untilMs);
    expect((await gateway.ask('openai')).status).toBe(200);
    expect(gateway.vendor.keys()).toEqual([one, two, two]);

    const recovered = await factOf(gateway, one, 'ProviderKeyRecovered');
    expect(recovered.data.cause).toBe('deadline');
    expect(recovered.timeMs - rested.timeMs).toBeWithin(1_900, 3_000);
    expect(recovered.cause.correlationId).toBe(rested.cause.correlationId);
    await until(
      'it reads healthy',
      async () => (await readKey(gateway, one))['status'] === 'healthy',
    );
    const { attempts } = await recordOf(gateway, answer);
    expect(attempts.map(({ status, ruleId }) => [status, ruleId])).toEqual([
      [429, 'rate-limit.retry-after'],
      [200, ''],
    ]);
  });

  test('still rests after a restart, without SQLite too, and recovers then', async () => {
    const gateway = await start({
      keys: { openai: [one, two] },
      script: limits(one, { 'retry-after': '3' }),
    });
    await gateway.ask('openai');
    await factOf(gateway, one, 'ProviderKeyRested');
    await gateway.restart();
    for (const suffix of ['', '-wal', '-shm'])
      await rm(`${gateway.databasePath}${suffix}`, { force: true });
    await gateway.restart();

    gateway.vendor.forget();
    for (let asked = 0; asked < 3; asked++) await gateway.ask('openai');
    expect(gateway.vendor.keys()).toEqual([two, two, two]);
    expect((await keyState(gateway, one)).value).toBe('resting');
    await factOf(gateway, one, 'ProviderKeyRecovered');
    expect((await keyState(gateway, one)).value).toBe('healthy');
    gateway.vendor.does(answersWell);
    await gateway.ask('openai');
    await gateway.ask('openai');
    expect(gateway.vendor.keys()).toContain(one);
  });

  test('whose rest ends while the gateway is down is healthy when it is back', async () => {
    const gateway = await start({
      keys: { openai: [one, two] },
      script: limits(one, { 'retry-after': '1' }),
    });
    await gateway.ask('openai');
    const { data } = await factOf(gateway, one, 'ProviderKeyRested');
    await gateway.restart();
    await until('the rest is over', () => Date.now() > data.untilMs);
    await gateway.restart();
    await factOf(gateway, one, 'ProviderKeyRecovered');
    expect(await storyOf(gateway, one)).toEqual(['ProviderKeyRested', 'ProviderKeyRecovered']);
  });
});

describe('Many 429s at once', () => {
  test('of one key are one fact', async () => {
    const gateway = await start({
      keys: { openai: [one, two] },
      script: limits(one, { 'retry-after': '20' }),
    });
    const all = await Promise.all(Array.from({ length: 40 }, () => gateway.ask('openai')));
    expect(all.map(({ status }) => status)).toEqual(Array(40).fill(200));
    await gateway.ask('openai');
    expect(await storyOf(gateway, one)).toEqual(['ProviderKeyRested']);
  });

  test('of nearly all keys of a provider rest the provider instead', async () => {
    const names = keysNamed('k1', 'k2', 'k3', 'k4', 'k5', 'k6');
    const gateway = await start({
      keys: { openai: names },
      script: (_request, reply) => reply.json(429, tooMany, { 'retry-after': '30' }),
    });
    const answer = await gateway.ask('openai');
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeWithin(28, 31);
    await until('the provider rests', async () => {
      const { body } = await apiClient(gateway)('/api/providers/openai');
      return body['status'] === 'resting';
    });
    expect(await storyOf(gateway, names[5] ?? '')).toEqual([]);
  });

  test('count also when the explanation breaks off', async () => {
    const gateway = await start({
      keys: { openai: [one, two] },
      script(request, reply) {
        if (request.key === two) return answersWell(request, reply);
        reply.raw('HTTP/1.1 429 No\r\nretry-after: 20\r\ncontent-length: 500\r\n\r\n{"error"');
        reply.cut();
      },
    });
    expect((await gateway.ask('openai')).status).toBe(200);
    const { data } = await factOf(gateway, one, 'ProviderKeyRested');
    expect(data.ruleId).toBe('rate-limit.retry-after');
  });
});

describe('Of several hints', () => {
  const cases: [string, Record<string, string>, number][] = [
    ['retry-after-ms', { 'retry-after-ms': '1500', 'retry-after': '60' }, 1_500],
    [
      'retry-after',
      {
        'retry-after': '2',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '6m0s',
      },
      2_000,
    ],
    [
      'reset-header',
      { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '1.2s' },
      1_200,
    ],
  ];
  test.each(cases)('%s counts when it is the first present', async (source, headers, ms) => {
    const gateway = await start({ keys: { openai: [one, two] }, script: limits(one, headers) });
    await gateway.ask('openai');
    const { data } = await factOf(gateway, one, 'ProviderKeyRested');
    expect(data.ruleId).toBe(`rate-limit.${source}`);
    const limitedMs = gateway.vendor.arrived.find(({ key }) => key === one)?.atMs ?? 0;
    expect(data.untilMs - limitedMs).toBeWithin(ms - 5, ms + 500);
  });
});

describe("Gemini's limits", () => {
  test('rest the model and leave the key healthy', async () => {
    const gateway = await start({
      keys: { gemini: [one, two] },
      script: (request, reply) =>
        request.key === one && request.path.includes('2.5-flash')
          ? reply.json(429, geminiBody('1.5s'))
          : answersWell(request, reply),
    });
    const answer = await gateway.ask('gemini');
    expect(answer.status).toBe(200);
    const rested = await factOf(gateway, one, 'ProviderKeyModelRested');
    expect(rested.data).toMatchObject({
      model: 'gemini-2.5-flash',
      ruleId: 'rate-limit.gemini-retry-info',
    });
    expect(rested.cause.correlationId as string).toBe(requestId(answer));
    const state = await keyState(gateway, one);
    expect(state.value).toBe('healthy');
    expect(Object.keys(state.context.models)).toEqual(['gemini-2.5-flash']);
    expect(await readKey(gateway, one)).toMatchObject({
      status: 'healthy',
      models: [{ model: 'gemini-2.5-flash', rule_id: 'rate-limit.gemini-retry-info' }],
    });

    gateway.vendor.forget();
    const path = '/v1beta/models/gemini-2.5-pro:generateContent';
    await gateway.post(path, { contents: [] });
    await gateway.post(path, { contents: [] });
    expect(gateway.vendor.keys().toSorted()).toEqual([one, two]);
    await factOf(gateway, one, 'ProviderKeyModelRecovered');
    expect((await keyState(gateway, one)).context.models).toEqual({});
  });
});

describe('A 429 without a time', () => {
  test('rests with a guess, which ends with one real request as probe', async () => {
    const gateway = await start({ keys: { openai: [one, two] }, script: limits(one, {}) });
    await gateway.ask('openai');
    const { data } = await factOf(gateway, one, 'ProviderKeyRested');
    expect(data).toMatchObject({ ruleId: 'rate-limit.no-hint', guessed: true, strikes: 1 });
    await until('the rest is over', () => Date.now() > data.untilMs + 60);
    expect((await keyState(gateway, one)).value).toBe('resting');

    gateway.vendor.does(answersWell);
    gateway.vendor.forget();
    const probe = await gateway.ask('openai');
    expect(gateway.vendor.keys()).toEqual([one]);
    const recovered = await factOf(gateway, one, 'ProviderKeyRecovered');
    expect(recovered.data.cause).toBe('probe');
    expect(recovered.cause.correlationId as string).toBe(requestId(probe));
  }, 60_000);
});
