/** Recording of bodies: off, on, encrypted, read under an event, aged out. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connectNats } from '../../events/connection.ts';
import { apiOf, expectProblem, type Answer } from '../support/api.ts';
import { recordOf, requestId } from '../support/factsOf.ts';
import { bodies, keysNamed, startProxied, type Proxied } from '../support/proxied.ts';
import { until } from '../support/until.ts';

let proxied: Proxied;
const api = apiOf(() => proxied.url());
const secretWords = 'the-client-said-this';
const answeredWords = 'the-vendor-answered-that';
const ask = (words = secretWords) =>
  proxied.ask('openai', { messages: [{ role: 'user', content: words }] });

const set = (name: string, value: unknown) => api('PUT', `/api/settings/${name}`, { value });

/** The bodies of a request, once they are written. */
async function bodyOf(answered: Response): Promise<Answer> {
  const path = `/api/logs/${requestId(answered)}/body`;
  let answer = await api('GET', path);
  await until('the bodies are written', async () => {
    answer = await api('GET', path);
    return answer.status === 200;
  });
  return answer;
}

beforeAll(async () => {
  proxied = await startProxied({ keys: { openai: keysNamed('one') } });
  proxied.vendor.does((_, reply) =>
    reply.json(200, { choices: [{ message: { content: answeredWords } }] }),
  );
});
afterAll(() => proxied.stop());

describe('While nothing asks for it', () => {
  test('no body is recorded, and the reason is told', async () => {
    const answered = await ask();
    const id = requestId(answered);
    await until('the request is projected', async () => {
      return (await api('GET', `/api/logs/${id}`)).status === 200;
    });
    expectProblem(await api('GET', `/api/logs/${id}/body`), 404, 'BODY_NOT_RECORDED');
  });

  test('a request that never was is another reason', async () => {
    const unknown = crypto.randomUUID();
    expectProblem(await api('GET', `/api/logs/${unknown}/body`), 404, 'REQUEST_NOT_FOUND');
    expectProblem(await api('GET', '/api/logs/a.*.%3E/body'), 404, 'REQUEST_NOT_FOUND');
  });
});

