/** What Anthropic's SDK makes of its calls through the gateway: the same as without it. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import type Anthropic from '@anthropic-ai/sdk';
import { toFile } from '@anthropic-ai/sdk';
import { anthropicRoutes, sheet } from '../../support/anthropicVendor.ts';
import { clientKey, startTwins } from '../../support/sdkTwins.ts';
import { bytesOf, routed } from '../../support/sdkVendor.ts';
import { anthropicAt, anthropics } from '../../support/sdkVersions.ts';
import { sha256 } from '../../support/vendor.ts';
import { stoppedAfterAll } from '../../support/endings.ts';

setDefaultTimeout(60_000);

const twins = stoppedAfterAll(() => startTwins(routed(anthropicRoutes)));

const weather = { name: 'weather', input_schema: { type: 'object' as const } };
const ask = {
  model: 'claude-opus-4-8',
  max_tokens: 1_000,
  messages: [{ role: 'user' as const, content: 'How warm is it?' }],
};
const cities = (content: readonly object[]) =>
  content.flatMap((block) => ('input' in block ? [(block.input as { city: string }).city] : []));

describe.each(anthropics)('%s', (_name, Sdk) => {
  const same = <Result>(call: (client: Anthropic) => PromiseLike<Result>): Promise<Result> =>
    twins.same((options) => anthropicAt(Sdk, options), call);

  test('gets calls of tools at once, after its thinking', async () => {
    const { content } = await same((client) =>
      client.messages.create({ ...ask, tools: [weather] }),
    );
    expect(content[0]).toMatchObject({ type: 'thinking', signature: 'EqQBCgIYAhIM' });
    expect(cities(content)).toEqual(['Bern', 'Köln']);
  });

  test('puts a stream together: thinking, text, calls from pieces that are no JSON', async () => {
    const [final, events] = await same(async (client) => {
      const seen: string[] = [];
      const stream = client.messages
        .stream({ ...ask, tools: [weather], thinking: { type: 'enabled', budget_tokens: 1_024 } })
        .on('inputJson', (piece) => void seen.push(piece))
        .on('thinking', (piece) => void seen.push(piece));
      return [await stream.finalMessage(), seen] as const;
    });
    expect(cities(final.content)).toEqual(['Bern', 'Köln']);
    expect(final.usage).toMatchObject({ input_tokens: 25, output_tokens: 15 });
    expect(events.length).toBeGreaterThan(10);
  });

  test('gets every event of a stream, in order', async () => {
    const types = await same(async (client) => {
      const seen: string[] = [];
      for await (const { type } of await client.messages.create({ ...ask, stream: true }))
        seen.push(type);
      return seen;
    });
    expect(types.at(0)).toBe('message_start');
    expect(types.at(-1)).toBe('message_stop');
  });

  test.each([false, true])(
    'runs tools and goes on with what they gave, streamed: %p',
    async (stream) => {
      const [said, asked] = await same(async (client) => {
        const seen: string[] = [];
        const tool = {
          ...weather,
          type: 'custom' as const,
          description: 'How warm it is',
          parse: (input: unknown) => input as { city: string },
          run: ({ city }: { city: string }) => {
            seen.push(city);
            return `21 in ${city}`;
          },
        };
        const runner = client.beta.messages.toolRunner({ ...ask, tools: [tool], stream });
        const last = await runner;
        return [(await last).content, seen] as const;
      });
      expect(asked).toEqual(['Bern', 'Köln']);
      expect(said[0]).toMatchObject({ type: 'text', text: 'It is warm.' });
    },
  );

  test('sends a picture of eight megabytes and a document', async () => {
    await same((client) =>
      client.messages.create({
        ...ask,
        messages: [
          {
            role: 'user',
            content: [
              {
                type: 'image',
                source: {
                  type: 'base64',
                  media_type: 'image/png',
                  data: bytesOf(6_000_000).toString('base64'),
                },
              },
              {
                type: 'document',
                source: { type: 'text', media_type: 'text/plain', data: 'Grüße "x"' },
                citations: { enabled: true },
              },
            ],
          },
        ],
      }),
    );
  });

  test('counts tokens, also in a beta', async () => {
    const { model, messages } = ask;
    await same((client) => client.messages.countTokens({ model, messages }));
    const betas = ['context-1m-2026-01-01', 'files-api-2026-04-14'];
    const { input_tokens } = await same((client) =>
      client.beta.messages.countTokens({ model, messages, betas }),
    );
    expect(input_tokens).toBe(42);
  });

  test('asks for a message in a beta, plain and streamed', async () => {
    const betas = ['fine-grained-tool-streaming-2026-05-14', 'context-1m-2026-01-01'];
    await same((client) => client.beta.messages.create({ ...ask, betas }));
    const final = await same((client) =>
      client.beta.messages.stream({ ...ask, betas, tools: [weather] }).finalMessage(),
    );
    expect(cities(final.content)).toEqual(['Bern', 'Köln']);
  });

  test('sends files, gets them back byte for byte, and walks through their pages', async () => {
    await same(async (client) =>
      client.beta.files.upload({
        file: await toFile(sheet, 'grüße.pdf', { type: 'application/pdf' }),
      }),
    );
    const content = await same(async (client) => {
      const answer = await client.beta.files.download('file_1');
      return sha256(new Uint8Array(await answer.arrayBuffer()));
    });
    expect(content).toBe(sha256(sheet));
    const walked = await same(async (client) => {
      const seen: string[] = [];
      for await (const { id } of client.beta.files.list({ limit: 2 })) seen.push(id);
      return seen;
    });
    expect(walked).toEqual(['file_1', 'file_2', 'file_3']);
    await same((client) => client.beta.files.delete('file_1'));
  });

  test('makes a batch, and gets its results from the gateway, not with our key from the vendor', async () => {
    const requests = [{ custom_id: 'one', params: ask }];
    await same((client) => client.messages.batches.create({ requests }));
    const url = twins.gateway.url();
    const client = anthropicAt(Sdk, { url, key: clientKey });
    const { results_url } = await client.messages.batches.retrieve('msgbatch_1');
    expect(results_url).toBe(`${url}/v1/messages/batches/msgbatch_1/results`);
    const got: string[] = [];
    for await (const { custom_id } of await client.messages.batches.results('msgbatch_1'))
      got.push(custom_id);
    expect(got).toEqual(['one', 'two']);
  });

  test('shows the id of the request', async () => {
    const seen = await same(async (client) => {
      const { data, request_id } = await client.messages.create(ask).withResponse();
      return [Reflect.get(data, '_request_id'), request_id];
    });
    expect(seen).toEqual(['req_1', 'req_1']);
  });
});
