/** Everything else that Google's SDK asks for: uploads, caches, embeddings, operations, interactions, Live. */
import { afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { GoogleGenAI, type LiveServerMessage } from '@google/genai';
import { recordOf, requestId } from '../support/factsOf.ts';
import { keysNamed, startProxied } from '../support/proxied.ts';
import { clientKey, realtimeKeys, startRealtimeBench } from '../support/realtimeBench.ts';
import { sha256 } from '../support/vendor.ts';
import { stoppedAfterAll } from '../support/endings.ts';

const gateway = stoppedAfterAll(() =>
  startProxied({ keys: { gemini: keysNamed('one', 'two', 'tri') } }),
);
let client: GoogleGenAI;
beforeAll(() => {
  client = new GoogleGenAI({
    apiKey: 'any',
    httpOptions: { baseUrl: gateway.url(), apiVersion: 'v1beta' },
  });
});
afterEach(() => gateway.vendor.forget());

const answers = (body: object) => gateway.vendor.does((_request, reply) => reply.json(200, body));
const bytes = Buffer.from(Array.from({ length: 50_000 }, (_, at) => (at * 31) % 256));
const file = { name: 'files/abc-7', uri: 'https://vendor.example/v1beta/files/abc-7' };

/** Google's resumable upload: the start names where the bytes go. */
const takesUploads = () =>
  gateway.vendor.does((request, reply) => {
    const command = request.headers.get('x-goog-upload-command') ?? '';
    if (command === 'start') {
      return reply.send(200, '', {
        'x-goog-upload-status': 'active',
        'x-goog-upload-url': 'https://vendor.example/upload/v1beta/files?upload_id=up_7&key=theirs',
      });
    }
    if (!command.includes('finalize')) return reply.json(200, file);
    return reply.json(200, { file }, { 'x-goog-upload-status': 'final' });
  });

describe('An upload', () => {
  test('goes on through the gateway, to the key that began it, and so does what it made', async () => {
    takesUploads();
    const uploaded = await client.files.upload({
      file: new Blob([bytes]),
      config: { mimeType: 'image/png' },
    });
    expect(uploaded.name).toBe(file.name);
    const [start, finish] = gateway.vendor.arrived;
    expect(start?.path).toBe('/upload/v1beta/files');
    expect(finish?.path).toBe('/upload/v1beta/files?upload_id=up_7');
    expect(finish?.bodySha256).toBe(sha256(bytes));
    expect(finish?.key).toBe(start?.key ?? '');
    for (let turn = 0; turn < 3; turn += 1) {
      await client.files.get({ name: 'abc-7' });
      expect(gateway.vendor.last().key).toBe(start?.key ?? '');
    }
  });

  test('is led on under the address of the gateway', async () => {
    takesUploads();
    const headers = { 'x-goog-upload-command': 'start' };
    const answer = await gateway.post('/upload/v1beta/files', {}, { headers });
    expect(answer.headers.get('x-goog-upload-url')).toBe(
      `${gateway.url()}/upload/v1beta/files?upload_id=up_7`,
    );
  });

  test('sent by curl is no JSON, whatever its type says', async () => {
    takesUploads();
    const answer = await fetch(`${gateway.url()}/upload/v1beta/files?upload_id=up_7`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-goog-upload-command': 'upload, finalize',
      },
      body: bytes,
    });
    expect(answer.status).toBe(200);
    expect(gateway.vendor.last().bodySha256).toBe(sha256(bytes));
    expect((await recordOf(gateway, answer)).route).toBe('/upload/v1beta/files');
  });
});

