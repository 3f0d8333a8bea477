/** Streams that are cut, stall, crawl or are left: never a broken one that looks whole. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { recordsOf, requestId } from '../support/factsOf.ts';
import { thrown, readAll } from '../support/officialSdks.ts';
import { keysNamed, startProxied, type Dialect, type Proxied } from '../support/proxied.ts';
import { anthropicClient, geminiClient, openAiClient } from '../support/sdkClients.ts';
import { streamOf, type ShortStream } from '../support/shortStreams.ts';
import type { RequestFinished } from '../../events/traffic.ts';
import type { Script } from '../support/vendor.ts';

const keys = keysNamed('one', 'two');
let gateway: Proxied;
beforeAll(async () => {
  gateway = await startProxied({
    keys: { openai: keys, anthropic: keys, gemini: keys },
    limits: { transientPauseMs: 1 },
  });
});
afterAll(() => gateway.stop());

/** The first request of each case is cut after so many bytes; whoever asks again gets it whole. */
function cuts({ bytes, firstEnds }: ShortStream) {
  const seen = new Set<number>();
  const arrived = new Map<number, () => void>();
  const script: Script = async (request, reply) => {
    const at = Number(request.headers.get('x-cut'));
    if (seen.has(at)) return reply.stream(bytes);
    seen.add(at);
    const { promise, resolve } = Promise.withResolvers<void>();
    arrived.set(at, resolve);
    reply.begin();
    await reply.chunk(bytes.subarray(0, at));
    // What comes together with the end of its connection may be lost on the way.
    if (at >= firstEnds) await promise;
    reply.cut();
  };
  gateway.vendor.does(script);
  return (at: number) => arrived.get(at)?.();
}

type Cut = Readonly<{ at: number; id: string; body: Buffer<ArrayBuffer> }>;

async function cutAt(dialect: Dialect, at: number, allArrived: (at: number) => void): Promise<Cut> {
  const answer = await gateway.askStream(dialect, { headers: { 'x-cut': String(at) } });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size >= at) allArrived(at);
  }
  return { at, id: requestId(answer), body: Buffer.concat(chunks) };
}

/** The SDK as a reader of bytes that came through the gateway. */
function sdkReads(dialect: Dialect, body: Buffer<ArrayBuffer>): Promise<number> {
  const answer = () => new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  const fetch = Object.assign(async () => answer(), { preconnect: () => {} });
  const options = {
    url: 'http://gateway',
    key: 'k',
    tap: {
      fetch,
      sent: [],
      last: () => {
        throw new Error('nothing');
      },
    },
  };
  const messages = [{ role: 'user' as const, content: 'Hi' }];
  if (dialect === 'openai')
    return readAll(
      openAiClient(options).chat.completions.create({ model: 'm', messages, stream: true }),
    );
  if (dialect === 'anthropic')
    return readAll(
      anthropicClient(options).messages.create({
        model: 'm',
        max_tokens: 1,
        messages,
        stream: true,
      }),
    );
  return readAll(
    geminiClient(options).models.generateContentStream({ model: 'm', contents: 'Hi' }),
  );
}

const afterLastEvent = (passed: Buffer): string =>
  passed
    .toString()
    .split(/\r?\n\r?\n/)
    .at(-1) ?? '';

/** Nothing after the last event, or one whose blank line is missing, or not yet a field. */
function endsWhole(passed: Buffer): boolean {
  const [, data] = /^data:? ?([^]*)$/m.exec(afterLastEvent(passed)) ?? [];
  return data === undefined || data.trim() === '[DONE]' || isJson(data);
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

async function expectRight(
  dialect: Dialect,
  { whole, bytes, firstEnds, contentEnds }: ShortStream,
  cut: Cut,
  { outcome, attempts }: RequestFinished['data'],
): Promise<void> {
  const text = cut.body.toString();
  const about = `${dialect} cut at ${cut.at}`;
  if (cut.at < firstEnds) {
    // The client has got nothing yet: another key answers.
    expect([about, text, outcome, attempts.length]).toEqual([about, whole, 'completed', 2]);
    return;
  }
  expect([about, attempts.length]).toEqual([about, 1]);
  expect(cut.body.subarray(0, cut.at).equals(bytes.subarray(0, cut.at))).toBe(true);
  const added = cut.body.subarray(cut.at).toString();
  // Half an event cannot be taken back, and SDKs throw on it.
  const isWhole = cut.at >= contentEnds && endsWhole(bytes.subarray(0, cut.at));
  if (!isWhole) {
    expect([about, outcome]).toEqual([about, 'truncated']);
    expect(added).toContain('is not complete');
    const error = await thrown(sdkReads(dialect, cut.body));
    const isBetween = afterLastEvent(bytes.subarray(0, cut.at)) === '';
    expect(String(error)).toContain(isBetween ? 'is not complete' : '');
    return;
  }
  expect([about, outcome]).toEqual([about, 'completed']);
  expect(added).not.toContain('error');
  expect(await sdkReads(dialect, cut.body)).toBeGreaterThan(0);
}

describe('A stream that is cut', () => {
  const dialects: Dialect[] = ['openai', 'anthropic', 'gemini'];
  test.each(dialects)(
    'at any byte gives %s clients a part and an error, or all of it',
    async (dialect) => {
      const stream = streamOf(dialect);
      const allArrived = cuts(stream);
      const positions = Array.from({ length: stream.bytes.length }, (_, at) => at);
      const done: Cut[] = [];
      while (positions.length > 0) {
        const some = positions.splice(0, 32);
        done.push(...(await Promise.all(some.map((at) => cutAt(dialect, at, allArrived)))));
      }
      const records = await recordsOf(
        gateway,
        done.map(({ id }) => id),
      );
      for (const cut of done) {
        const record = records.get(cut.id);
        if (record) await expectRight(dialect, stream, cut, record);
      }
    },
    20_000,
  );

  test('after its last content gets the [DONE] that is missing', async () => {
    const stream = streamOf('openai');
    const { body } = await cutAt('openai', stream.contentEnds, cuts(stream));
    expect(body.toString()).toEndWith('data: [DONE]\n\n');
  });
});
