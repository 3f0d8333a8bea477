/** Server-sent streams as the standard allows them to be written, and what of a broken one may pass. */
import { describe, expect, test } from 'bun:test';
import type { DialectModule } from '../../server/proxy/dialect.ts';
import { anthropic } from '../../server/proxy/anthropic.ts';
import { gemini } from '../../server/proxy/gemini.ts';
import { openai } from '../../server/proxy/openai.ts';
import { parseEvents } from '../../server/proxy/sseBlocks.ts';
import {
  anthropicMessages,
  choice,
  geminiAnswers,
  geminiStream,
  openAiChat,
  openAiResponses,
  utf8,
} from '../support/vendorStreams.ts';

const chat = '/v1/chat/completions';
const generate = '/v1beta/models/{model}:streamGenerateContent';
const { start, finish, done, chunk } = openAiChat;
const textOf = (bytes: Uint8Array | null) => new TextDecoder().decode(bytes ?? new Uint8Array());

/** All that a client gets of a stream that comes in these pieces. */
function through(dialect: DialectModule, route: string, pieces: readonly Uint8Array[]) {
  const watch = dialect.terminator(route);
  const out = pieces.map((piece) => textOf(watch.push(piece))).join('');
  const end = watch.end();
  return { end, out, all: out + textOf(watch.missingTail()), usage: watch.usage() };
}

const bytewise = (stream: string) => Array.from(utf8(stream), (byte) => new Uint8Array([byte]));

const streams: [string, DialectModule, string, string][] = [
  ['chat', openai, chat, start + finish + openAiChat.usage + done],
  ['response', openai, '/v1/responses', openAiResponses.start + openAiResponses.completed],
  [
    'message',
    anthropic,
    '/v1/messages',
    anthropicMessages.start + anthropicMessages.delta + anthropicMessages.stop,
  ],
  ['Gemini answer', gemini, generate, geminiStream.start + geminiStream.last],
];

/** Ways to end a line, taken in turn. */
const endings: [string, string[]][] = [
  ['LF', ['\n']],
  ['CR LF', ['\r\n']],
  ['CR', ['\r']],
  ['CR LF and LF', ['\r\n', '\n']],
  ['LF and CR LF', ['\n', '\r\n', '\r\n']],
];

const written = (stream: string, [...ways]: string[]) => {
  let turn = 0;
  return stream.replaceAll('\r\n', '\n').replaceAll('\n', () => ways[turn++ % ways.length] ?? '\n');
};

describe.each(streams)('A %s', (_name, dialect, route, stream) => {
  const known = through(dialect, route, [utf8(stream)]);

  test.each(endings)('with lines that end in %s passes whole and is read', (_way, ways) => {
    const other = written(stream, ways);
    for (const pieces of [[utf8(other)], bytewise(other)]) {
      const { end, all, usage } = through(dialect, route, pieces);
      expect([end, all, usage]).toEqual(['complete', other, known.usage]);
    }
  });

  test('after a byte order mark and a comment is read', () => {
    const marked = `\uFEFF: hello\n\n${stream}`;
    for (const pieces of [[utf8(marked)], bytewise(marked)]) {
      expect(through(dialect, route, pieces).end).toBe('complete');
    }
  });

  test('that is cut passes whole events alone, wherever that is', () => {
    const bytes = utf8(stream);
    for (let at = 0; at < bytes.length; at += 1) {
      const { out, end, all } = through(dialect, route, [bytes.subarray(0, at)]);
      expect(stream).toStartWith(out);
      expect(out === '' || /\n\r?\n$/.test(out)).toBe(true);
      if (end === 'truncated') expect(all).toBe(out);
    }
  });
});

