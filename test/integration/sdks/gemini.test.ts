/** The official Google SDK, this major and the last, through the gateway to aimock, in both versions of the API. */
import { beforeAll, describe, expect, test } from 'bun:test';
import type { GoogleGenAI } from '@google/genai';
import { recordOf } from '../../support/factsOf.ts';
import { saidByMock } from '../../support/mockVendors.ts';
import { thrown } from '../../support/officialSdks.ts';
import { geminiClient } from '../../support/sdkClients.ts';
import {
  clientKey,
  expectOnlyVendorKey,
  privateHeaders,
  startSdkBench,
  vendorKeys,
} from '../../support/sdkBench.ts';
import { geminis } from '../../support/sdkVersions.ts';
import { stoppedAfterAll } from '../../support/endings.ts';

const bench = stoppedAfterAll(startSdkBench);

describe.each(geminis)('%s', (_name, Sdk, Failure) => {
  const prompt = { model: 'gemini-2.5-flash', contents: 'Hi' };
  const lastRecord = () =>
    recordOf(bench.gateway, bench.tap.last().headers.get('x-signalbox-request-id') ?? '');
  const ownHeader = ['x-goog-api-key', vendorKeys.gemini] as const;

  describe.each(['v1', 'v1beta'] as const)('Under /%s', (version) => {
    let client: GoogleGenAI;
    beforeAll(() => {
      client = geminiClient(bench.options(), version, Sdk);
    });

    test('content comes back as the vendor gave it, byte for byte', async () => {
      const answer = await client.models.generateContent(prompt);
      expect(answer.text).toBe(saidByMock);
      await bench.expectSameBytes();
      const arrived = bench.vendors.last();
      expect(arrived.path).toBe(`/${version}/models/gemini-2.5-flash:generateContent`);
      expectOnlyVendorKey(arrived, ...ownHeader);
      expect(await lastRecord()).toMatchObject({
        client: 'alice',
        dialect: 'gemini',
        provider: 'gemini',
        model: 'gemini-2.5-flash',
        route: `/${version}/models/{model}:generateContent`,
        outcome: 'completed',
        usage: { inputTokens: 11, outputTokens: 7 },
      });
    });

    test('streams the same bytes, and its usage is recorded', async () => {
      let said = '';
      for await (const chunk of await client.models.generateContentStream(prompt))
        said += chunk.text;
      expect(said).toBe(saidByMock);
      await bench.expectSameBytes();
      expect(await lastRecord()).toMatchObject({
        streamed: true,
        outcome: 'completed',
        usage: { inputTokens: 11, outputTokens: 7 },
      });
    });

    test('calls tools, streamed and not', async () => {
      const ask = {
        ...prompt,
        contents: 'weather?',
        config: { tools: [{ functionDeclarations: [{ name: 'get_weather' }] }] },
      };
      const plain = await client.models.generateContent(ask);
      expect(plain.functionCalls?.[0]).toMatchObject({
        name: 'get_weather',
        args: { city: 'Bern' },
      });
      let called = '';
      for await (const chunk of await client.models.generateContentStream(ask))
        called += JSON.stringify(chunk.functionCalls ?? '');
      expect(called).toContain('Bern');
      await bench.expectSameBytes();
    });

    test('counts tokens and embeds', async () => {
      expect((await client.models.countTokens(prompt)).totalTokens).toBe(42);
      await bench.expectSameBytes();
      const embedded = await client.models.embedContent({
        model: 'gemini-embedding-001',
        contents: ['embed me'],
      });
      expect(embedded.embeddings?.[0]?.values).toEqual([0.1, 0.2, 0.3]);
      await bench.expectSameBytes();
    });

    test('lists Gemini’s models', async () => {
      const names: (string | undefined)[] = [];
      for await (const model of await client.models.list()) names.push(model.name);
      expect(names).toEqual(['models/gemini-2.5-flash']);
      expectOnlyVendorKey(bench.vendors.last(), ...ownHeader);
    });

    test.each([400, 404])('an error %d of the vendor is thrown with its status', async (status) => {
      bench.vendors.mock.nextRequestError(status, { message: 'Not so' });
      const error = await thrown(client.models.generateContent(prompt));
      expect(error).toBeInstanceOf(Failure);
      expect(error).toMatchObject({ status });
      expect(String(error)).toContain('Not so');
      await bench.expectSameBytes();
    });

    test('an unknown client key is a 401 in its dialect, and no vendor is asked', async () => {
      const before = bench.vendors.tapped.length;
      const stranger = geminiClient({ ...bench.options(), key: 'not-a-client' }, version, Sdk);
      const error = await thrown(stranger.models.generateContent(prompt));
      expect(error).toMatchObject({ status: 401 });
      expect(String(error)).toContain('UNAUTHENTICATED');
      expect(bench.vendors.tapped).toHaveLength(before);
    });
  });

  describe('The client key', () => {
    test('may come in the query, which no vendor and no log sees', async () => {
      const path = '/v1beta/models/gemini-2.5-flash:generateContent';
      const answer = await bench.tap.fetch(
        `${bench.gateway.url()}${path}?alt=json&key=${clientKey}`,
        {
          method: 'POST',
          headers: privateHeaders,
          body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }),
        },
      );
      expect(answer.status).toBe(200);
      expect(bench.vendors.last().path).toBe(`${path}?alt=json`);
      expectOnlyVendorKey(bench.vendors.last(), ...ownHeader);
      expect(JSON.stringify(await lastRecord())).not.toContain(clientKey);
    });
  });

  describe('A stream', () => {
    test('left in the middle closes the connection to the vendor', async () => {
      const client = geminiClient(bench.options(), 'v1beta', Sdk);
      const leave = new AbortController();
      const stream = await client.models.generateContentStream({
        ...prompt,
        contents: 'slowly',
        config: { abortSignal: leave.signal },
      });
      for await (const _ of stream) break;
      leave.abort();
      await bench.vendors.last().left;
      expect((await lastRecord()).outcome).toBe('cancelled');
    });

    test('in OpenAI’s dialect goes to Gemini with a bearer key', async () => {
      const answer = await bench.tap.fetch(
        `${bench.gateway.url()}/v1beta/openai/chat/completions`,
        {
          method: 'POST',
          headers: { authorization: `Bearer ${clientKey}` },
          body: JSON.stringify({ model: 'gemini-2.5-flash', messages: [] }),
        },
      );
      expect(answer.headers.get('x-signalbox-request-id')).not.toBeNull();
      const arrived = bench.vendors.last();
      expect(arrived.path).toBe('/v1beta/openai/chat/completions');
      expectOnlyVendorKey(arrived, 'authorization', `Bearer ${vendorKeys.gemini}`);
    });
  });
});
