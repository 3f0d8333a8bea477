/** Everything else that OpenAI's SDK asks for: forms, files, sound, batches. */
import { afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import OpenAI, { toFile } from 'openai';
import { recordOf } from '../support/factsOf.ts';
import { keysNamed, startProxied } from '../support/proxied.ts';
import { formOf, sha256 } from '../support/vendor.ts';
import { stoppedAfterAll } from '../support/endings.ts';

const gateway = stoppedAfterAll(() =>
  startProxied({ keys: { openai: keysNamed('one', 'two', 'tri') } }),
);
let client: OpenAI;
beforeAll(() => {
  client = new OpenAI({ apiKey: 'any', baseURL: `${gateway.url()}/v1`, maxRetries: 0 });
});
afterEach(() => gateway.vendor.forget());

const answers = (body: object) => gateway.vendor.does((_request, reply) => reply.json(200, body));
const record = async (answered: { asResponse: () => Promise<Response> }) => {
  const answer = await answered.asResponse();
  await answer.bytes();
  return recordOf(gateway, answer);
};
const sound = Buffer.from(Array.from({ length: 5_000 }, (_, at) => (at * 31) % 256));
const tokens = { input_tokens: 14, output_tokens: 45, total_tokens: 59 };

describe('A form', () => {
  test('arrives with its file as it was, and its model is recorded', async () => {
    answers({ text: 'Hello', usage: { type: 'tokens', ...tokens } });
    const file = await toFile(sound, 'speech.mp3');
    const data = await record(
      client.audio.transcriptions.create({ file, model: 'gpt-4o-transcribe' }),
    );
    expect(data).toMatchObject({
      route: '/v1/audio/transcriptions',
      model: 'gpt-4o-transcribe',
      usage: { inputTokens: 14, outputTokens: 45 },
    });
    const arrived = (await formOf(gateway.vendor.last())).get('file') as File;
    expect(arrived.name).toBe('speech.mp3');
    expect(sha256(await arrived.bytes())).toBe(sha256(sound));
  });

  test('loses the prefix of its model, and nothing else', async () => {
    answers({ text: 'Hello' });
    const boundary = 'x'.repeat(30);
    const part = (head: string, value: Uint8Array | string) =>
      Buffer.concat([
        Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
        Buffer.from(value),
        Buffer.from('\r\n'),
      ]);
    const body = (model: string) =>
      Buffer.concat([
        part('name="file"; filename="a.wav"', sound),
        part('name="model"', model),
        part('name="prompt"', 'grüße'),
        Buffer.from(`--${boundary}--\r\n`),
      ]);
    const answer = await fetch(`${gateway.url()}/v1/audio/translations`, {
      method: 'POST',
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      body: body('openai/whisper-1'),
    });
    expect(answer.status).toBe(200);
    expect(gateway.vendor.last().bodySha256).toBe(sha256(body('whisper-1')));
    expect((await recordOf(gateway, answer)).model).toBe('whisper-1');
  });

  test('may ask for a stream', async () => {
    const done = `data: ${JSON.stringify({ type: 'transcript.text.done', text: 'Hi', usage: tokens })}\n\n`;
    gateway.vendor.does((_request, reply) => reply.stream(done));
    const file = await toFile(sound, 'speech.mp3');
    const stream = await client.audio.transcriptions.create({
      file,
      model: 'gpt-4o-transcribe',
      stream: true,
    });
    const types: string[] = [];
    for await (const { type } of stream) types.push(type);
    expect(types).toEqual(['transcript.text.done']);
    expect(gateway.vendor.last().headers.get('accept-encoding')).toBe('identity');
  });

  test('of twenty megabytes passes byte for byte', async () => {
    answers({ id: 'file-large', object: 'file' });
    const large = Buffer.alloc(20 * 1024 * 1024, sound);
    await client.files.create({ file: await toFile(large, 'b.jsonl'), purpose: 'batch' });
    const arrived = (await formOf(gateway.vendor.last())).get('file') as File;
    expect(sha256(await arrived.bytes())).toBe(sha256(large));
  });
});

describe('A packed request', () => {
  const body = JSON.stringify({ model: 'openai/gpt-5', messages: [] });
  const post = (packed: Uint8Array, encoding: string) =>
    gateway.post('/v1/chat/completions', '', {
      body: Buffer.from(packed),
      headers: { 'content-encoding': encoding },
    });

  test.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const)('stays so, byte for byte: %s', async (encoding, pack) => {
    const packed = pack(body.replace('openai/', ''));
    const answer = await post(packed, encoding);
    expect(gateway.vendor.last().headers.get('content-encoding')).toBe(encoding);
    expect(gateway.vendor.last().bodySha256).toBe(sha256(packed));
    expect((await recordOf(gateway, answer)).model).toBe('gpt-5');
  });

  test('whose model has a prefix is sent unpacked', async () => {
    await post(gzipSync(body), 'gzip');
    expect(gateway.vendor.last().headers.get('content-encoding')).toBeNull();
    expect(gateway.vendor.last().body.toString()).toBe(body.replace('openai/', ''));
  });

  test('that nobody can unpack is refused', async () => {
    for (const answer of [await post(gzipSync(body), 'compress'), await post(sound, 'gzip')]) {
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain('content encoding');
    }
    expect(gateway.vendor.arrived).toHaveLength(0);
  });
});

