/** Streams that are cut, are broken inside or lack their end: never a part that looks whole. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { allSpeakers, type Speaker } from '../../support/faultSpeakers.ts';
import {
  dialectOf,
  errorEvent,
  errorOf,
  faultStream,
  kinds,
  textOf,
  wholeText,
  type Kind,
} from '../../support/faultStreams.ts';
import {
  expectTold,
  inTurn,
  rescued,
  startFaults,
  thenCut,
  well,
  type Fault,
} from '../../support/faults.ts';
import { bodies, streamPaths } from '../../support/proxied.ts';
import { stoppedAfterAll } from '../../support/endings.ts';

setDefaultTimeout(60_000);

const bench = stoppedAfterAll(startFaults);

type Made = (speaker: Speaker) => string;
const cutAfter =
  (text: Made): Fault =>
  (speaker) =>
  (_request, reply) =>
    thenCut(reply, text(speaker));
const streams =
  (text: Made): Fault =>
  (speaker) =>
  (_request, reply) =>
    reply.stream(text(speaker));

/** The second part is sent when the first was heard. */
const afterWords =
  (text: Made, more: Made): Fault =>
  (speaker, heard) =>
  async (_request, reply) => {
    reply.begin();
    await reply.chunk(text(speaker));
    await heard;
    await reply.chunk(more(speaker));
    reply.end();
  };

const half: Made = ({ kind }) => faultStream(kind).upTo(4);
const truncated = {
  threw: 'stream',
  message: expect.stringContaining('is not complete'),
  text: textOf(4),
  outcome: 'truncated',
  asked: 1,
} as const;

/** One request for a stream of this kind without an SDK, and all that comes back. */
async function rawOf(kind: Kind, fault: Fault): Promise<string> {
  const speaker = allSpeakers.find((one) => one.kind === kind);
  if (!speaker) throw new Error(`no SDK speaks ${kind}`);
  const { model } = await bench.place(dialectOf[kind], fault(speaker, Promise.resolve()), 1);
  const paths = { ...streamPaths, openai: '/v1/chat/completions' };
  const path = kind === 'responses' ? '/v1/responses' : paths[dialectOf[kind]];
  const named = path.replace('gemini-2.5-flash', encodeURIComponent(model));
  const body =
    kind === 'gemini' ? {} : { model, stream: true, ...(kind === 'responses' && { input: 'Hi' }) };
  const answer = await bench.post(named, { ...bodies[dialectOf[kind]], ...body });
  return answer.text();
}

describe('A stream that is cut after some words', () => {
  test('ends with an error in the stream, a second target or not', async () => {
    expectTold(await bench.single(cutAfter(half)), truncated);
    expectTold(await bench.second(cutAfter(half)), { ...truncated, spare: 0 });
  });

  test('in the middle of a word is the same, without a trace of the half event', async () => {
    const cut = cutAfter(
      ({ kind }) => half({ kind } as Speaker) + faultStream(kind).from(4).slice(0, 60),
    );
    expectTold(await bench.single(cut), truncated);
  });

  test('by a reset is the same', async () => {
    const reset: Fault = (speaker, heard) => async (_request, reply) => {
      reply.begin();
      await reply.chunk(half(speaker));
      await heard;
      reply.reset();
    };
    expectTold(await bench.single(reset), truncated);
  });

  test('before its first event is asked for again', async () => {
    const early = inTurn(
      cutAfter(({ kind }) => faultStream(kind).whole.slice(0, 30)),
      well,
    );
    expectTold(await bench.single(early), rescued({ asked: 2 }));
  });

  test('goes on with another target where the route says so, which is sent no half answer', async () => {
    const noPrefill: Fault = (speaker) => (request, reply) =>
      /"role":\s*"(?:assistant|model)"/.test(request.body.toString())
        ? reply.json(400, errorOf(speaker.dialect, 400, 'No prefill'))
        : well(speaker, Promise.resolve())(request, reply);
    const told = await bench.second(cutAfter(half), { spare: noPrefill, route: { resume: true } });
    expectTold(told, rescued({ asked: 1, spare: 1 }));
  });
});

