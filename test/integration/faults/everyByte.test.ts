/** A short stream of each kind, cut at every byte: a part and an error, or all of it. Never a part that looks whole. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { recordsOf, requestId } from '../../support/factsOf.ts';
import { allSpeakers, type Speaker } from '../../support/faultSpeakers.ts';
import { kinds, type Kind } from '../../support/faultStreams.ts';
import { bodies, keysNamed, startProxied, streamPaths } from '../../support/proxied.ts';
import { startVendor, type Script } from '../../support/vendor.ts';
import { shortStreamOf, type ShortStream } from '../../support/shortStreams.ts';
import type { RequestFinished } from '../../../events/traffic.ts';
import { stoppedAfterAll } from '../../support/endings.ts';

setDefaultTimeout(60_000);

const keys = keysNamed('one', 'two');
const gateway = stoppedAfterAll(() =>
  startProxied({
    keys: { openai: keys, anthropic: keys, gemini: keys },
    limits: { transientPauseMs: 1 },
    // A provider that cuts every stream is soon served around: here it is asked all the same.
    env: { CIRCUIT_BREAKER_FAILURE_THRESHOLD: '10000' },
  }),
);

const paths: Readonly<Record<Kind, string>> = {
  chat: streamPaths.openai,
  responses: '/v1/responses',
  messages: streamPaths.anthropic,
  gemini: streamPaths.gemini,
};
const asked: Readonly<Record<Kind, object>> = {
  chat: { ...bodies.openai, stream: true },
  responses: { model: 'gpt-5', input: 'Hi', store: false, stream: true },
  messages: { ...bodies.anthropic, stream: true },
  gemini: bodies.gemini,
};

/** The first request of each case is cut after so many bytes; whoever asks again gets it whole. */
function cuts({ bytes }: ShortStream): Script {
  const seen = new Set<number>();
  return async (request, reply) => {
    const at = Number(request.headers.get('x-cut'));
    if (seen.has(at)) return reply.stream(bytes);
    seen.add(at);
    reply.begin();
    await reply.chunk(bytes.subarray(0, at));
    reply.cut();
  };
}

type Cut = Readonly<{ at: number; id: string; body: string }>;

async function askCut(path: string, body: object, at: number): Promise<Cut> {
  const answer = await gateway.post(path, body, { headers: { 'x-cut': String(at) } });
  return { at, id: requestId(answer), body: await answer.text() };
}

/** A server that gives the official SDKs what came through the gateway, once for each time it is asked. */
async function startReplay() {
  const bodiesOf = new Map<string, string>();
  const vendor = await startVendor((request, reply) => {
    const key = request.key;
    return reply.stream(bodiesOf.get(key) ?? '');
  });
  return {
    stop: vendor.stop,
    /** What an SDK makes of it: the text, and the class that it throws. */
    async read(speaker: Speaker, body: string, at: number) {
      const key = `${speaker.name}-${at}`.replaceAll(' ', '-');
      bodiesOf.set(key, body);
      let text = '';
      const onText = (piece: string) => void (text += piece);
      try {
        await speaker.ask({ url: vendor.url, key, way: 'stream', onText });
        return { text, threw: null };
      } catch (error) {
        return { text, threw: (error as Error).constructor };
      }
    },
  };
}