describe('Sound and pictures', () => {
  test('come down as they are, without a length too', async () => {
    gateway.vendor.does(async (_request, reply) => {
      reply.begin(200, { 'content-type': 'audio/mpeg' });
      for (let at = 0; at < sound.length; at += 1_000)
        await reply.chunk(sound.subarray(at, at + 1_000));
      reply.end();
    });
    const asked = { model: 'gpt-4o-mini-tts', voice: 'alloy', input: 'Hi' } as const;
    const answer = await client.audio.speech.create(asked);
    expect(answer.headers.get('content-type')).toBe('audio/mpeg');
    expect(sha256(await answer.bytes())).toBe(sha256(sound));
    expect(await recordOf(gateway, answer)).toMatchObject({
      model: 'gpt-4o-mini-tts',
      outcome: 'completed',
      responseBytes: sound.length,
    });
  });

  test('are counted by their tokens', async () => {
    const image = { created: 1, data: [{ b64_json: sound.toString('base64') }], usage: tokens };
    answers(image);
    const made = await record(client.images.generate({ model: 'gpt-image-1', prompt: 'A cat' }));
    expect(made).toMatchObject({ route: '/v1/images/generations', usage: { outputTokens: 45 } });
    const large = { ...image, data: [{ b64_json: 'x'.repeat(6 * 1024 * 1024) }], usage: tokens };
    answers(large);
    const asked = client.images.generate({ model: 'gpt-image-1', prompt: 'A city' });
    expect(await record(asked)).toMatchObject({ outcome: 'completed', usage: { inputTokens: 14 } });
    answers(image);
    const edited = await record(
      client.images.edit({
        image: await toFile(sound, 'a.png'),
        model: 'gpt-image-1',
        prompt: 'x',
      }),
    );
    expect(edited).toMatchObject({ route: '/v1/images/edits', model: 'gpt-image-1' });
  });
});

describe('The rest', () => {
  test('passes under its own route', async () => {
    answers({ id: 'x_1', object: 'list', data: [], usage: { prompt_tokens: 8, total_tokens: 8 } });
    const asked: [() => { asResponse: () => Promise<Response> }, string, string][] = [
      [
        () => client.embeddings.create({ model: 'm', input: 'x' }),
        'POST /v1/embeddings',
        '/v1/embeddings',
      ],
      [() => client.moderations.create({ input: 'x' }), 'POST /v1/moderations', '/v1/moderations'],
      [() => client.files.list(), 'GET /v1/files', '/v1/files'],
      [() => client.files.delete('file-1'), 'DELETE /v1/files/file-1', '/v1/files/{id}'],
      [
        () => client.uploads.complete('upload_1', { part_ids: [] }),
        'POST /v1/uploads/upload_1/complete',
        '/v1/uploads/{id}/complete',
      ],
      [
        () => client.batches.cancel('batch_1'),
        'POST /v1/batches/batch_1/cancel',
        '/v1/batches/{id}/cancel',
      ],
      [
        () => client.responses.cancel('resp_1'),
        'POST /v1/responses/resp_1/cancel',
        '/v1/responses/{id}/cancel',
      ],
      [
        () => client.responses.delete('resp_1'),
        'DELETE /v1/responses/resp_1',
        '/v1/responses/{id}',
      ],
      [
        () => client.responses.compact({ model: 'gpt-5' }),
        'POST /v1/responses/compact',
        '/v1/responses/compact',
      ],
      [() => client.conversations.create(), 'POST /v1/conversations', '/v1/conversations'],
      [
        () => client.vectorStores.retrieve('vs_1'),
        'GET /v1/vector_stores/vs_1',
        '/v1/vector_stores/{id}',
      ],
    ];
    for (const [ask, arrives, route] of asked) {
      const data = await record(ask());
      const { method, path } = gateway.vendor.last();
      expect(`${method} ${path}`).toBe(arrives);
      expect(data).toMatchObject({ route, outcome: 'completed', status: 200 });
    }
  });

  test('lines of JSON pass as they come', async () => {
    const lines = Buffer.from('{"custom_id":"1"}\n'.repeat(1_000));
    gateway.vendor.does((_request, reply) =>
      reply.send(200, lines, { 'content-type': 'application/jsonl' }),
    );
    const answer = await client.files.content('file-out');
    expect(sha256(await answer.bytes())).toBe(sha256(lines));
  });
});