describe('A stream that ends in good order without its terminator', () => {
  test('ends with an error in the stream', async () => {
    expectTold(await bench.single(streams(half)), {
      ...truncated,
      message: expect.stringContaining('without its terminator'),
    });
  });

  test('also where [DONE] was said, which no SDK reads beyond', async () => {
    const done: Fault = streams((speaker) => `${half(speaker)}data: [DONE]\n\n`);
    const openAis = allSpeakers.filter(({ dialect }) => dialect === 'openai');
    expectTold(await bench.single(done, openAis), truncated);
  });

  test('lacks nothing where only [DONE] is missing, and gets it', async () => {
    const complete = streams(({ kind }) => faultStream(kind).content);
    const told = await bench.single(complete);
    expectTold(told, { text: wholeText, outcome: 'completed', asked: 1 });
    const raw = await rawOf(
      'chat',
      streams(({ kind }) => faultStream(kind).whole.replace('data: [DONE]\n\n', '')),
    );
    expect(raw).toEndWith('data: [DONE]\n\n');
    expect(raw).toContain('"usage":{"prompt_tokens"');
  });

  test('lacks nothing where it is cut after all was said', async () => {
    expectTold(await bench.single(cutAfter(({ kind }) => faultStream(kind).content)), {
      text: wholeText,
      outcome: 'completed',
      asked: 1,
    });
  });

  test('of two choices of which one is finished was cut', async () => {
    const chunk = (index: number, delta: object, finish_reason: string | null = null) =>
      `data: ${JSON.stringify({ id: 'x', choices: [{ index, delta, finish_reason }] })}\n\n`;
    const two = chunk(0, { content: 'a' }) + chunk(1, { content: 'b' });
    const one = `${two}${chunk(0, {}, 'stop')}data: [DONE]\n\n`;
    const chats = allSpeakers.filter(({ kind }) => kind === 'chat');
    expectTold(
      await bench.single(
        streams(() => one),
        chats,
      ),
      { ...truncated, text: 'ab' },
    );
    const both = one.replace('data: [DONE]', `${chunk(1, {}, 'stop')}data: [DONE]`);
    expectTold(
      await bench.single(
        streams(() => both),
        chats,
      ),
      { text: 'ab', outcome: 'completed' },
    );
  });
});

describe('An event that is broken JSON', () => {
  test('passes as it came: what reads on has all, and an SDK throws on it', async () => {
    const malformed = streams(({ kind }) => {
      const { upTo, malformed: event, from } = faultStream(kind);
      return upTo(3) + event + from(3);
    });
    const told = await bench.single(malformed);
    expectTold(told, { threw: SyntaxError, text: textOf(3), outcome: 'completed', asked: 1 });
    for (const kind of kinds) {
      const { whole, malformed: event } = faultStream(kind);
      expect((await rawOf(kind, malformed)).replace(event, '')).toBe(whole);
    }
    expectTold(await bench.single(inTurn(well)), rescued({ asked: 1 }));
  });

  test('before any other is a failure, and asked for again', async () => {
    const first = streams(({ kind }) => faultStream(kind).malformed + faultStream(kind).whole);
    expectTold(await bench.single(inTurn(first, well)), rescued({ asked: 2 }));
    expectTold(await bench.second(first), rescued({ asked: 3, spare: 1 }));
  });

  test('where the end should be is no end', async () => {
    const noEnd = cutAfter(
      ({ kind }) => `${half({ kind } as Speaker)}${faultStream(kind).malformed}`,
    );
    expectTold(await bench.single(noEnd), {
      threw: SyntaxError,
      text: textOf(4),
      outcome: 'truncated',
    });
  });
});

describe("An error of the vendor's own inside a stream", () => {
  const overloaded = ({ kind }: Speaker) => errorEvent(kind, 529, 'Overloaded', 'overloaded_error');

  test('after some words passes as it came, and has failed', async () => {
    const fails = afterWords(half, overloaded);
    expectTold(await bench.single(fails), ({ name }) => ({
      // The SDK before this one gives the event of an error to its caller, and throws nothing.
      ...(name !== 'openai 6 responses' && { threw: 'stream' }),
      text: textOf(4),
      outcome: 'failed',
      asked: 1,
    }));
  });

  test('before any other event is a status like any other', async () => {
    const fails = streams(overloaded);
    expectTold(await bench.single(fails), {
      threw: 529,
      message: expect.stringContaining('Overloaded'),
      text: '',
      outcome: 'failed',
      asked: 3,
    });
    expectTold(await bench.single(inTurn(fails, well)), rescued({ asked: 2 }));
    expectTold(await bench.second(fails), rescued({ asked: 3, spare: 1 }));
  });

  test('before any other event that is the caller’s own mistake is told at once', async () => {
    const wrong = streams(({ kind }) => errorEvent(kind, 400, 'Bad tool', 'invalid_request_error'));
    const wanted = { threw: 400, text: '', outcome: 'failed', asked: 1 };
    expectTold(await bench.second(wrong), { ...wanted, spare: 0 });
  });
});
