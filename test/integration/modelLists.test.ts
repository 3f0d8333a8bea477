/** `GET /v1/models` in every dialect: the official SDKs against a gateway with several providers. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { answers, keysNamed, startProxied, type Proxied } from '../support/proxied.ts';
import { anthropicClient, geminiClient, openAiClient, tap } from '../support/sdkClients.ts';
import { apiOf, type Api } from '../support/api.ts';
import { until } from '../support/until.ts';
import {
  startVendor,
  type Arrived,
  type Reply,
  type Script,
  type Vendor,
} from '../support/vendor.ts';

const [openAiKey = '', claudeKey = '', geminiKey = '', spareKey = '', otherKey = ''] = keysNamed(
  'open',
  'clau',
  'gemi',
  'spar',
  'othr',
);
const claudes = ['claude-a', 'claude-b', 'claude-c'];

/** All three vendors, Anthropic and Gemini with short pages. */
function vendorLists({ path, headers }: Arrived, reply: Reply): void {
  const { pathname, searchParams } = new URL(path, 'http://vendor');
  if (!pathname.endsWith('/models')) return reply.json(200, answers.openai);
  if (pathname.startsWith('/v1beta')) {
    const isFirst = !searchParams.has('pageToken');
    const name = isFirst ? 'models/gemini-a' : 'models/gemini-b';
    const next = isFirst ? { nextPageToken: 'p2' } : {};
    return reply.json(200, { models: [{ name, inputTokenLimit: 1_000 }], ...next });
  }
  if (headers.has('anthropic-version')) {
    const at = claudes.indexOf(searchParams.get('after_id') ?? '') + 1;
    const id = claudes[at];
    const data = [{ type: 'model', id, display_name: id, created_at: '2026-01-01T00:00:00Z' }];
    return reply.json(200, { data, has_more: at < 2, first_id: id, last_id: id });
  }
  const data = ['gpt-5', 'shared'].map((id) => ({
    id,
    object: 'model',
    created: 1,
    owned_by: 'o',
  }));
  return reply.json(200, { object: 'list', data });
}

const offering =
  (...ids: string[]): Script =>
  ({ path }, reply) =>
    path === '/v1/models'
      ? reply.json(200, { object: 'list', data: ids.map((id) => ({ id })) })
      : reply.json(200, answers.openai);

let gateway: Proxied;
let spare: Vendor;
let api: Api;
const tapped = tap();

async function made(path: string, body: object) {
  const answer = await api('POST', path, body);
  expect(answer.status).toBe(201);
  return answer.json;
}

async function begin(env: Record<string, string> = {}) {
  gateway = await startProxied({
    keys: { openai: [openAiKey], anthropic: [claudeKey], gemini: [geminiKey] },
    env: { CACHE_ENABLED: 'true', ...env },
    script: vendorLists,
  });
  spare = await startVendor(offering('llama', 'shared'));
  api = apiOf(gateway.url);
}

async function end() {
  await gateway.stop();
  await spare.stop();
}

const addSpare = async () => {
  await made('/api/providers', { name: 'spare', dialect: 'openai', base_url: `${spare.url}/v1` });
  await made('/api/provider-keys', { provider: 'spare', key: spareKey });
};

const idsOf = async (headers = {}) => {
  const { json } = await api('GET', '/v1/models', undefined, headers);
  return json.data.map(({ id }: { id: string }) => id);
};
const clients = (key = 'none') => {
  const options = { url: gateway.url(), key, tap: tapped };
  return {
    openai: openAiClient(options),
    anthropic: anthropicClient(options),
    gemini: geminiClient(options),
  };
};

async function collected<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of pages) all.push(one);
  return all;
}

const listsAsked = (vendor: Vendor) =>
  vendor.arrived.filter(({ path }) => path.includes('/models'));

describe('The official SDKs', () => {
  beforeAll(async () => {
    await begin();
    await addSpare();
    await made('/api/models', { name: 'fast', targets: [{ provider: 'spare', model: 'llama' }] });
    await made('/api/models', {
      name: 'smart',
      targets: [{ provider: 'anthropic', model: 'claude-a' }],
    });
  });
  afterAll(end);

  test('list routes and every provider of their dialect', async () => {
    const { openai, anthropic, gemini } = clients();
    expect((await collected(openai.models.list())).map(({ id }) => id)).toEqual([
      'fast',
      'smart',
      'gpt-5',
      'shared',
      'spare/llama',
      'spare/shared',
    ]);
    const claude = await collected(anthropic.models.list({ limit: 2 }));
    expect(claude.map(({ id }) => id)).toEqual(['smart', ...claudes]);
    const google = await collected(await gemini.models.list());
    expect(google.map(({ name, inputTokenLimit }) => [name, inputTokenLimit])).toEqual([
      ['models/gemini-a', 1_000],
      ['models/gemini-b', 1_000],
    ]);
  });

  test('retrieve one of them by its name', async () => {
    const { openai, anthropic, gemini } = clients();
    expect(await openai.models.retrieve('fast')).toMatchObject({ owned_by: 'signalbox' });
    expect(await openai.models.retrieve('spare/llama')).toMatchObject({ id: 'spare/llama' });
    expect(await anthropic.models.retrieve('claude-b')).toMatchObject({ display_name: 'claude-b' });
    expect(await gemini.models.get({ model: 'gemini-a' })).toMatchObject({
      name: 'models/gemini-a',
    });
  });

  test('are told by the vendor of a model that is not in its list', async () => {
    gateway.vendor.forget();
    await api('GET', '/v1/models/gpt-4-hidden');
    expect(gateway.vendor.last()).toMatchObject({
      path: '/v1/models/gpt-4-hidden',
      key: openAiKey,
    });
  });

  test('leave a record that costs nothing', async () => {
    const answer = await api('GET', '/v1/models');
    const id = answer.headers.get('x-signalbox-request-id') ?? '';
    const isThere = async () => (await api('GET', `/api/logs/${id}`)).status === 200;
    await until('the request is in the log', isThere);
    expect((await api('GET', `/api/logs/${id}`)).json).toMatchObject({
      route: '/v1/models',
      outcome: 'completed',
      response_bytes: Buffer.byteLength(answer.text),
      attempts: [],
      cost_micro_usd: 0,
      cost_unknown: false,
      price_version: null,
    });
  });

  test('name a model bare when one provider alone offers it', async () => {
    const warm = () => idsOf();
    await warm();
    for (const [model, vendor] of [
      ['llama', spare],
      ['shared', gateway.vendor],
      ['gpt-5', gateway.vendor],
      ['nobody-knows', gateway.vendor],
    ] as const) {
      spare.forget();
      gateway.vendor.forget();
      const completion = { model, messages: [{ role: 'user', content: 'Hi' }] };
      expect((await api('POST', '/v1/chat/completions', completion)).status).toBe(200);
      expect(vendor.last().path).toBe('/v1/chat/completions');
      expect(JSON.parse(vendor.last().body.toString())).toEqual(completion);
    }
  });
});

