/** A text stream that breaks and goes on from another answer: cut at every byte, in every dialect. */
import { describe, expect, test } from 'bun:test';
import { eventsIn } from '../../server/proxy/resume/sseEvents.ts';
import { resumable, type Continuation, type Failing } from '../../server/proxy/resume/resumable.ts';
import { textStreamOf } from '../../server/proxy/resume/textStream.ts';
import { timeIsOver } from '../../server/proxy/timeLimits.ts';
import type { ReadResult } from '../../server/proxy/upstream.ts';
import {
  chat,
  claude,
  data,
  gemini,
  idsOf,
  jsonOf,
  named,
  numbersOf,
  responses,
  shapeOf,
  wordsOf,
} from '../support/textStreams.ts';

const dialects = [
  { name: 'chat completions', route: '/v1/chat/completions', say: chat },
  { name: 'messages', route: '/v1/messages', say: claude },
  { name: 'responses', route: '/v1/responses', say: responses },
  { name: 'Gemini', route: '/v1beta/models/{model}:streamGenerateContent', say: gemini },
] as const;

/** Gives the bytes in pieces; breaks or ends after them. */
function answer(bytes: Uint8Array, ending: 'ends' | 'breaks', pieceBytes = 37): Continuation {
  const abort = new AbortController();
  let at = 0;
  const read = async (): Promise<ReadResult> => {
    if (abort.signal.aborted) throw new Error('aborted');
    if (at < bytes.length) {
      const value = bytes.subarray(at, at + pieceBytes);
      at += pieceBytes;
      return { done: false, value };
    }
    if (ending === 'breaks') throw new Error('the connection broke');
    return { done: true };
  };
  return { stream: { reader: { read }, first: [] }, abort };
}
const utf8 = (text: string) => new TextEncoder().encode(text);

/** What the client of a stream gets whose answers are these, one after the other. */
async function told(route: string, first: Continuation, ...others: Continuation[]) {
  const failures: Failing[] = [];
  const { stream } = resumable(first, textStreamOf(route, { store: false })!, {
    failed: (how) => failures.push(how),
    next: () => Promise.resolve(others.shift() ?? null),
  });
  const chunks: Uint8Array[] = [];
  let error: unknown;
  try {
    for (let read = await stream.reader.read(); !read.done; read = await stream.reader.read()) {
      chunks.push(read.value);
    }
  } catch (thrown) {
    error = thrown;
  }
  const events = eventsIn(Buffer.concat(chunks));
  return { events, error, failures, unused: others.length };
}

const words = ['Grüße', ' 🚀 from', ' the ', 'first', '.'];
const text = words.join('');
const otherwise = ['Grü', 'ße 🚀', ' from the first', '', '.'];

describe.each(dialects)('A stream of $name', ({ route, say }) => {
  const whole = utf8(say('one', words));
  const other = utf8(say('another-one', otherwise));

  test.each(['breaks', 'ends'] as const)('that %s at any byte goes on to its end', async (how) => {
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const begun = answer(whole.subarray(0, cut), how);
      const { events, error } = await told(route, begun, answer(other, 'ends'));
      const isComplete = wordsOf(events) === text;
      // What breaks after all was said is no matter of text any more.
      expect([cut, isComplete]).toEqual([cut, true]);
      expect(idsOf(events)).toHaveLength(1);
      expect(numbersOf(events)).toEqual(numbersOf(events).map((_, nth) => nth));
      const shape = shapeOf(events);
      expect(new Set(shape).size).toBe(shape.length);
      if (error) expect(cut).toBeGreaterThan(whole.length / 2);
    }
  });

  test('is passed byte by byte as it came while nothing breaks', async () => {
    const { events, failures, unused } = await told(
      route,
      answer(whole, 'ends'),
      answer(other, 'ends'),
    );
    expect(events).toEqual(eventsIn(whole));
    expect([failures, unused]).toEqual([[], 1]);
  });

  test('goes on twice, and not a third time', async () => {
    const third = (bytes: Uint8Array, of: number) =>
      answer(bytes.subarray(0, Math.floor((bytes.length * of) / 3)), 'breaks');
    const twice = await told(route, third(whole, 1), third(other, 2), answer(whole, 'ends'));
    expect(wordsOf(twice.events)).toBe(text);
    expect(twice.failures).toEqual(['broke', 'broke']);
    const thrice = await told(
      route,
      third(whole, 1),
      third(whole, 1),
      third(whole, 1),
      answer(whole, 'ends'),
    );
    expect([thrice.unused, text.startsWith(wordsOf(thrice.events))]).toEqual([1, true]);
    expect(thrice.error).toBeDefined();
  });

  test('breaks where another answer begins otherwise, or is shorter', async () => {
    const begun = () => answer(whole.subarray(0, Math.floor(whole.length * 0.6)), 'breaks');
    for (const others of [['Hello', ' there, all of you'], ['Grü'], ['Grüße', ' 🚀 to']]) {
      const { events, error, failures } = await told(
        route,
        begun(),
        answer(utf8(say('another-one', others)), 'ends'),
      );
      expect(error).toMatchObject({ name: 'Diverged' });
      expect(text.startsWith(wordsOf(events))).toBe(true);
      expect(failures).toEqual(['broke', 'diverged']);
    }
  });

  test('breaks where nobody else answers', async () => {
    const { error, failures } = await told(route, answer(whole.subarray(0, 300), 'breaks'));
    expect(error).toMatchObject({ message: 'the connection broke' });
    expect(failures).toEqual(['broke']);
  });
});

