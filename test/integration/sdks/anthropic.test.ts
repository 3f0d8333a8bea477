/** The official Anthropic SDK, this major and the last, through the gateway to aimock: nothing but the key is different. */
import { beforeAll, describe, expect, test } from 'bun:test';
import type Anthropic from '@anthropic-ai/sdk';
import { recordOf } from '../../support/factsOf.ts';
import { saidByMock } from '../../support/mockVendors.ts';
import { thrown } from '../../support/officialSdks.ts';
import { anthropicClient } from '../../support/sdkClients.ts';
import {
  clientKey,
  expectOnlyVendorKey,
  privateHeaders,
  startSdkBench,
  vendorKeys,
} from '../../support/sdkBench.ts';
import { anthropics } from '../../support/sdkVersions.ts';
import { stoppedAfterAll } from '../../support/endings.ts';

const bench = stoppedAfterAll(startSdkBench);

describe.each(anthropics)('%s', (_name, Sdk) => {
  let client: Anthropic;
  beforeAll(() => {
    client = anthropicClient(bench.options(), 0, Sdk);
  });

  const messages = [{ role: 'user' as const, content: 'Hi' }];
  const message = { model: 'claude-opus-4-8', max_tokens: 100, messages };
  const lastRecord = () =>
    recordOf(bench.gateway, bench.tap.last().headers.get('x-signalbox-request-id') ?? '');

  describe('A message', () => {
    test('comes back as the vendor gave it, byte for byte', async () => {
      const answer = await client.messages.create(message);
      expect(answer.content).toMatchObject([{ type: 'text', text: saidByMock }]);
      await bench.expectSameBytes();
      const arrived = bench.vendors.last();
      expectOnlyVendorKey(arrived, 'x-api-key', vendorKeys.anthropic);
      expect(arrived.headers.get('anthropic-version')).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(arrived.headers.get('x-stainless-lang')).toBe('js');
      expect(await lastRecord()).toMatchObject({
        client: 'alice',
        dialect: 'anthropic',
        provider: 'anthropic',
        route: '/v1/messages',
        outcome: 'completed',
        usage: { inputTokens: 11, outputTokens: 7 },
      });
    });

    test('streams the same bytes, and its usage is recorded', async () => {
      const stream = client.messages.stream(message);
      expect(await stream.finalText()).toBe(saidByMock);
      await bench.expectSameBytes();
      expect(await lastRecord()).toMatchObject({
        streamed: true,
        outcome: 'completed',
        usage: { inputTokens: 11, outputTokens: 7 },
      });
    });

    test('calls tools, streamed and not', async () => {
      const ask = {
        ...message,
        messages: [{ role: 'user' as const, content: 'weather?' }],
        tools: [{ name: 'get_weather', input_schema: { type: 'object' as const } }],
      };
      const plain = await client.messages.create(ask);
      expect(plain.content.at(-1)).toMatchObject({ type: 'tool_use', input: { city: 'Bern' } });
      const final = await client.messages.stream(ask).finalMessage();
      expect(final.content.at(-1)).toMatchObject({ type: 'tool_use', input: { city: 'Bern' } });
      await bench.expectSameBytes();
    });

    test('keeps the beta and the version that the client asks for', async () => {
      const headers = {
        'anthropic-beta': 'context-1m-2026-01-01',
        'anthropic-version': '2026-10-21',
      };
      await client.messages.create(message, { headers });
      const arrived = bench.vendors.last();
      expect(arrived.headers.get('anthropic-beta')).toBe('context-1m-2026-01-01');
      expect(arrived.headers.get('anthropic-version')).toBe('2026-10-21');
    });

    test('may come with the client key in x-api-key, as curl users send it', async () => {
      const answer = await bench.tap.fetch(`${bench.gateway.url()}/v1/messages`, {
        method: 'POST',
        headers: { 'x-api-key': clientKey, ...privateHeaders },
        body: JSON.stringify(message),
      });
      expect(answer.status).toBe(200);
      const arrived = bench.vendors.last();
      expectOnlyVendorKey(arrived, 'x-api-key', vendorKeys.anthropic);
      // What sends no version gets the oldest.
      expect(arrived.headers.get('anthropic-version')).toBe('2023-06-01');
    });

    test('left in the middle closes the connection to the vendor', async () => {
      const stream = client.messages.stream({
        ...message,
        messages: [{ role: 'user', content: 'slowly' }],
      });
      for await (const event of stream) if (event.type === 'content_block_delta') break;
      stream.abort();
      await bench.vendors.last().left;
      expect(await lastRecord()).toMatchObject({
        outcome: 'cancelled',
        usage: { inputTokens: 11 },
      });
    });
  });

  describe('Other calls', () => {
    test('tokens are counted', async () => {
      const { input_tokens } = await client.messages.countTokens({
        model: message.model,
        messages,
      });
      expect(input_tokens).toBe(42);
      expect(bench.vendors.last().path).toBe('/v1/messages/count_tokens');
      await bench.expectSameBytes();
    });

    test('the list of models is Anthropic’s', async () => {
      const ids = (await client.models.list()).data.map(({ id }) => id);
      expect(ids).toEqual(['claude-opus-4-8']);
      expectOnlyVendorKey(bench.vendors.last(), 'x-api-key', vendorKeys.anthropic);
    });
  });

  describe('Errors of the vendor', () => {
    const cases = [
      [400, Sdk.BadRequestError],
      [404, Sdk.NotFoundError],
      [422, Sdk.UnprocessableEntityError],
    ] as const;
    test.each(cases)('%d is thrown as its own class', async (status, kind) => {
      bench.vendors.mock.nextRequestError(status, { message: 'Not so' });
      const error = await thrown(client.messages.create(message));
      expect(error).toBeInstanceOf(kind);
      expect(String(error)).toContain('Not so');
      await bench.expectSameBytes();
    });

    test('an unknown client key is an AuthenticationError, and no vendor is asked', async () => {
      const before = bench.vendors.tapped.length;
      const stranger = anthropicClient({ ...bench.options(), key: 'not-a-client' }, 0, Sdk);
      const error = await thrown(stranger.messages.create(message));
      expect(error).toBeInstanceOf(Sdk.AuthenticationError);
      expect(error).toMatchObject({ type: 'authentication_error' });
      expect(bench.vendors.tapped).toHaveLength(before);
    });
  });
});
