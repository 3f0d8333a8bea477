/** Answers that are no streams: passed byte for byte, asked for again when they break, never half. */
import { afterEach, describe, expect, test } from 'bun:test';
import { gzipSync } from 'node:zlib';
import { recordOf, requestId } from '../support/factsOf.ts';
import { answers, keysNamed, startProxied } from '../support/proxied.ts';
import { sha256 } from '../support/vendor.ts';
import { stoppedAfterAll } from '../support/endings.ts';

const gateway = stoppedAfterAll(() =>
  startProxied({
    keys: { openai: keysNamed('one', 'two') },
    limits: { plainMs: 400, stallMs: 400, transientPauseMs: 1 },
  }),
);
afterEach(() => gateway.vendor.forget());

describe('A plain answer', () => {
  test('that was packed stays so, byte for byte, and its usage is read', async () => {
    const packed = gzipSync(JSON.stringify(answers.openai));
    gateway.vendor.does((_request, reply) =>
      reply.send(200, packed, { 'content-type': 'application/json', 'content-encoding': 'gzip' }),
    );
    const answer = await gateway.ask('openai', {}, { decompress: false } as RequestInit);
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(sha256(await answer.bytes())).toBe(sha256(packed));
    expect((await recordOf(gateway, answer)).usage).toMatchObject({ inputTokens: 5 });
  });

  test.each(['shorter than it said', 'in chunks that do not end'])(
    '%s is asked for again',
    async (how) => {
      let asked = 0;
      gateway.vendor.does(async (_request, reply) => {
        asked += 1;
        if (asked > 1) return reply.json(200, answers.openai);
        const half = JSON.stringify(answers.openai).slice(0, 50);
        if (how.startsWith('in')) reply.begin(200, { 'content-type': 'application/json' });
        else
          reply.raw(
            `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n${half}`,
          );
        if (how.startsWith('in')) await reply.chunk(half);
        reply.cut();
      });
      const answer = await gateway.ask('openai');
      expect(await answer.json()).toEqual(answers.openai);
      expect((await recordOf(gateway, answer)).attempts).toHaveLength(2);
    },
  );

  test('too large to hold that breaks also breaks for the client', async () => {
    const large = Buffer.alloc(6 * 1024 * 1024, 'x');
    gateway.vendor.does(async (_request, reply) => {
      reply.raw(
        `HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\ncontent-length: ${large.length * 2}\r\n\r\n`,
      );
      reply.raw(large);
      reply.cut();
    });
    const answer = await gateway.post('/v1/audio/speech', { model: 'tts-1', input: 'x' });
    const id = requestId(answer);
    const read = await answer.bytes().then(
      () => 'read',
      () => 'broken',
    );
    expect(read).toBe('broken');
    expect((await recordOf(gateway, id)).outcome).toBe('truncated');
  });

  test('too large to hold that stalls breaks for the client too', async () => {
    const part = Buffer.alloc(5 * 1024 * 1024, 'x');
    gateway.vendor.does((_request, reply) => {
      reply.raw(`HTTP/1.1 200 OK\r\ncontent-length: ${part.length * 2}\r\n\r\n`);
      reply.raw(part);
    });
    const answer = await gateway.post('/v1/audio/speech', { model: 'tts-1', input: 'x' });
    const read = await answer.bytes().then(
      () => 'read',
      () => 'broken',
    );
    expect(read).toBe('broken');
    expect((await recordOf(gateway, requestId(answer))).outcome).toBe('truncated');
    await gateway.vendor.last().closed;
  });

  test('too large to hold that its client leaves is cancelled', async () => {
    const part = Buffer.alloc(5 * 1024 * 1024, 'x');
    gateway.vendor.does((_request, reply) => {
      reply.raw(`HTTP/1.1 200 OK\r\ncontent-length: ${part.length * 20}\r\n\r\n`);
      for (let at = 0; at < 20; at++) reply.raw(part);
    });
    const leave = new AbortController();
    const answer = await gateway.post(
      '/v1/audio/speech',
      { model: 'tts-1', input: 'x' },
      { signal: leave.signal },
    );
    await answer.body?.getReader().read();
    const leftMs = Date.now();
    leave.abort();
    expect((await gateway.vendor.last().closed) - leftMs).toBeLessThan(1_000);
    expect((await recordOf(gateway, requestId(answer))).outcome).toBe('cancelled');
  });

  test('of which nobody said how large it is, passes as it comes once it is', async () => {
    const text = 'x'.repeat(5 * 1024 * 1024);
    const { usage, ...rest } = answers.openai as { usage: object };
    const begun = `{"padding":"${text}",`;
    const ended = `${JSON.stringify({ ...rest, usage }).slice(1)}`;
    const clientReads = Promise.withResolvers<void>();
    gateway.vendor.does(async (_request, reply) => {
      reply.begin(200, { 'content-type': 'application/json' });
      await reply.chunk(begun);
      await clientReads.promise;
      await reply.chunk(ended);
      reply.end();
    });
    const answer = await gateway.ask('openai');
    clientReads.resolve();
    expect(sha256(await answer.bytes())).toBe(sha256(Buffer.from(begun + ended)));
    const { outcome, usage: counted } = await recordOf(gateway, answer);
    expect([outcome, counted?.inputTokens]).toEqual(['completed', 5]);
  });

  test('that does not come is a 504', async () => {
    gateway.vendor.does(() => {});
    const answer = await gateway.ask('openai');
    expect(answer.status).toBe(504);
    expect(answer.headers.get('x-should-retry')).toBe('false');
  });
});
