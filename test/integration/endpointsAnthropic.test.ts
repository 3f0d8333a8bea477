/** Everything else that Anthropic's SDK asks for: batches, files, counts. */
import { afterEach, beforeAll, describe, expect, test } from 'bun:test';
import Anthropic, { toFile } from '@anthropic-ai/sdk';
import { recordOf } from '../support/factsOf.ts';
import { keysNamed, startProxied } from '../support/proxied.ts';
import { sha256 } from '../support/vendor.ts';
import { stoppedAfterAll } from '../support/endings.ts';

const gateway = stoppedAfterAll(() =>
  startProxied({ keys: { anthropic: keysNamed('one', 'two', 'tri') } }),
);
let client: Anthropic;
beforeAll(() => {
  client = new Anthropic({ apiKey: 'any', baseURL: gateway.url(), maxRetries: 0 });
});
afterEach(() => gateway.vendor.forget());

const answers = (body: object) => gateway.vendor.does((_request, reply) => reply.json(200, body));
const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, at) => (at * 31) % 256));
const batch = (id: string) => ({ id, type: 'message_batch', processing_status: 'in_progress' });
const params = {
  model: 'claude-opus-4-8',
  max_tokens: 10,
  messages: [{ role: 'user' as const, content: 'Hi' }],
};

/** The key of three requests, which must be one and the same. */
async function oneKeyOf(ask: () => PromiseLike<unknown>): Promise<string> {
  gateway.vendor.forget();
  for (let turn = 0; turn < 3; turn += 1) await ask();
  const keys = new Set(gateway.vendor.keys());
  expect(keys.size).toBe(1);
  return gateway.vendor.last().key;
}

describe('What one key made', () => {
  test('a batch and its results stay with that key, line by line', async () => {
    answers(batch('msgbatch_7'));
    await client.messages.batches.create({ requests: [{ custom_id: 'a', params }] });
    const { key, path } = gateway.vendor.last();
    expect(path).toBe('/v1/messages/batches');
    expect(await oneKeyOf(() => client.messages.batches.retrieve('msgbatch_7'))).toBe(key);
    expect(await oneKeyOf(() => client.messages.batches.cancel('msgbatch_7'))).toBe(key);

    const lines = '{"custom_id":"a","result":{"type":"canceled"}}\n'.repeat(1_000);
    gateway.vendor.does(async ({ path: asked }, reply) => {
      if (!asked.endsWith('/results')) {
        return reply.json(200, {
          ...batch('msgbatch_7'),
          results_url: `${gateway.url()}${asked}/results`,
        });
      }
      reply.begin(200, { 'content-type': 'application/x-jsonl' });
      await reply.chunk(lines);
      reply.end();
    });
    let results = 0;
    for await (const _ of await client.messages.batches.results('msgbatch_7')) results += 1;
    expect(results).toBe(1_000);
    expect(gateway.vendor.last().key).toBe(key);
  });

  test('a file goes up and down as it is, and stays with that key', async () => {
    answers({ id: 'file_7', type: 'file', filename: 'a.pdf' });
    const uploaded = await client.beta.files.upload({ file: await toFile(bytes, 'a.pdf') });
    expect(uploaded.id).toBe('file_7');
    const { key, headers, body } = gateway.vendor.last();
    expect(headers.get('anthropic-version')).not.toBeNull();
    const form = await new Response(body, {
      headers: { 'content-type': headers.get('content-type') ?? '' },
    }).formData();
    expect(sha256(await (form.get('file') as File).bytes())).toBe(sha256(bytes));

    gateway.vendor.does((_request, reply) =>
      reply.send(200, bytes, { 'content-type': 'application/pdf' }),
    );
    const down = await client.beta.files.download('file_7');
    expect(sha256(await down.bytes())).toBe(sha256(bytes));
    expect(gateway.vendor.last().key).toBe(key);
    expect(await recordOf(gateway, down)).toMatchObject({
      dialect: 'anthropic',
      route: '/v1/files/{id}/content',
    });
  });
});

test('Counting tokens is recorded with its model', async () => {
  answers({ input_tokens: 42 });
  const { messages, model } = params;
  const counting = client.messages.countTokens({ messages, model });
  const answer = await counting.asResponse();
  await answer.bytes();
  expect(await recordOf(gateway, answer)).toMatchObject({
    route: '/v1/messages/count_tokens',
    model,
    usage: null,
  });
});