/** What the client must have got, and what the log must say. */
function expectRight(
  kind: Kind,
  { whole, bytes, blockEnds, firstEnds, contentEnds }: ShortStream,
  cut: Cut,
  { outcome, attempts }: RequestFinished['data'],
): void {
  const about = `${kind} cut at ${cut.at}`;
  if (cut.at < firstEnds) {
    // The client has got nothing yet: another key answers.
    expect([about, cut.body, outcome, attempts.length]).toEqual([about, whole, 'completed', 2]);
    return;
  }
  expect([about, attempts.length]).toEqual([about, 1]);
  const lastEnd = blockEnds.findLast((end) => end <= cut.at) ?? 0;
  const passed = bytes.subarray(0, lastEnd).toString();
  if (cut.at < contentEnds) {
    expect([about, outcome]).toEqual([about, 'truncated']);
    expect([about, cut.body.slice(0, passed.length)]).toEqual([about, passed]);
    // Nothing of the half event, and one error.
    expect(cut.body.slice(passed.length)).toMatch(
      /^(?:event: error\n)?data: \{[^\n]*is not complete[^\n]*\n\n$/,
    );
    return;
  }
  expect([about, outcome]).toEqual([about, 'completed']);
  expect(cut.body).not.toContain('is not complete');
  expect(cut.body).toStartWith(bytes.subarray(0, contentEnds).toString());
  if (kind === 'chat') expect(cut.body).toMatch(/data: \[DONE\]\n{2,3}$/);
}

describe('A stream that is cut', () => {
  test.each([...kinds])(
    'at any byte gives clients of %s a part and an error, or all of it',
    async (kind) => {
      const stream = shortStreamOf(kind);
      gateway.vendor.does(cuts(stream));
      const done: Cut[] = [];
      for (let at = 0; at < stream.bytes.length; at += 32) {
        const some = Array.from(
          { length: Math.min(32, stream.bytes.length - at) },
          (_, nth) => at + nth,
        );
        done.push(...(await Promise.all(some.map((one) => askCut(paths[kind], asked[kind], one)))));
      }
      const ids = done.map(({ id }) => id);
      const records = await recordsOf(gateway, ids);
      for (const cut of done) {
        const record = records.get(cut.id);
        if (record) expectRight(kind, stream, cut, record);
      }

      // What differs is read by every SDK that speaks it.
      const replay = await startReplay();
      const different = [...new Map(done.map((cut) => [cut.body, cut])).values()];
      for (const speaker of allSpeakers.filter((one) => one.kind === kind)) {
        const whole = await replay.read(speaker, stream.whole, -1);
        expect(whole.threw).toBeNull();
        for (const { at, body, id } of different) {
          const { text, threw } = await replay.read(speaker, body, at);
          const about = `${speaker.name} cut at ${at}`;
          expect([about, whole.text.startsWith(text)]).toEqual([about, true]);
          const isWhole = records.get(id)?.outcome === 'completed';
          const wanted: unknown[] = isWhole
            ? [about, null, whole.text]
            : [about, speaker.inStream, text];
          expect<unknown[]>([about, threw, text]).toEqual(wanted);
        }
      }
      await replay.stop();
      expect(different.length).toBeGreaterThan(2);
    },
  );
});

describe("Gemini's array", () => {
  const array = shortStreamOf('gemini')
    .whole.split('\r\n\r\n')
    .filter((block) => block !== '')
    .map((block) => block.slice('data: '.length));
  const whole = `[${array.join(',\r\n')}\n]\n`;
  const bytes = Buffer.from(whole);
  const path = '/v1beta/models/gemini-2.5-flash:streamGenerateContent';

  test('that is cut at any byte is no JSON, or all of it', async () => {
    gateway.vendor.does(async (request, reply) => {
      reply.begin(200, { 'content-type': 'application/json; charset=UTF-8' });
      await reply.chunk(bytes.subarray(0, Number(request.headers.get('x-cut'))));
      reply.cut();
    });
    const ends = whole.trimEnd().length;
    const closes = Buffer.byteLength(whole.slice(0, ends));
    const done: Cut[] = [];
    for (let at = 1; at < bytes.length; at += 32) {
      const some = Array.from({ length: Math.min(32, bytes.length - at) }, (_, nth) => at + nth);
      done.push(...(await Promise.all(some.map((one) => askCut(path, bodies.gemini, one)))));
    }
    const records = await recordsOf(
      gateway,
      done.map(({ id }) => id),
    );
    for (const { at, id, body } of done) {
      const isWhole = at >= closes;
      expect([at, records.get(id)?.outcome]).toEqual([at, isWhole ? 'completed' : 'truncated']);
      const parse = () => JSON.parse(body) as unknown[];
      if (isWhole) expect(parse()).toHaveLength(array.length);
      else expect(parse).toThrow();
    }
  });
});