describe('The rest', () => {
  const model = 'gemini-2.5-flash';
  const recorded = async (path: string, body: object = {}) => {
    const answer = await gateway.post(path, body);
    await answer.bytes();
    return recordOf(gateway, requestId(answer));
  };

  test('passes under its own route, with its model', async () => {
    answers({ name: 'cachedContents/7', usageMetadata: { promptTokenCount: 9 } });
    const asked = [
      [`/v1beta/models/${model}:countTokens`, '/v1beta/models/{model}:countTokens', model],
      [`/v1beta/models/emb:embedContent`, '/v1beta/models/{model}:embedContent', 'emb'],
      [`/v1beta/models/emb:batchEmbedContents`, '/v1beta/models/{model}:batchEmbedContents', 'emb'],
      [`/v1beta/models/imagen-4:predict`, '/v1beta/models/{model}:predict', 'imagen-4'],
      ['/v1beta/cachedContents', '/v1beta/cachedContents', ''],
      ['/v1beta/batches/b-7:cancel', '/v1beta/batches/{id}', ''],
    ] as const;
    for (const [path, route, named] of asked) {
      expect(await recorded(path)).toMatchObject({ route, model: named, outcome: 'completed' });
      expect(gateway.vendor.last().path).toBe(path);
    }
  });

  test('an interaction is counted, whole and as a stream', async () => {
    const usage = {
      total_input_tokens: 11,
      total_output_tokens: 7,
      total_thought_tokens: 3,
      total_cached_tokens: 2,
      total_tokens: 21,
    };
    const counted = { inputTokens: 11, outputTokens: 10, cachedTokens: 2, reasoningTokens: 3 };
    answers({ id: 'int_7', status: 'completed', model, usage });
    expect(await recorded('/v1beta/interactions', { model, input: 'Hi' })).toMatchObject({
      dialect: 'gemini',
      route: '/v1beta/interactions',
      model,
      usage: counted,
    });
    const event = (event_type: string, more: object) =>
      `event: ${event_type}\ndata: ${JSON.stringify({ event_type, ...more })}\n\n`;
    gateway.vendor.does((_request, reply) =>
      reply.stream(
        event('interaction.created', { interaction: { id: 'int_8', status: 'in_progress' } }),
        event('step.delta', { index: 0, delta: { type: 'text', text: 'Hello' } }),
        event('interaction.completed', {
          interaction: { id: 'int_8', status: 'completed', usage },
        }),
      ),
    );
    const streamed = await recorded('/v1beta/interactions', { model, input: 'Hi', stream: true });
    expect(streamed).toMatchObject({ streamed: true, outcome: 'completed', usage: counted });
    const { key } = gateway.vendor.last();
    answers({ id: 'int_8' });
    for (let turn = 0; turn < 3; turn += 1) {
      await recorded('/v1beta/interactions', {
        model,
        input: 'Go on',
        previous_interaction_id: 'int_8',
      });
      expect(gateway.vendor.last().key).toBe(key);
    }
  });

  test('a video is asked for where it was begun, and so is its file', async () => {
    const name = 'models/veo-3/operations/op-7';
    answers({ name });
    await recorded('/v1beta/models/veo-3:predictLongRunning', { instances: [] });
    const { key } = gateway.vendor.last();
    const uri = 'https://vendor.example/v1beta/files/vid-7:download?alt=media';
    const generateVideoResponse = { generatedSamples: [{ video: { uri } }] };
    answers({ name, done: true, response: { generateVideoResponse } });
    for (let turn = 0; turn < 3; turn += 1) {
      const answer = await fetch(`${gateway.url()}/v1beta/${name}`);
      expect(gateway.vendor.last().key).toBe(key);
      expect(await recordOf(gateway, answer)).toMatchObject({
        route: '/v1beta/models/{model}/operations/{id}',
        model: 'veo-3',
      });
    }
    for (let turn = 0; turn < 3; turn += 1) {
      await fetch(`${gateway.url()}/v1beta/files/vid-7:download?alt=media`);
      expect(gateway.vendor.last().key).toBe(key);
    }
  });
});

test('A Live session of the SDK passes', async () => {
  const bench = await startRealtimeBench();
  bench.vendor.does({
    onMessage({ socket }, message) {
      const { setup } = JSON.parse(String(message)) as { setup?: object };
      const said = setup ? { setupComplete: {} } : { serverContent: { turnComplete: true } };
      socket.send(Buffer.from(JSON.stringify(said)));
    },
  });
  const turn = Promise.withResolvers<LiveServerMessage>();
  const sdk = new GoogleGenAI({
    apiKey: clientKey,
    httpOptions: { baseUrl: bench.gateway.url() },
  });
  const session = await sdk.live.connect({
    model: 'gemini-live',
    callbacks: {
      onmessage(message) {
        if (message.serverContent) turn.resolve(message);
      },
    },
  });
  session.sendClientContent({ turns: 'Hi' });
  expect((await turn.promise).serverContent?.turnComplete).toBe(true);
  session.close();
  expect(await bench.recorded()).toMatchObject({ client: 'alice', model: 'gemini-live' });
  expect(bench.session().path).toEndWith(`?key=${realtimeKeys.google}`);
  await bench.stop();
});
