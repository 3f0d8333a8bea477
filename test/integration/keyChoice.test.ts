/** Which key a request goes to: its maker's, its conversation's, or the next by weight. */
import { describe, expect, test } from 'bun:test';
import { apiOf } from '../support/api.ts';
import { factOf, keyIdOf } from '../support/factsOf.ts';
import { answersWell, keysNamed, startProxied } from '../support/proxied.ts';
import { until } from '../support/until.ts';
import { stoppedAfterEach } from '../support/endings.ts';

const [one = '', two = '', three = ''] = keysNamed('one', 'two', 'tri');
const start = stoppedAfterEach(startProxied);

const turns = (...said: string[]) =>
  said.map((content, at) => ({ role: at % 2 === 0 ? 'user' : 'assistant', content }));
const limitedMs = (ms: number) => ({ 'retry-after-ms': String(ms) });

describe('A conversation', () => {
  test('stays on its key, whether it is named or told by its beginning', async () => {
    const gateway = await start({ keys: { openai: [one, two, three] } });
    for (let turn = 0; turn < 4; turn++)
      await gateway.ask('openai', { prompt_cache_key: 'conversation-a' });
    await gateway.ask('openai');
    for (let turn = 0; turn < 4; turn++)
      await gateway.ask('openai', { messages: turns('Who are you?', 'A model.', `And ${turn}?`) });
    const keys = gateway.vendor.keys();
    expect(new Set(keys.slice(0, 4)).size).toBe(1);
    expect(new Set(keys.slice(5)).size).toBe(1);
  });

  test('goes on with another key while its own rests, and stays there', async () => {
    const gateway = await start({ keys: { openai: [one, two] } });
    const say = () => gateway.ask('openai', {}, { headers: { 'x-conversation-id': 'c-1' } });
    await say();
    const [first = ''] = gateway.vendor.keys();
    gateway.vendor.does((request, reply) =>
      request.key === first
        ? reply.json(429, { error: {} }, limitedMs(1_000))
        : answersWell(request, reply),
    );
    await say();
    await factOf(gateway, first, 'ProviderKeyRecovered');
    gateway.vendor.does(answersWell);
    gateway.vendor.forget();
    await say();
    await say();
    expect(new Set(gateway.vendor.keys())).toEqual(new Set([first === one ? two : one]));
  });
});

describe('What one key made', () => {
  const response = (id: string) => ({ id, object: 'response', status: 'completed', output: [] });

  test('is asked of that key again, whatever the turn is', async () => {
    const gateway = await start({ keys: { openai: [one, two, three] } });
    gateway.vendor.does((_request, reply) => reply.json(200, response('resp_1')));
    await gateway.post('/v1/responses', { model: 'gpt-5', input: 'Hi' });
    const [maker = ''] = gateway.vendor.keys();
    gateway.vendor.does((_request, reply) => reply.json(200, response('resp_2')));
    for (let turn = 0; turn < 4; turn++)
      await gateway.post('/v1/responses', { input: 'And?', previous_response_id: 'resp_1' });
    await fetch(`${gateway.url()}/v1/responses/resp_1`);
    expect(new Set(gateway.vendor.keys())).toEqual(new Set([maker]));
  });

  test('waits for that key rather than asking one that does not know it', async () => {
    const gateway = await start({ keys: { openai: [one, two] } });
    gateway.vendor.does((_request, reply) => reply.json(200, response('resp_1')));
    await gateway.post('/v1/responses', { model: 'gpt-5', input: 'Hi' });
    const [maker = ''] = gateway.vendor.keys();

    const limit = (ms: number) =>
      gateway.vendor.does((_request, reply) => {
        gateway.vendor.does((_next, good) => good.json(200, response('resp_2')));
        reply.json(429, { error: {} }, limitedMs(ms));
      });
    limit(1_100);
    const goOn = () =>
      gateway.post('/v1/responses', { model: 'gpt-5', input: 'x', previous_response_id: 'resp_1' });
    expect((await goOn()).status).toBe(200);
    limit(20_000);
    const refused = await goOn();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeWithin(18, 21);
    expect(new Set(gateway.vendor.keys())).toEqual(new Set([maker]));
  });
});

describe('Weights', () => {
  test('give a key so many turns of a round', async () => {
    const gateway = await start({ keys: { openai: [one] } });
    const api = apiOf(gateway.url);
    for (const [key, weight] of [
      [two, 2],
      [three, 3],
    ] as const) {
      const added = await api('POST', '/api/provider-keys', { provider: 'openai', key, weight });
      expect(added.status).toBe(201);
    }
    for (let asked = 0; asked < 60; asked++) await gateway.ask('openai');
    const share = (key: string) => gateway.vendor.keys().filter((used) => used === key).length;
    expect([share(one), share(two), share(three)]).toEqual([10, 20, 30]);
  });
});

describe('A key that an operator', () => {
  test('disables is not used again, and is when it is enabled', async () => {
    const gateway = await start({ keys: { openai: [one, two] } });
    const api = apiOf(gateway.url);
    const id = await keyIdOf(gateway, one);
    expect((await api('POST', `/api/provider-keys/${id}/disable`)).status).toBe(200);
    for (let asked = 0; asked < 4; asked++) await gateway.ask('openai');
    expect(new Set(gateway.vendor.keys())).toEqual(new Set([two]));
    expect((await api('POST', `/api/provider-keys/${id}/enable`)).status).toBe(200);
    await until('it is used again', async () => {
      await gateway.ask('openai');
      return gateway.vendor.keys().includes(one);
    });
  });
});

describe('A 403 that is about the request', () => {
  test('is tried with other keys, then told in the vendor’s words, and rests none', async () => {
    const gateway = await start({ keys: { openai: [one, two] } });
    const body = { error: { message: 'Missing scopes: model.request', code: 'missing_scope' } };
    gateway.vendor.does((_request, reply) => reply.json(403, body));
    const answer = await gateway.ask('openai');
    expect(answer.status).toBe(403);
    expect(await answer.json()).toEqual(body);
    expect(gateway.vendor.keys().toSorted()).toEqual([one, two].toSorted());
    const { json } = await apiOf(gateway.url)('GET', '/api/provider-keys');
    expect(json.data.map((key: { status: string }) => key.status)).toEqual(['healthy', 'healthy']);
  });
});
