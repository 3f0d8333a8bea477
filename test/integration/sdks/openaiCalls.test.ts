/** What OpenAI's SDK makes of its calls through the gateway: the same as without it. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import type OpenAI from 'openai';
import { toFile } from 'openai';
import { startTwins } from '../../support/sdkTwins.ts';
import { openAiRoutes, sound, vector } from '../../support/openAiVendor.ts';
import { bytesOf, routed } from '../../support/sdkVendor.ts';
import { openAiAt, openAis } from '../../support/sdkVersions.ts';
import { sha256 } from '../../support/vendor.ts';
import { stoppedAfterAll } from '../../support/endings.ts';

setDefaultTimeout(60_000);

const twins = stoppedAfterAll(() => startTwins(routed(openAiRoutes)));

const model = 'gpt-5';
const messages = [{ role: 'user' as const, content: 'How warm is it?' }];
const tools: OpenAI.ChatCompletionTool[] = [
  { type: 'function', function: { name: 'weather', parameters: { type: 'object' } } },
];

describe.each(openAis)('%s', (_name, Sdk) => {
  const same = <Result>(ask: (client: OpenAI) => PromiseLike<Result>): Promise<Result> =>
    twins.same((options) => openAiAt(Sdk, options), ask);

  test('gets calls of tools at once, plain', async () => {
    const answer = await same((client) =>
      client.chat.completions.create({ model, messages, tools }),
    );
    expect(answer.choices[0]?.message.tool_calls).toHaveLength(2);
  });

  test('puts calls of tools together from their pieces', async () => {
    const answer = await same((client) =>
      client.chat.completions.stream({ model, messages, tools }).finalChatCompletion(),
    );
    const cities = answer.choices[0]?.message.tool_calls?.map((one) =>
      'function' in one ? JSON.parse(one.function.arguments).city : '',
    );
    expect(cities).toEqual(['Bern', 'Köln']);
  });

  test.each([false, true])(
    'runs tools and goes on with what they gave, streamed: %p',
    async (stream) => {
      const said = await same(async (client) => {
        const asked: string[] = [];
        const weather = {
          type: 'function' as const,
          function: {
            name: 'weather',
            description: 'How warm it is',
            parameters: { type: 'object', properties: { city: { type: 'string' } } },
            parse: JSON.parse,
            function: ({ city }: { city: string }) => {
              asked.push(city);
              return `21 in ${city}`;
            },
          },
        };
        const { completions } = client.chat;
        const runner = stream
          ? completions.runTools({ model, messages, tools: [weather], stream })
          : completions.runTools({ model, messages, tools: [weather] });
        return [await runner.finalContent(), asked];
      });
      expect(said[1]).toEqual(['Bern', 'Köln']);
    },
  );

  test('gets JSON by its schema', async () => {
    const answer = await same((client) =>
      client.chat.completions.parse({
        model,
        messages,
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'weather', strict: true, schema: { type: 'object' } },
        },
      }),
    );
    expect(answer.choices[0]?.message.content).toContain('21');
  });

  test('sends a picture of eight megabytes in a message', async () => {
    const url = `data:image/png;base64,${bytesOf(6_000_000).toString('base64')}`;
    await same((client) =>
      client.chat.completions.create({
        model,
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is it?' },
              { type: 'image_url', image_url: { url, detail: 'high' } },
            ],
          },
        ],
      }),
    );
  });

  test('gets vectors, packed as it asks for them, and as numbers', async () => {
    for (const more of [{}, { encoding_format: 'float' as const }]) {
      const answer = await same((client) =>
        client.embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'b'], ...more }),
      );
      expect([...(answer.data[0]?.embedding ?? [])]).toEqual([...vector]);
    }
  });

  test('sends files, gets them back byte for byte, and walks through their pages', async () => {
    const made = await same(async (client) =>
      client.files.create({ file: await toFile(sound, 'grüße.jsonl'), purpose: 'batch' }),
    );
    expect(made.id).toBe('file-1');
    const content = await same(async (client) => {
      const answer = await client.files.content('file-1');
      return sha256(new Uint8Array(await answer.arrayBuffer()));
    });
    expect(content).toBe(sha256(sound));
    const walked = await same(async (client) => {
      const seen: string[] = [];
      for await (const { id } of client.files.list({ limit: 2 })) seen.push(id);
      return seen;
    });
    expect(walked).toEqual(['file-1', 'file-2', 'file-3']);
    await same((client) => client.files.delete('file-1'));
  });

  test('speaks, listens and paints', async () => {
    const heard = await same(async (client) => {
      const answer = await client.audio.speech.create({
        model: 'tts-1',
        voice: 'alloy',
        input: 'Hi',
      });
      return sha256(new Uint8Array(await answer.arrayBuffer()));
    });
    expect(heard).toBe(sha256(sound));
    await same(async (client) =>
      client.audio.transcriptions.create({
        model: 'whisper-1',
        file: await toFile(sound, 'speech.mp3', { type: 'audio/mpeg' }),
      }),
    );
    await same(async (client) =>
      client.images.edit({
        model: 'gpt-image-1',
        prompt: 'a hat',
        image: [
          await toFile(sound, 'one.png', { type: 'image/png' }),
          await toFile(sound, 'two.png', { type: 'image/png' }),
        ],
      }),
    );
  });

  test('uses what is less known', async () => {
    await same((client) =>
      client.moderations.create({ model: 'omni-moderation-latest', input: 'Hi' }),
    );
    await same((client) => client.vectorStores.list());
    await same((client) =>
      client.uploads.create({
        bytes: 10,
        filename: 'a.jsonl',
        mime_type: 'text/jsonl',
        purpose: 'batch',
      }),
    );
  });

  test('shows the id of the request, and the answer as it came', async () => {
    const seen = await same(async (client) => {
      const { data, response, request_id } = await client.chat.completions
        .create({ model, messages })
        .withResponse();
      return [
        Reflect.get(data, '_request_id'),
        request_id,
        response.status,
        response.headers.get('content-type'),
      ];
    });
    expect(seen).toEqual(['req_1', 'req_1', 200, 'application/json']);
  });
});