describe('A list', () => {
  beforeEach(() => begin());
  afterEach(end);

  test('is asked for once, however many want it at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => idsOf()));
    for (const ids of all) expect(ids).toEqual(['gpt-5', 'shared']);
    await idsOf();
    expect(listsAsked(gateway.vendor)).toHaveLength(1);
    expect(gateway.vendor.last().key).toBe(openAiKey);
  });

  test('is asked for again when keys come, and goes with the last of them', async () => {
    await addSpare();
    expect(await idsOf()).toContain('spare/llama');
    spare.does(offering('newer'));
    const key = await made('/api/provider-keys', { provider: 'spare', key: otherKey });
    await until('the new list is there', async () => (await idsOf()).includes('spare/newer'));
    const { json } = await api('GET', '/api/provider-keys?provider=spare');
    expect(json.data.map(({ id }: { id: string }) => id)).toContain(key.id);
    for (const { id } of json.data) await api('DELETE', `/api/provider-keys/${id}`);
    expect(await idsOf()).toEqual(['gpt-5', 'shared']);
  });

  test('leaves out who fails, says so, and goes on', async () => {
    const failures: Script[] = [
      (_, reply) => reply.json(500, { error: 'no' }),
      (_, reply) => reply.send(200, '<html>'),
      (_, reply) => reply.json(200, { hello: 'there' }),
      (_, reply) => reply.reset(),
    ];
    for (const [index, failure] of failures.entries()) {
      const failing = await startVendor(failure);
      const name = `failing-${index}`;
      await made('/api/providers', {
        name,
        dialect: 'openai',
        base_url: failing.url,
        auth: 'none',
      });
      expect(await idsOf()).toEqual(['gpt-5', 'shared']);
      await until('it is said', () => gateway.output().includes(`"provider":"${name}"`));
      await failing.stop();
    }
    expect(gateway.output()).toContain('status 500');
    expect(gateway.output()).not.toContain(openAiKey);
  });

  test('comes with the next key where the first one is refused', async () => {
    await addSpare();
    await made('/api/provider-keys', { provider: 'spare', key: otherKey });
    spare.does((request, reply) =>
      request.key === spareKey
        ? reply.json(401, { error: { message: 'no' } })
        : offering('llama')(request, reply),
    );
    expect(await idsOf()).toContain('spare/llama');
  });

  test('is made of what the client may use', async () => {
    await addSpare();
    const { key } = await made('/api/keys', { name: 'narrow', models: ['gpt-*', 'spare/*'] });
    const asClient = { authorization: `Bearer ${key}` };
    expect(await idsOf(asClient)).toEqual(['gpt-5', 'spare/llama', 'spare/shared']);
    const one = await api('GET', '/v1/models/shared', undefined, asClient);
    expect(one.status).toBeGreaterThanOrEqual(403);
    const { openai } = clients(key);
    expect((await openai.models.retrieve('gpt-5')).id).toBe('gpt-5');
  });

  test('is empty where there is nobody to ask', async () => {
    const { json } = await api('GET', '/api/provider-keys?provider=openai');
    for (const { id } of json.data) await api('DELETE', `/api/provider-keys/${id}`);
    expect((await api('GET', '/v1/models')).json).toEqual({ object: 'list', data: [] });
  });
});

describe('The cache', () => {
  afterEach(end);

  test('may be off: then every list is asked for anew', async () => {
    await begin({ CACHE_ENABLED: 'false' });
    await idsOf();
    await idsOf();
    expect(listsAsked(gateway.vendor)).toHaveLength(2);
  });

  test('serves a list that is old while a new one is fetched', async () => {
    await begin({ CACHE_TTL_SECONDS: '1' });
    await idsOf();
    const readAtMs = Date.now();
    gateway.vendor.does(offering('gpt-6'));
    await until('the list is old', () => Date.now() > readAtMs + 1_000);
    expect(await idsOf()).toEqual(['gpt-5', 'shared']);
    await until('the new list is there', async () => (await idsOf()).includes('gpt-6'));
  });
});