describe('A stream that says more than text', () => {
  const cut = (bytes: string) => answer(utf8(bytes), 'breaks');

  test.each([
    [
      'a tool call',
      '/v1/chat/completions',
      data({ choices: [{ index: 0, delta: { tool_calls: [{ index: 0 }] } }] }),
    ],
    [
      'a call of a function in a response',
      '/v1/responses',
      named('response.output_item.added', { output_index: 0, item: { type: 'function_call' } }),
    ],
    ['two choices', '/v1/chat/completions', data({ choices: [{ index: 1, delta: {} }] })],
    [
      'a thought',
      '/v1/messages',
      named('content_block_start', { index: 0, content_block: { type: 'thinking' } }),
    ],
    [
      'a call of a function',
      '/v1beta/models/{model}:streamGenerateContent',
      data({ candidates: [{ content: { parts: [{ functionCall: { name: 'f' } }] } }] }),
    ],
  ])('such as %s is not gone on with', async (_what, route, event) => {
    const { error, unused } = await told(route, cut(event), cut(event));
    expect([String(error), unused]).toEqual(['Error: the connection broke', 1]);
  });

  test('goes on where another answer calls a tool after the same text', async () => {
    const route = '/v1/chat/completions';
    const call = data({
      id: 'two',
      choices: [{ index: 0, delta: { tool_calls: [{ index: 0 }] } }],
    });
    const said = chat('one', ['Let me see.']).split('data: ').slice(0, 3).join('data: ');
    const other = chat('two', ['Let me', ' see.']).split('data: ').slice(0, 4).join('data: ');
    const end = data({
      id: 'two',
      choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }],
    });
    const { events } = await told(route, cut(said), answer(utf8(other + call + end), 'ends'));
    expect(wordsOf(events)).toBe('Let me see.');
    expect(jsonOf(events.at(-2)!)).toMatchObject({
      id: 'one',
      choices: [{ delta: { tool_calls: [{ index: 0 }] } }],
    });
  });

  test('or is stored by the vendor, or is of the old completions, is not gone on with', () => {
    expect(textStreamOf('/v1/responses', {})).toBeUndefined();
    expect(textStreamOf('/v1/responses', { store: true })).toBeUndefined();
    expect(textStreamOf('/v1/completions', {})).toBeUndefined();
  });
});

describe('Whoever reads it', () => {
  const route = '/v1/chat/completions';
  const bytes = utf8(chat('one', words)).subarray(0, 400);
  const silent = (): Continuation => {
    const abort = new AbortController();
    const read = () =>
      new Promise<ReadResult>((_, reject) => {
        abort.signal.addEventListener('abort', () => reject(abort.signal.reason), { once: true });
      });
    return { stream: { reader: { read }, first: [bytes] }, abort };
  };
  const reading = (next: () => Promise<Continuation | null>) =>
    resumable(silent(), textStreamOf(route, { store: false })!, { failed: () => {}, next });

  test('may end a silent answer, and gets the rest from another one', async () => {
    const { stream, abort } = reading(() =>
      Promise.resolve(answer(utf8(chat('two', otherwise)), 'ends')),
    );
    await stream.reader.read();
    const rest = stream.reader.read();
    abort.abort(timeIsOver);
    expect((await rest).done).toBe(false);
  });

  test('and leaves is not given another answer, and whoever gave it is left as well', async () => {
    const late = answer(utf8(chat('two', otherwise)), 'ends');
    const asked = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<Continuation | null>();
    const { stream, abort } = reading(() => {
      asked.resolve();
      return answered.promise;
    });
    await stream.reader.read();
    const rest = stream.reader.read().catch((error: unknown) => error);
    abort.abort(timeIsOver);
    await asked.promise;
    abort.abort(new Error('left'));
    answered.resolve(late);
    await rest;
    expect(late.abort.signal.aborted).toBe(true);
  });
});
