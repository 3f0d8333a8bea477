/** `GET /v1/models` in every dialect: the official SDKs against a gateway with several providers. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { claudes, openAiKey, startListed, type Listed } from '../support/modelLists.ts';
import { until } from '../support/until.ts';

let listed: Listed;

async function collected<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of pages) all.push(one);
  return all;
}

describe('The official SDKs', () => {
  beforeAll(async () => {
    listed = await startListed();
    await listed.addSpare();
    await listed.made('/api/models', {
      name: 'fast',
      targets: [{ provider: 'spare', model: 'llama' }],
    });
    await listed.made('/api/models', {
      name: 'smart',
      targets: [{ provider: 'anthropic', model: 'claude-a' }],
    });
  });
  afterAll(() => listed.stop());

  test('list routes and every provider of their dialect', async () => {
    const { openai, anthropic, gemini } = listed.clients();
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
    const { openai, anthropic, gemini } = listed.clients();
    expect(await openai.models.retrieve('fast')).toMatchObject({ owned_by: 'signalbox' });
    expect(await openai.models.retrieve('spare/llama')).toMatchObject({ id: 'spare/llama' });
    expect(await anthropic.models.retrieve('claude-b')).toMatchObject({ display_name: 'claude-b' });
    expect(await gemini.models.get({ model: 'gemini-a' })).toMatchObject({
      name: 'models/gemini-a',
    });
  });

  test('are told by the vendor of a model that is not in its list', async () => {
    listed.gateway.vendor.forget();
    await listed.api('GET', '/v1/models/gpt-4-hidden');
    expect(listed.gateway.vendor.last()).toMatchObject({
      path: '/v1/models/gpt-4-hidden',
      key: openAiKey,
    });
  });

  test('leave a record that costs nothing', async () => {
    const answer = await listed.api('GET', '/v1/models');
    const id = answer.headers.get('x-signalbox-request-id') ?? '';
    const isThere = async () => (await listed.api('GET', `/api/logs/${id}`)).status === 200;
    await until('the request is in the log', isThere);
    expect((await listed.api('GET', `/api/logs/${id}`)).json).toMatchObject({
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
    await listed.idsOf();
    for (const [model, vendor] of [
      ['llama', listed.spare],
      ['shared', listed.gateway.vendor],
      ['gpt-5', listed.gateway.vendor],
      ['nobody-knows', listed.gateway.vendor],
    ] as const) {
      listed.spare.forget();
      listed.gateway.vendor.forget();
      const completion = { model, messages: [{ role: 'user', content: 'Hi' }] };
      expect((await listed.api('POST', '/v1/chat/completions', completion)).status).toBe(200);
      expect(vendor.last().path).toBe('/v1/chat/completions');
      expect(JSON.parse(vendor.last().body.toString())).toEqual(completion);
    }
  });
});
