/** What requests cost, from the vendor's answer to the log, the statistics and the metrics. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { rmSync } from 'node:fs';
import { rowsAfterProjecting } from '../support/projections.ts';
import { keysNamed, startProxied, type Proxied } from '../support/proxied.ts';
import { apiOf, type Api } from '../support/api.ts';
import { until } from '../support/until.ts';
import type { Script } from '../support/vendor.ts';
import { bookVersion } from '../../server/pricing/priceBook.ts';

const [openAiKey = '', claudeKey = ''] = keysNamed('open', 'clau');

const chat = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
};
const openAiUsage = {
  prompt_tokens: 1_000,
  completion_tokens: 200,
  total_tokens: 1_200,
  prompt_tokens_details: { cached_tokens: 400 },
  completion_tokens_details: { reasoning_tokens: 150 },
};
const claudeUsage = {
  input_tokens: 100,
  cache_read_input_tokens: 1_000,
  cache_creation_input_tokens: 200,
  cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 100 },
  output_tokens: 50,
};
const claude = { id: 'msg_1', type: 'message', role: 'assistant', content: [] };

const answersWithUsage: Script = ({ path }, reply) =>
  path === '/v1/messages'
    ? reply.json(200, { ...claude, stop_reason: 'end_turn', usage: claudeUsage })
    : reply.json(200, { ...chat, usage: openAiUsage });

const chunk = (more: object) => `data: ${JSON.stringify({ ...chat, ...more })}\n\n`;
const said = chunk({ choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: 'stop' }] });

let gateway: Proxied;
let api: Api;

beforeAll(async () => {
  gateway = await startProxied({ keys: { openai: [openAiKey], anthropic: [claudeKey] } });
  api = apiOf(gateway.url);
});
afterAll(() => gateway.stop());
beforeEach(() => gateway.vendor.does(answersWithUsage));

/** What the log says of an answered request. */
async function logged(answer: Response) {
  await answer.text();
  const id = answer.headers.get('x-signalbox-request-id') ?? '';
  const read = () => api('GET', `/api/logs/${id}`);
  await until('the request is in the log', async () => (await read()).status === 200);
  return (await read()).json;
}

const gpt4o = { model: 'gpt-4o' };
/** 600 at $2.5, 400 cached at $1.25 and 200 at $10 a million. */
const gpt4oMicroUsd = 600 * 2.5 + 400 * 1.25 + 200 * 10;

describe('A request', () => {
  test('has its cost with the version of the prices, cached tokens at their own', async () => {
    expect(await logged(await gateway.ask('openai', gpt4o))).toMatchObject({
      cost_micro_usd: gpt4oMicroUsd,
      cost_unknown: false,
      price_version: bookVersion,
      cached_tokens: 400,
      reasoning_tokens: 150,
    });
  });

  test('has what was written into caches in its cost', async () => {
    const model = 'claude-haiku-4-5-20251001';
    expect(await logged(await gateway.ask('anthropic', { model }))).toMatchObject({
      input_tokens: 1_300,
      cache_write_tokens: 200,
      cost_micro_usd: 100 * 1 + 1_000 * 0.1 + 100 * 1.25 + 100 * 2 + 50 * 5,
    });
  });

  test('of a stream has the cost of what its end counts', async () => {
    const usage = chunk({ choices: [], usage: openAiUsage });
    gateway.vendor.does((_, reply) => reply.stream(said, usage, 'data: [DONE]\n\n'));
    const answer = await gateway.ask('openai', { ...gpt4o, stream: true });
    expect(await logged(answer)).toMatchObject({ streamed: true, cost_micro_usd: gpt4oMicroUsd });
  });

  test('of a stream that counts nothing, or of an unknown model, says so', async () => {
    expect(await logged(await gateway.ask('openai', { model: 'nobody-knows-it' }))).toMatchObject({
      cost_micro_usd: null,
      cost_unknown: true,
      price_version: null,
      input_tokens: 1_000,
    });
    gateway.vendor.does((_, reply) => reply.stream(said, 'data: [DONE]\n\n'));
    const answer = await gateway.ask('openai', { ...gpt4o, stream: true });
    expect(await logged(answer)).toMatchObject({ cost_micro_usd: null, cost_unknown: true });
  });

  test('that failed costs nothing', async () => {
    gateway.vendor.does((_, reply) => reply.json(400, { error: { message: 'no', type: 'x' } }));
    expect(await logged(await gateway.ask('openai', gpt4o))).toMatchObject({
      status: 400,
      cost_micro_usd: 0,
      cost_unknown: false,
      price_version: null,
    });
  });

  test('is priced by its model route where that has a price', async () => {
    const route = {
      name: 'ours',
      targets: [{ provider: 'openai', model: 'gpt-4o' }],
      price: { input_micro_usd: 1_000_000, output_micro_usd: 3_000_000 },
    };
    const made = await api('POST', '/api/models', route);
    expect(made.status).toBe(201);
    expect(await logged(await gateway.ask('openai', { model: 'ours' }))).toMatchObject({
      model: 'gpt-4o',
      model_route: 'ours',
      cost_micro_usd: 1_000 + 600,
      price_version: 'model route ours: 1000000 in, 1000000 cached, 3000000 out',
    });
  });
});

describe('The cost', () => {
  test('is summed up, with how many requests have none', async () => {
    await logged(await gateway.ask('openai', { model: 'gpt-4o-mini' }));
    await logged(await gateway.ask('openai', { model: 'nobody-knows-it-either' }));
    const { json } = await api('GET', '/api/stats?group=model');
    const of = (model: string) => json.data.find((row: { model: string }) => row.model === model);
    expect(of('gpt-4o-mini')).toMatchObject({ requests: 1, unpriced: 0, cost_micro_usd: 240 });
    expect(of('nobody-knows-it-either')).toMatchObject({ unpriced: 1, cost_micro_usd: 0 });
    expect(json.totals.unpriced).toBeGreaterThanOrEqual(1);
  });

  test('is counted for Prometheus, in dollars', async () => {
    const before = await api('GET', '/metrics');
    const labels = '{gen_ai_provider_name="openai",gen_ai_request_model="gpt-4.1-nano"}';
    const line = `signalbox_cost_usd_total${labels}`;
    expect(before.text).not.toContain(line);
    await logged(await gateway.ask('openai', { model: 'gpt-4.1-nano' }));
    const { text } = await api('GET', '/metrics');
    expect(text).toContain(`${line} 0.00015`);
    expect(text).toMatch(/^signalbox_unpriced_requests_total \d+$/m);
  });

  test('comes out of the log as it went in: read models that are made again do not price', async () => {
    await logged(await gateway.ask('openai', gpt4o));
    const again = `${gateway.databasePath}-again`;
    const first = await rowsAfterProjecting(gateway.log, again);
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${again}${suffix}`, { force: true });
    expect(await rowsAfterProjecting(gateway.log, again)).toEqual(first);
    const stats = await api('GET', '/api/stats');
    expect(stats.json.totals.cost_micro_usd).toBeGreaterThanOrEqual(gpt4oMicroUsd);
  });
});
