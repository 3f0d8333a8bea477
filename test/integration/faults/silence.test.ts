/** Vendors that are not there, say nothing, begin late or fall silent: never a hang. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { faultStream, textOf, wholeText } from '../../support/faultStreams.ts';
import {
  expectTold,
  inTurn,
  rescued,
  startFaults,
  well,
  type Fault,
  type Told,
} from '../../support/faults.ts';
import { stoppedAfterAll } from '../../support/endings.ts';

setDefaultTimeout(60_000);

const bench = stoppedAfterAll(() => startFaults({ limits: { plainMs: 2_500, keepAliveMs: 100 } }));

const fast = { limits: { first_event_ms: 300 } };
const tookMs = (told: Record<string, Told>): number =>
  Math.max(...Object.values(told).map((one) => one.tookMs));

describe('A connection that is reset before any byte', () => {
  const resets: Fault = () => (_request, reply) => reply.reset();

  test('once is made again', async () => {
    const once = inTurn(resets, well);
    expectTold(await bench.single(once), rescued({ asked: 2 }));
    expectTold(await bench.second(once), rescued({ asked: 2, spare: 0 }));
  });

  test('for good is a 502, or another target answers', async () => {
    expectTold(await bench.single(resets), {
      threw: 502,
      message: expect.stringContaining('could not be reached'),
      text: '',
      outcome: 'failed',
      // A connection that was used before is replaced once, which is no attempt of its own.
      tries: 3,
    });
    expectTold(await bench.second(resets), rescued({ tries: 4, spare: 1 }));
  });
});

describe('A vendor that never answers', () => {
  const silent: Fault = () => () => {};

  test('is asked once, and is a 504 when its time is over', async () => {
    const told = await bench.single(silent);
    expectTold(told, { threw: 504, text: '', outcome: 'failed', asked: 1 });
    expect(tookMs(told)).toBeGreaterThan(2_400);
  });

  test('is left for another target soon', async () => {
    const told = await bench.second(silent, { route: fast });
    expectTold(told, rescued({ asked: 1, spare: 1 }));
    expect(tookMs(told)).toBeGreaterThan(290);
  });
});

describe('A first token that comes late, after the head came at once', () => {
  const slow: Fault = (speaker) => async (request, reply) => {
    reply.begin();
    // A client that goes is not waited for.
    await Promise.race([Bun.sleep(700), request.closed]);
    await reply.chunk(faultStream(speaker.kind).whole);
    reply.end();
  };

  test('is waited for where nobody else can answer', async () => {
    const told = await bench.single(slow);
    expectTold(told, rescued({ asked: 1 }));
    expect(tookMs(told)).toBeGreaterThan(690);
  });

  test('is not waited for where another target can', async () => {
    const told = await bench.second(slow, { route: fast });
    expectTold(told, rescued({ asked: 1, spare: 1 }));
  });
});

describe('A stream that falls silent', () => {
  const stalls =
    (text: (speaker: Parameters<Fault>[0]) => string): Fault =>
    (speaker) =>
    async (_request, reply) => {
      reply.begin();
      await reply.chunk(text(speaker));
    };

  test('is ended with an error, a second target or not: its text is already with the client', async () => {
    const stall = stalls(({ kind }) => faultStream(kind).upTo(2));
    const wanted = {
      threw: 'stream',
      message: expect.stringContaining('it was silent for 0.4 s'),
      text: textOf(2),
      outcome: 'truncated',
      asked: 1,
    } as const;
    for (const told of [await bench.single(stall), await bench.second(stall)]) {
      expectTold(told, wanted);
      expect(tookMs(told)).toBeGreaterThan(390);
    }
  });

  test('in the middle of an event is the same', async () => {
    const stall = stalls(({ kind }) => {
      const { upTo, from } = faultStream(kind);
      return upTo(2) + from(2).slice(0, 40);
    });
    const told = await bench.single(stall);
    expectTold(told, { threw: 'stream', text: textOf(2), outcome: 'truncated', asked: 1 });
  });

  test('after all was said is a success', async () => {
    const stall = stalls(({ kind }) => faultStream(kind).content);
    expectTold(await bench.single(stall), { text: wholeText, outcome: 'completed', asked: 1 });
  });

  test('goes on with another target where the route says so', async () => {
    const stall = stalls(({ kind }) => faultStream(kind).upTo(2));
    const told = await bench.second(stall, { route: { resume: true } });
    expectTold(told, rescued({ asked: 1, spare: 1 }));
  });

  test('leaves the gateway and the provider as well as before', async () => {
    const stall = stalls(({ kind }) => faultStream(kind).upTo(2));
    await bench.single(stall);
    expectTold(await bench.single(inTurn(well)), rescued({ asked: 1 }));
  });
});