describe('A block', () => {
  test('is one event, or none where it is a comment', () => {
    expect(parseEvents(utf8('event: a\ndata: 1\ndata:2\nid: 7\n\n'))).toEqual([
      { name: 'a', data: '1\n2' },
    ]);
    expect(parseEvents(utf8(': ping\n\n'))).toEqual([]);
    expect(parseEvents(utf8(': ping\ndata: 1\n\n'))).toEqual([{ name: '', data: '1' }]);
  });

  test('is several where lines begin to end in another way', () => {
    expect(parseEvents(utf8('data: 1\r\rdata: 2\r\n\r\ndata: 3\n\n'))).toEqual(
      ['1', '2', '3'].map((data) => ({ name: '', data })),
    );
  });
});

describe('[DONE]', () => {
  test('before every choice is finished is kept back, with all after it', () => {
    for (const pieces of [[utf8(start + done)], [utf8(start), utf8(done), utf8(finish)]]) {
      expect(through(openai, chat, pieces)).toMatchObject({ end: 'truncated', all: start });
    }
    const two = start + chunk([choice(1, 'Hi')]) + finish;
    expect(through(openai, chat, [utf8(two + done)])).toMatchObject({
      end: 'truncated',
      all: two,
    });
  });

  test('in a response that is not over is kept back', () => {
    const { start: begun, completed } = openAiResponses;
    const cut = through(openai, '/v1/responses', bytewise(begun + done));
    expect(cut).toMatchObject({ end: 'truncated', all: begun });
    const whole = begun + completed + done;
    expect(through(openai, '/v1/responses', [utf8(whole)])).toMatchObject({
      end: 'complete',
      all: whole,
    });
  });

  test('makes no difference to garbage that follows it', () => {
    const whole = start + finish + done;
    expect(through(openai, chat, [utf8(`${whole}data: {"cho`)])).toMatchObject({
      end: 'complete',
      all: whole,
    });
  });

  test('alone is no event, and no answer', () => {
    const watch = openai.terminator(chat);
    watch.push(utf8(done));
    expect(watch.sawEvent()).toBe(false);
  });
});

describe('A first event', () => {
  test('that is no JSON is malformed; one without data is none', () => {
    const watch = openai.terminator(chat);
    watch.push(utf8('event: hello\n\ndata: \n\n'));
    expect([watch.sawEvent(), watch.isMalformed()]).toEqual([false, false]);
    watch.push(utf8('data: <html>\n\n'));
    expect([watch.sawEvent(), watch.isMalformed()]).toEqual([false, true]);
  });

  test('that is an error is told in the words of its vendor', () => {
    const data = '{"error":{"message":"Overloaded","code":529}}';
    const watch = openai.terminator(chat);
    watch.push(utf8(`data: ${data}\n\n`));
    expect(watch.failure()).toBe(data);
  });
});

describe('An event too big to hold', () => {
  test('passes as it comes, and what breaks in it is told', () => {
    const big = utf8(start + chunk([choice(0, 'A'.repeat(3_000_000))]) + finish + done);
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < big.length; at += 65_536) pieces.push(big.subarray(at, at + 65_536));
    expect(through(openai, chat, pieces).out).toBe(textOf(big));
    const watch = openai.terminator(chat);
    for (const piece of pieces.slice(0, 30)) watch.push(piece);
    expect(watch.betweenEvents()).toBe(false);
    expect(watch.end()).toBe('truncated');
  });
});

describe("Gemini's array", () => {
  const { first, last } = geminiAnswers;
  const whole = utf8(`\n [${first},\r\n${last}\n]\n`);

  test('is complete at its last bracket alone', () => {
    const ends = whole.lastIndexOf(93);
    for (let at = 0; at <= whole.length; at += 1) {
      const { end, out } = through(gemini, generate, [whole.subarray(0, at)]);
      expect([at, end]).toEqual([at, at > ends ? 'complete' : 'truncated']);
      expect(out.trim()).toBe(textOf(whole.subarray(0, at)).trim());
    }
  });

  test('reads the same byte by byte, whatever is in its strings', () => {
    const tricky = first.replace('Grüße', String.raw`]}\"[\\`);
    const stream = `[${tricky},${last}]`;
    expect(through(gemini, generate, bytewise(stream))).toMatchObject({
      end: 'complete',
      out: expect.stringContaining('"finishReason"'),
    });
  });
});
