/** How bytes flow: as they come, at the client's pace, until it leaves or the vendor falls silent. */
import { afterEach, describe, expect, test } from 'bun:test';
import { gzipSync } from 'node:zlib';
import { finishedRequests, recordOf } from '../support/factsOf.ts';
import { keysNamed, startProxied, type Dialect } from '../support/proxied.ts';
import { streamOf } from '../support/shortStreams.ts';
import { until } from '../support/until.ts';
import { sha256 } from '../support/vendor.ts';
import { geminiAnswers, openAiChat } from '../support/vendorStreams.ts';
import { stoppedAfterAll } from '../support/endings.ts';

const keys = keysNamed('one', 'two');
const dialects: Dialect[] = ['openai', 'anthropic', 'gemini'];
const gateway = stoppedAfterAll(() =>
  startProxied({
    keys: { openai: keys, anthropic: keys, gemini: keys },
    limits: {
      stallMs: 400,
      keepAliveMs: 150,
      firstEventMs: 400,
      plainMs: 400,
      transientPauseMs: 1,
    },
  }),
);
afterEach(() => gateway.vendor.forget());

const onlyRecordWith = async (outcome: string, path: string) => {
  const all = await finishedRequests(gateway);
  return all.find(({ data }) => data.outcome === outcome && data.route === path)?.data;
};

describe('A stream', () => {
  test.each(dialects)(
    'of %s in chunks of one byte arrives whole, with its usage',
    async (dialect) => {
      const { bytes } = streamOf(dialect);
      gateway.vendor.does((_request, reply) =>
        reply.stream(...Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))),
      );
      const answer = await gateway.askStream(dialect);
      expect(sha256(await answer.bytes())).toBe(sha256(bytes));
      const record = await recordOf(gateway, answer);
      expect(record.outcome).toBe('completed');
      expect(record.usage?.outputTokens).toBeGreaterThan(5);
    },
  );

  test.each(dialects)('of %s that stalls ends with an error, after comments', async (dialect) => {
    const { bytes, firstEnds } = streamOf(dialect);
    gateway.vendor.does(async (_request, reply) => {
      reply.begin();
      await reply.chunk(bytes.subarray(0, firstEnds));
    });
    const answer = await gateway.askStream(dialect);
    const text = await answer.text();
    expect(text).toStartWith(bytes.subarray(0, firstEnds).toString());
    expect(text).toContain(': keep-alive\n\n');
    expect(text).toContain('is not complete: it was silent for 0.4 s');
    expect((await recordOf(gateway, answer)).outcome).toBe('truncated');
    await gateway.vendor.last().closed;
  });

  test.each(dialects)('of %s that never begins is a 504 in the dialect', async (dialect) => {
    gateway.vendor.does((_request, reply) => reply.begin());
    const answer = await gateway.askStream(dialect);
    expect(answer.status).toBe(504);
    expect(await answer.text()).toContain('did not answer in time');
    expect(gateway.vendor.arrived).toHaveLength(1);
    await gateway.vendor.last().closed;
  });

  test('that the vendor ends with its own error has failed', async () => {
    const error = 'data: {"error":{"message":"Overloaded","type":"server_error"}}\n\n';
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    gateway.vendor.does(async (_request, reply) => {
      reply.begin();
      await reply.chunk(openAiChat.start);
      // What fails before the client has a byte would be asked again.
      await opened;
      await reply.chunk(error);
      reply.end();
    });
    const answer = await gateway.askStream('openai');
    open();
    expect(await answer.text()).toBe(openAiChat.start + error);
    expect((await recordOf(gateway, answer)).outcome).toBe('failed');
  });

  describe('of Gemini without alt=sse', () => {
    const path = '/v1beta/models/gemini-2.5-flash:streamGenerateContent';
    const { first, second, last } = geminiAnswers;
    const json = { 'content-type': 'application/json; charset=UTF-8' };

    test('passes element by element, with its usage', async () => {
      const goOn = Promise.withResolvers<void>();
      gateway.vendor.does(async (_request, reply) => {
        reply.begin(200, json);
        await reply.chunk(`[${first},\n${second}`);
        await goOn.promise;
        await reply.chunk(`,\n${last}\n]\n`);
        reply.end();
      });
      const answer = await gateway.post(path, { contents: [] });
      const reader = answer.body?.getReader();
      const begun = Buffer.from((await reader?.read())?.value ?? []).toString();
      expect(begun).toStartWith(`[${first}`);
      goOn.resolve();
      const rest = Buffer.from((await reader?.read())?.value ?? []).toString();
      expect(JSON.parse(begun + rest)).toHaveLength(3);
      expect((await recordOf(gateway, answer)).usage).toMatchObject({ outputTokens: 28 });
    });

    test('does not look whole when it is cut', async () => {
      gateway.vendor.does(async (_request, reply) => {
        reply.begin(200, json);
        await reply.chunk(`[${first}`);
      });
      const answer = await gateway.post(path, { contents: [] });
      const text = await answer.text();
      expect(text).toStartWith(`[${first}`);
      expect(() => JSON.parse(text) as unknown).toThrow();
      expect((await recordOf(gateway, answer)).outcome).toBe('truncated');
    });
  });

  test('that the vendor packs though it was asked not to passes as it is', async () => {
    const packed = gzipSync(streamOf('openai').bytes);
    gateway.vendor.does(async (_request, reply) => {
      reply.begin(200, { 'content-encoding': 'gzip' });
      await reply.chunk(packed);
      reply.end();
    });
    const answer = await gateway.askStream('openai');
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(streamOf('openai').whole);
    expect(gateway.vendor.arrived).toHaveLength(1);
  });
});

