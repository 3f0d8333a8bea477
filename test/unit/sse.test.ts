/** Streams of events, however they are cut and written. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { anthropic } from '../../server/proxy/anthropic.ts';
import type { DialectModule, StreamWatch } from '../../server/proxy/dialect.ts';
import { gemini } from '../../server/proxy/gemini.ts';
import { openai } from '../../server/proxy/openai.ts';
import {
  anthropicMessages,
  choice,
  geminiAnswers,
  geminiEvent,
  geminiStream,
  openAiChat,
  openAiResponses,
  utf8,
} from '../support/vendorStreams.ts';

const text = (bytes: Uint8Array | null) =>
  bytes === null ? null : new TextDecoder().decode(bytes);

function ending(watch: StreamWatch) {
  const end = watch.end();
  return {
    end,
    failed: watch.failure() !== null,
    usage: watch.usage(),
    ids: watch.ids(),
    tail: text(watch.missingTail()),
  };
}

function passed(dialect: DialectModule, route: string, ...chunks: (string | Uint8Array)[]) {
  const watch = dialect.terminator(route);
  for (const chunk of chunks) watch.push(typeof chunk === 'string' ? utf8(chunk) : chunk);
  return watch;
}

const chat = '/v1/chat/completions';
const messages = '/v1/messages';
const generate = '/v1beta/models/{model}:streamGenerateContent';
const { start, finish, usage, done, chunk } = openAiChat;
const { first, second, last } = geminiAnswers;

const streams: [string, DialectModule, string, string, string][] = [
  ['a chat', openai, chat, start + finish + usage + done, 'complete'],
  ['a chat without [DONE]', openai, chat, start + finish + usage, 'complete'],
  ['a chat without a last blank line', openai, chat, (start + finish).slice(0, -2), 'complete'],
  ['a cut chat', openai, chat, start, 'truncated'],
  ['a chat cut inside an event', openai, chat, start + chunk([]).slice(0, -20), 'truncated'],
  [
    'responses',
    openai,
    '/v1/responses',
    openAiResponses.start + openAiResponses.completed,
    'complete',
  ],
  ['cut responses', openai, '/v1/responses', openAiResponses.start, 'truncated'],
  [
    'messages',
    anthropic,
    messages,
    anthropicMessages.start + anthropicMessages.delta + anthropicMessages.stop,
    'complete',
  ],
  [
    'cut messages',
    anthropic,
    messages,
    anthropicMessages.start + anthropicMessages.delta,
    'truncated',
  ],
  ['candidates', gemini, generate, geminiStream.start + geminiStream.last, 'complete'],
  ['cut candidates', gemini, generate, geminiStream.start, 'truncated'],
  [
    'an array of candidates',
    gemini,
    generate,
    `[${first}\n,\r\n${second},\n${last}]\n`,
    'complete',
  ],
  ['a cut array of candidates', gemini, generate, `[${first},\n`, 'truncated'],
  [
    'a stream nothing is known of',
    openai,
    '/v1/audio/speech',
    'data: {"type":"x"}\n\n',
    'unjudged',
  ],
];

describe('However a stream is cut into chunks', () => {
  for (const [name, dialect, route, stream, end] of streams) {
    test(`${name} reads the same at every split and byte by byte`, () => {
      const bytes = utf8(stream);
      const whole = ending(passed(dialect, route, bytes));
      expect(whole.end as string).toBe(end);
      for (let at = 1; at < bytes.length; at += 1) {
        const split = passed(dialect, route, bytes.slice(0, at), bytes.slice(at));
        expect(ending(split)).toEqual(whole);
      }
      const single = dialect.terminator(route);
      for (const byte of bytes) single.push(new Uint8Array([byte]));
      expect(ending(single)).toEqual(whole);
    });
  }

  test('any chunks at all give the same result, with LF and with CRLF', () => {
    const long = utf8(start.repeat(5) + ': note\n\n' + finish + usage + done);
    const crlf = utf8(text(long)?.replaceAll('\n', '\r\n') ?? '');
    const whole = ending(passed(openai, chat, long));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 20 }), (sizes) => {
        for (const bytes of [long, crlf]) {
          const watch = openai.terminator(chat);
          let at = 0;
          for (const size of sizes) {
            watch.push(bytes.slice(at, at + size));
            at += size;
          }
          watch.push(bytes.slice(at));
          expect(watch.betweenEvents()).toBe(true);
          expect(ending(watch)).toEqual(whole);
        }
      }),
    );
  });
});

describe('Between events', () => {
  test('half an event waits, and leaves room for a comment', () => {
    const watch = openai.terminator(chat);
    const pass = (piece: string) => text(watch.push(utf8(piece)));
    expect(watch.betweenEvents()).toBe(true);
    expect(pass('data: {"choices":[]}')).toBe('');
    expect(watch.betweenEvents()).toBe(true);
    expect(pass('\n')).toBe('');
    expect(pass('\ndata: {"cho')).toBe('data: {"choices":[]}\n\n');
    expect(pass('ices":[]}\n\n')).toBe('data: {"choices":[]}\n\n');
  });

  test('of an unknown stream nothing waits', () => {
    const watch = openai.terminator('/v1/audio/speech');
    expect(text(watch.push(utf8('data: {"ty')))).toBe('data: {"ty');
    expect(watch.betweenEvents()).toBe(false);
    expect(text(watch.push(utf8('pe":"x"}\n\n')))).toBe('pe":"x"}\n\n');
    expect(watch.betweenEvents()).toBe(true);
  });

  test("a vendor's comment is no event", () => {
    const watch = passed(openai, chat, ': OPENROUTER PROCESSING\n\n');
    expect([watch.sawEvent(), watch.betweenEvents()]).toEqual([false, true]);
    watch.push(utf8(': OPENROUTER PROCESSING\n\n' + start));
    expect(watch.sawEvent()).toBe(true);
  });

  test('an event begins to count when it is whole', () => {
    const watch = passed(anthropic, messages, 'event: ping\ndata: {"type":"ping"}\n');
    expect(watch.sawEvent()).toBe(false);
    watch.push(utf8('\n'));
    expect(watch.sawEvent()).toBe(true);
  });

  test('an empty stream has no event and is truncated', () => {
    const watch = openai.terminator(chat);
    watch.push(new Uint8Array(0));
    expect(watch.sawEvent()).toBe(false);
    expect(watch.end()).toBe('truncated');
  });
});

describe('Events as other servers write them', () => {
  test('data over several lines is one event', () => {
    const lines = JSON.stringify(
      { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
      null,
      2,
    )
      .split('\n')
      .map((line) => `data: ${line}\n`)
      .join('');
    expect(passed(openai, chat, start + lines + '\n').end()).toBe('complete');
  });

  test('spaces around colons and a missing space after data: make no difference', () => {
    const event = 'data:{"choices" : [ { "index" : 0, "finish_reason" : "stop" } ] }\n\n';
    expect(passed(openai, chat, start + event).end()).toBe('complete');
  });
});

describe('An event too big to keep', () => {
  const big = 'A'.repeat(3_000_000);
  const inPieces = (stream: string) => {
    const bytes = utf8(stream);
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += 65_536) pieces.push(bytes.slice(at, at + 65_536));
    return pieces;
  };

  test('with a picture in it still ends a Gemini stream and is counted', () => {
    const picture = JSON.stringify({
      candidates: [
        {
          content: { parts: [{ inlineData: { mimeType: 'image/png', data: big } }] },
          finishReason: 'STOP',
        },
      ],
      usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 1290 },
    });
    const watch = passed(gemini, generate, ...inPieces(geminiEvent(picture)));
    expect(watch.betweenEvents()).toBe(true);
    expect(ending(watch)).toMatchObject({
      end: 'complete',
      usage: { inputTokens: 9, outputTokens: 1290 },
    });
  });

  test('still ends a response', () => {
    const event = openAiResponses.completed.replace('"summary":[]', `"summary":["${big}"]`);
    const watch = passed(openai, '/v1/responses', openAiResponses.start, ...inPieces(event));
    expect(ending(watch)).toMatchObject({ end: 'complete', usage: { outputTokens: 11 } });
    expect(watch.ids()).toContain('resp_67c9fdcecf488190bdd9a0409de3a1ec07b8b0ad4e5eb654');
  });

  test('in a chat is judged by its ends', () => {
    const event = chunk([choice(0, big)]);
    expect(passed(openai, chat, start, ...inPieces(event)).end()).toBe('truncated');
    expect(passed(openai, chat, start, ...inPieces(event + finish)).end()).toBe('complete');
    const both = chunk([choice(0, big, 'stop')]).replace('"delta":{}', `"delta":{"a":"${big}"}`);
    expect(passed(openai, chat, start, ...inPieces(both)).end()).toBe('complete');
  });

  test('in a chat with several choices leaves the end unjudged', () => {
    const event = chunk([choice(1, big)]);
    expect(passed(openai, chat, start, ...inPieces(event + finish)).end()).toBe('unjudged');
    expect(passed(openai, chat, start, ...inPieces(event + finish + done)).end()).toBe('complete');
  });

  test('that never ends is not kept whole', () => {
    const watch = openai.terminator(chat);
    const piece = utf8('x'.repeat(65_536));
    for (let count = 0; count < 200; count += 1) watch.push(piece);
    expect(watch.betweenEvents()).toBe(false);
    expect(watch.end()).toBe('truncated');
    expect(watch.missingTail()).toBeNull();
  });
});