describe('While the setting asks for it', () => {
  beforeAll(async () => {
    expect((await set('record_bodies', true)).status).toBe(200);
  });
  afterAll(async () => {
    await set('record_bodies', false);
  });

  test('a request is kept with its answer, and the client gets what it always got', async () => {
    const answered = await ask();
    const answer = await answered.text();
    expect(answer).toContain(answeredWords);
    const { json } = await bodyOf(answered);
    expect(json.id).toBe(requestId(answered));
    expect(JSON.parse(json.request.text)).toEqual({
      ...bodies.openai,
      messages: [{ role: 'user', content: secretWords }],
    });
    expect(json.response).toEqual({
      content_type: 'application/json',
      bytes: answer.length,
      truncated: false,
      text: answer,
      base64: null,
    });
  });

  test('a stream is kept as it passed, up to its end', async () => {
    const chunks = [
      'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n',
      'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
      'data: [DONE]\n\n',
    ];
    proxied.vendor.does((_, reply) => reply.stream(...chunks));
    const answered = await proxied.askStream('openai');
    expect(await answered.text()).toBe(chunks.join(''));
    const { json } = await bodyOf(answered);
    expect(json.response.text).toBe(chunks.join(''));
    expect((await recordOf(proxied, answered)).outcome).toBe('completed');
  });

  test('a client that leaves in the middle is noticed as ever, and what it got is kept', async () => {
    const first = 'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n';
    proxied.vendor.does(async (_, reply) => {
      reply.begin();
      await reply.chunk(first);
    });
    const leaving = new AbortController();
    const answered = await proxied.askStream('openai', { signal: leaving.signal });
    await answered.body?.getReader().read();
    leaving.abort();
    await proxied.vendor.last().closed;
    expect((await recordOf(proxied, answered)).outcome).toBe('cancelled');
    expect((await bodyOf(answered)).json.response.text).toBe(first);
  });

  test('of a long answer the beginning is kept, and said to be one', async () => {
    const long = JSON.stringify({ text: 'é'.repeat(600_000) });
    proxied.vendor.does((_, reply) =>
      reply.send(200, long, { 'content-type': 'application/json' }),
    );
    const answered = await ask();
    expect(await answered.text()).toBe(long);
    const { json } = await bodyOf(answered);
    expect(json.response).toMatchObject({ bytes: Buffer.byteLength(long), truncated: true });
    expect(long.startsWith(json.response.text)).toBe(true);
    expect(Buffer.byteLength(json.response.text)).toBeGreaterThan(999_990);
  });

  test('an answer that is no text is kept as the bytes it is', async () => {
    const sound = Uint8Array.from([0xff, 0xfb, 0x90, 0x00]);
    proxied.vendor.does((_, reply) => reply.send(200, sound, { 'content-type': 'audio/mpeg' }));
    const answered = await proxied.post('/v1/audio/speech', { model: 'tts-1', input: 'Hi' });
    expect(Buffer.from(await answered.arrayBuffer())).toEqual(Buffer.from(sound));
    const { json } = await bodyOf(answered);
    expect(json.response).toMatchObject({
      text: null,
      base64: Buffer.from(sound).toString('base64'),
    });
  });

  test('every look is an event that names who looked, at what', async () => {
    const answered = await ask('look at me');
    await bodyOf(answered);
    const { json } = await api('GET', '/api/events?type=RequestBodyRead&order=desc&limit=1');
    expect(json.data[0]).toMatchObject({
      kind: 'operator',
      data: { request_id: requestId(answered) },
      by: { kind: 'operator' },
    });
  });

  test('nothing of it lies readable in the store, and no credential at all', async () => {
    proxied.vendor.does((_, reply) => reply.json(200, { words: answeredWords }));
    await bodyOf(await ask());
    const nc = await connectNats(proxied.nats.connectOptions());
    const { state } = await (await jetstreamManager(nc)).streams.info('BODIES');
    expect(state.messages).toBeGreaterThan(0);
    await nc.close();
    const { folder } = proxied.nats;
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((one) => one.isFile())) {
      const stored = await readFile(join(entry.parentPath, entry.name));
      for (const words of [secretWords, answeredWords, ...keysNamed('one')]) {
        expect([entry.name, stored.includes(words)]).toEqual([entry.name, false]);
      }
    }
  });

  test('while the log is away requests are answered, and their bodies dropped and counted', async () => {
    proxied.vendor.does((_, reply) => reply.json(200, { words: answeredWords }));
    await proxied.nats.kill9();
    await until('the gateway noticed', async () => (await api('GET', '/ready')).status === 503);
    expect((await ask()).status).toBe(200);
    const dropped = /^signalbox_bodies_dropped(?:\{.*\})? ([1-9]\d*)$/m;
    await until('it is counted', async () => dropped.test((await api('GET', '/metrics')).text));
    await proxied.nats.restart();
    await until('it is back', async () => (await api('GET', '/ready')).status === 200);
    await bodyOf(await ask());
  });

  test('a day’s bodies are gone with the key of the day, and the reason is told', async () => {
    proxied.vendor.does((_, reply) => reply.json(200, { words: answeredWords }));
    const answered = await ask();
    await bodyOf(answered);
    const nc = await connectNats(proxied.nats.connectOptions());
    const manager = await jetstreamManager(nc);
    const day = new Date().toISOString().slice(0, 10);
    const key = await manager.streams.getMessage('KV_secrets', {
      last_by_subj: `$KV.secrets.recording.${day}`,
    });
    await manager.streams.deleteMessage('KV_secrets', key?.seq ?? 0, true);
    await nc.close();
    expectProblem(await api('GET', `/api/logs/${requestId(answered)}/body`), 404, 'BODY_AGED_OUT');
  });

  test('how long they are kept is a setting, which the stream follows', async () => {
    expect((await set('recording_days', 2)).status).toBe(200);
    const nc = await connectNats(proxied.nats.connectOptions());
    const manager = await jetstreamManager(nc);
    await until('the stream follows', async () => {
      const { config } = await manager.streams.info('BODIES');
      return config.max_age === 2 * 24 * 3_600e9;
    });
    await nc.close();
  });
});