describe('A client that leaves', () => {
  test.each(dialects)('a stream of %s closes the vendor’s end within a second', async (dialect) => {
    const { bytes, contentEnds } = streamOf(dialect);
    const most = bytes.subarray(0, contentEnds - 60);
    gateway.vendor.does(async (_request, reply) => {
      reply.begin();
      await reply.chunk(most);
    });
    const leave = new AbortController();
    const answer = await gateway.askStream(dialect, { signal: leave.signal });
    const reader = answer.body?.getReader();
    await reader?.read();
    const leftMs = Date.now();
    leave.abort();
    expect((await gateway.vendor.last().closed) - leftMs).toBeLessThan(1_000);
    const record = await recordOf(gateway, answer);
    expect(record.outcome).toBe('cancelled');
    if (dialect !== 'openai') expect(record.usage?.inputTokens).toBeGreaterThan(5);
  });

  test('when all was said has an answer that is complete', async () => {
    const { bytes } = streamOf('openai');
    gateway.vendor.does(async (_request, reply) => {
      reply.begin();
      await reply.chunk(bytes);
    });
    const leave = new AbortController();
    const answer = await gateway.askStream('openai', { signal: leave.signal });
    const reader = answer.body?.getReader();
    for (let size = 0; size < bytes.length;) {
      const piece = await reader?.read();
      if (!piece?.value) throw new Error(`it ended after ${size} bytes`);
      size += piece.value.length;
    }
    leave.abort();
    const record = await recordOf(gateway, answer);
    expect([record.outcome, record.usage?.outputTokens]).toEqual(['completed', 10]);
  });

  test('before the first event is cancelled, and so is the vendor', async () => {
    gateway.vendor.does((_request, reply) => reply.begin());
    const leave = new AbortController();
    const asked = gateway.askStream('anthropic', { signal: leave.signal });
    asked.catch(() => {});
    await until('it is at the vendor', () => gateway.vendor.arrived.length > 0);
    const leftMs = Date.now();
    leave.abort();
    expect((await gateway.vendor.last().closed) - leftMs).toBeLessThan(1_000);
    await until('it is recorded', async () => {
      const all = await finishedRequests(gateway);
      return all.some(({ data }) => data.status === 499 && data.dialect === 'anthropic');
    });
  });

  test('before a plain answer came is cancelled, and so is the vendor', async () => {
    gateway.vendor.does(() => {});
    const leave = new AbortController();
    const asked = gateway.post(
      '/v1/embeddings',
      { model: 'm', input: 'x' },
      { signal: leave.signal },
    );
    asked.catch(() => {});
    await until('it is at the vendor', () => gateway.vendor.arrived.length > 0);
    const leftMs = Date.now();
    leave.abort();
    expect((await gateway.vendor.last().closed) - leftMs).toBeLessThan(1_000);
    await until('it is recorded', async () =>
      Boolean(await onlyRecordWith('cancelled', '/v1/embeddings')),
    );
  });
});
