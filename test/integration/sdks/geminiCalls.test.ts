/** What Google's SDK makes of its calls through the gateway: the same as without it. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { GenerateContentResponse, GoogleGenAI } from '@google/genai';
import { geminiRoutes } from '../../support/geminiVendor.ts';
import { startTwins } from '../../support/sdkTwins.ts';
import { bytesOf, routed } from '../../support/sdkVendor.ts';
import { geminiAt, geminis } from '../../support/sdkVersions.ts';
import { stoppedAfterAll } from '../../support/endings.ts';

setDefaultTimeout(60_000);

const twins = stoppedAfterAll(() => startTwins(routed(geminiRoutes)));

const ask = { model: 'gemini-2.5-flash', contents: 'How warm is it?' };
const tools = [{ functionDeclarations: [{ name: 'weather', description: 'How warm it is' }] }];
const cities = (answers: readonly GenerateContentResponse[]) =>
  answers.flatMap((answer) => (answer.functionCalls ?? []).map(({ args }) => args?.['city']));

async function all<Item>(stream: Promise<AsyncIterable<Item>>): Promise<Item[]> {
  const seen: Item[] = [];
  for await (const one of await stream) seen.push(one);
  return seen;
}

describe.each(geminis)('%s', (...[, Sdk]) => {
  const same = <Result>(call: (client: GoogleGenAI) => PromiseLike<Result>): Promise<Result> =>
    twins.same((options) => geminiAt(Sdk, options), call);

  test('gets calls of tools at once, with the signatures of its thoughts', async () => {
    const answer = await same((client) =>
      client.models.generateContent({ ...ask, config: { tools } }),
    );
    expect(cities([answer])).toEqual(['Bern', 'Köln']);
    expect(JSON.stringify(answer)).toContain('c2lnbmF0dXJl');
  });

  test('gets them in a stream', async () => {
    const answers = await same((client) =>
      all(client.models.generateContentStream({ ...ask, config: { tools } })),
    );
    expect(cities(answers)).toEqual(['Bern', 'Köln']);
  });

  test('gets thoughts and text in a stream, event by event', async () => {
    const answers = await same((client) => all(client.models.generateContentStream(ask)));
    expect(answers).toHaveLength(3);
    expect(answers.map(({ text }) => text ?? '').join('')).toBe('Grüße 🚀, I am done.');
  });

  test('holds a conversation, plain and streamed', async () => {
    const history = await same(async (client) => {
      const chat = client.chats.create({
        model: ask.model,
        config: { systemInstruction: 'Short' },
      });
      await chat.sendMessage({ message: 'How warm is it?' });
      await all(chat.sendMessageStream({ message: 'And now?' }));
      return chat.getHistory();
    });
    expect(history.length).toBeGreaterThanOrEqual(4);
  });

  test('gives back what a tool said', async () => {
    await same((client) =>
      client.models.generateContent({
        ...ask,
        contents: [
          { role: 'user', parts: [{ text: ask.contents }] },
          { role: 'model', parts: [{ functionCall: { name: 'weather', args: { city: 'Bern' } } }] },
          {
            role: 'user',
            parts: [{ functionResponse: { name: 'weather', response: { degrees: 21 } } }],
          },
        ],
        config: { tools },
      }),
    );
  });

  test('gets JSON by its schema', async () => {
    const answer = await same((client) =>
      client.models.generateContent({
        ...ask,
        config: {
          responseMimeType: 'application/json',
          responseJsonSchema: { type: 'object', properties: { degrees: { type: 'number' } } },
        },
      }),
    );
    expect(JSON.parse(answer.text ?? '')).toMatchObject({ degrees: 21 });
  });

  test('sends a picture of eight megabytes', async () => {
    const data = bytesOf(6_000_000).toString('base64');
    await same((client) =>
      client.models.generateContent({
        ...ask,
        contents: [{ inlineData: { mimeType: 'image/png', data } }, { text: 'What is it?' }],
      }),
    );
  });

  test('counts tokens and embeds', async () => {
    await same((client) => client.models.countTokens(ask));
    await same((client) =>
      client.models.embedContent({ model: 'gemini-embedding-001', contents: ['a', 'b'] }),
    );
  });

  test('keeps contents, and walks through their pages', async () => {
    await same((client) =>
      client.caches.create({ model: ask.model, config: { contents: 'A long text', ttl: '60s' } }),
    );
    const walked = await same(async (client) => {
      const seen: (string | undefined)[] = [];
      for await (const { name } of await client.caches.list({ config: { pageSize: 2 } }))
        seen.push(name);
      return seen;
    });
    expect(walked).toEqual(['one', 'two', 'three'].map((id) => `cachedContents/${id}`));
  });

  test('sends a file in parts, asks for it and removes it', async () => {
    const bytes = bytesOf(9_000_000);
    const made = await same((client) =>
      client.files.upload({
        file: new Blob([bytes], { type: 'image/png' }),
        config: { displayName: 'grüße.png' },
      }),
    );
    expect(made.name).toBe('files/abc');
    await same((client) => client.files.get({ name: 'files/abc' }));
    await same((client) => client.files.delete({ name: 'files/abc' }));
  });
});
