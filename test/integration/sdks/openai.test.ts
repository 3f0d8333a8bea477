/** The official OpenAI SDK, this major and the last, through the gateway to aimock: nothing but the key is different. */
import { beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import type OpenAI from 'openai';
import { recordOf } from '../../support/factsOf.ts';
import { saidByMock } from '../../support/mockVendors.ts';
import { thrown } from '../../support/officialSdks.ts';
import { openAiClient } from '../../support/sdkClients.ts';
import {
  expectOnlyVendorKey,
  privateHeaders,
  startSdkBench,
  vendorKeys,
} from '../../support/sdkBench.ts';
import { openAis } from '../../support/sdkVersions.ts';
import { stoppedAfterAll } from '../../support/endings.ts';

const bench = stoppedAfterAll(startSdkBench);

describe.each(openAis)('%s', (_name, Sdk) => {
  let client: OpenAI;
  beforeAll(() => {
    client = openAiClient(bench.options(), 0, Sdk);
  });
  beforeEach(() => bench.vendors.mock.clearRequests());

  const messages = [{ role: 'user' as const, content: 'Hi' }];
  const lastRecord = () =>
    recordOf(bench.gateway, bench.tap.last().headers.get('x-signalbox-request-id') ?? '');

  describe('A chat completion', () => {
    test('comes back as the vendor gave it, byte for byte', async () => {
      const answer = await client.chat.completions.create({ model: 'gpt-5', messages });
      expect(answer.choices[0]?.message.content).toBe(saidByMock);
      await bench.expectSameBytes();
      const arrived = bench.vendors.last();
      expectOnlyVendorKey(arrived, 'authorization', `Bearer ${vendorKeys.openai}`);
      expect(bench.vendors.mock.getLastRequest()?.path).toBe('/v1/chat/completions');
      expect(arrived.headers.get('user-agent')).toStartWith('OpenAI/');
      expect(arrived.headers.get('x-stainless-lang')).toBe('js');
      expect(await lastRecord()).toMatchObject({
        client: 'alice',
        dialect: 'openai',
        provider: 'openai',
        model: 'gpt-5',
        route: '/v1/chat/completions',
        outcome: 'completed',
        usage: { inputTokens: 11, outputTokens: 7 },
      });
    });

    test('streams the same bytes, and its usage is recorded', async () => {
      const stream = await client.chat.completions.create({
        model: 'gpt-5',
        messages,
        stream: true,
        stream_options: { include_usage: true },
      });
      let said = '';
      for await (const chunk of stream) said += chunk.choices[0]?.delta.content ?? '';
      expect(said).toBe(saidByMock);
      await bench.expectSameBytes();
      expect(bench.vendors.last().headers.get('accept-encoding')).toBe('identity');
      expect(await lastRecord()).toMatchObject({
        streamed: true,
        outcome: 'completed',
        usage: { inputTokens: 11, outputTokens: 7 },
      });
    });

    test('calls tools, streamed and not', async () => {
      const ask = { model: 'gpt-5', messages: [{ role: 'user' as const, content: 'weather?' }] };
      const tools: OpenAI.ChatCompletionTool[] = [
        { type: 'function', function: { name: 'get_weather', parameters: { type: 'object' } } },
      ];
      const plain = await client.chat.completions.create({ ...ask, tools });
      expect(JSON.stringify(plain.choices[0]?.message.tool_calls)).toContain('get_weather');
      const streamed = client.chat.completions.stream({ ...ask, tools });
      const final = await streamed.finalChatCompletion();
      expect(JSON.stringify(final.choices[0]?.message.tool_calls)).toContain('Bern');
      await bench.expectSameBytes();
    });

    test('loses the prefix of its provider and not one other byte', async () => {
      const body =
        '{ "temperature":0.50,\n "model" : "openai/gpt-5" ,"messages":[{"role":"user","content":"openai/gpt-5 \\u0041"}]}';
      await bench.tap.fetch(`${bench.gateway.url()}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${bench.options().key}` },
        body,
      });
      expect(bench.vendors.last().body).toBe(body.replace('"openai/gpt-5"', '"gpt-5"'));
    });

    test('left in the middle closes the connection to the vendor', async () => {
      const leave = new AbortController();
      const stream = await client.chat.completions.create(
        { model: 'gpt-5', messages: [{ role: 'user', content: 'slowly' }], stream: true },
        { signal: leave.signal },
      );
      // 6.x waits at a `break` until all of the body is cancelled, also the tap's half of it.
      for await (const _ of stream) leave.abort();
      await bench.vendors.last().left;
      expect((await lastRecord()).outcome).toBe('cancelled');
    });
  });

  describe('Other calls', () => {
    test('responses, streamed and not', async () => {
      const answer = await client.responses.create({ model: 'gpt-5', input: 'Hi' });
      expect(answer.output_text).toBe(saidByMock);
      await bench.expectSameBytes();
      const stream = client.responses.stream({ model: 'gpt-5', input: 'Hi' });
      expect((await stream.finalResponse()).output_text).toBe(saidByMock);
      await bench.expectSameBytes();
    });

    test('embeddings', async () => {
      const answer = await client.embeddings.create({
        model: 'text-embedding-3-small',
        input: 'embed me',
        encoding_format: 'float',
      });
      expect(answer.data[0]?.embedding).toEqual([0.1, 0.2, 0.3]);
      await bench.expectSameBytes();
    });

    test('the list of models is OpenAI’s', async () => {
      const ids = (await client.models.list()).data.map(({ id }) => id);
      expect(ids).toEqual(['gpt-5']);
      // Asked for once, and kept.
      expect(bench.vendors.tapped.map(({ path }) => path)).toContain('/v1/models');
    });

    test('a path nobody knows yet passes, with its query and without the client key', async () => {
      const answer = await bench.tap.fetch(
        `${bench.gateway.url()}/v1/from-the-future?a=1&key=${bench.options().key}&b=%20`,
        { headers: { ...privateHeaders, 'x-stays': 'yes' } },
      );
      expect(answer.status).toBe(200);
      // `?key=` is how Gemini's callers show theirs.
      const arrived = bench.vendors.last();
      expect(arrived.path).toBe('/v1/from-the-future?a=1&b=%20');
      expectOnlyVendorKey(arrived, 'x-goog-api-key', vendorKeys.gemini);
      expect(arrived.headers.get('x-stays')).toBe('yes');
    });
  });

  describe('Errors of the vendor', () => {
    const cases = [
      [400, Sdk.BadRequestError],
      [404, Sdk.NotFoundError],
      [409, Sdk.ConflictError],
      [422, Sdk.UnprocessableEntityError],
    ] as const;
    test.each(cases)('%d is thrown as its own class', async (status, kind) => {
      bench.vendors.mock.nextRequestError(status, {
        message: 'Not so',
        type: 'invalid_request_error',
      });
      const asked = client.chat.completions.create({ model: 'gpt-5', messages });
      const error = await thrown(asked);
      expect(error).toBeInstanceOf(kind);
      expect(String(error)).toContain('Not so');
      await bench.expectSameBytes();
    });

    test('an unknown client key is an AuthenticationError, and no vendor is asked', async () => {
      const before = bench.vendors.tapped.length;
      const stranger = openAiClient({ ...bench.options(), key: 'not-a-client' }, 0, Sdk);
      const asked = stranger.chat.completions.create({ model: 'gpt-5', messages });
      expect(await thrown(asked)).toBeInstanceOf(Sdk.AuthenticationError);
      expect(bench.vendors.tapped).toHaveLength(before);
    });
  });
});
