/** Streamed answers: whole, in any pieces, and cut off anywhere. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { MessagePart } from '../../../events/neutralMessage.ts';
import type { Dialect } from '../../../events/provider.ts';
import { readAnswerBytes } from '../../../server/dialects/answerBytes.ts';
import { dialects } from '../../../server/dialects/dialects.ts';
import type { AnswerDelta } from '../../../server/dialects/form.ts';
import { plainAnswers, streamedAnswers } from '../../fixtures/dialects/answers.ts';

const all: readonly Dialect[] = ['openai', 'anthropic', 'gemini'];

function read(dialect: Dialect, pieces: readonly Uint8Array[]) {
  const bytes = readAnswerBytes(dialects[dialect].createAnswerReader());
  const deltas = pieces.flatMap((piece) => bytes.push(piece));
  return { answer: bytes.end(), deltas };
}

const bytesOf = (dialect: Dialect): Uint8Array => Buffer.from(streamedAnswers[dialect]);

const textIn = (parts: readonly MessagePart[]): string =>
  parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');

const saidIn = (deltas: readonly AnswerDelta[], type: 'text' | 'thinking'): string =>
  deltas.map((delta) => (delta.type === type ? delta.text : '')).join('');

describe('A streamed answer', () => {
  for (const dialect of all) {
    const whole = dialects[dialect].answerOf(plainAnswers[dialect].call)!;

    test(`of ${dialect} is the same as the plain one`, () => {
      const { answer } = read(dialect, [bytesOf(dialect)]);
      expect(answer).toEqual({ ...whole, isWhole: true, failure: null });
      expect(answer.finishReason).toBe('toolCalls');
    });

    test(`of ${dialect} is the same in whatever pieces it comes`, () => {
      const bytes = bytesOf(dialect);
      fc.assert(
        fc.property(fc.uniqueArray(fc.nat(bytes.length), { maxLength: 20 }), (cuts) => {
          const ends = [...cuts.sort((a, b) => a - b), bytes.length];
          const pieces = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
          const { answer, deltas } = read(dialect, pieces);
          expect(answer.message).toEqual(whole.message);
          expect(saidIn(deltas, 'text')).toBe('I look both up.');
        }),
      );
    });

    test(`of ${dialect} that is cut at any byte has what had come`, () => {
      const bytes = bytesOf(dialect);
      let longest = 0;
      for (let end = 0; end < bytes.length; end += 1) {
        const { answer, deltas } = read(dialect, [bytes.subarray(0, end)]);
        const { parts } = answer.message;
        const said = textIn(parts);
        expect('I look both up.'.startsWith(said)).toBe(true);
        expect(said.length).toBeGreaterThanOrEqual(longest);
        expect(said.startsWith(saidIn(deltas, 'text'))).toBe(true);
        longest = said.length;
        const calls = parts.filter((part) => part.type === 'toolCall');
        expect(calls.length).toBeLessThanOrEqual(2);
        if (answer.isWhole) expect(answer.message).toEqual(whole.message);
      }
      expect(longest).toBe('I look both up.'.length);
    });

    test(`of ${dialect} tells its calls as they are made`, () => {
      const { deltas } = read(dialect, [bytesOf(dialect)]);
      const [lookedUp, painted] = deltas.filter((delta) => delta.type === 'toolCall');
      expect([lookedUp?.name, painted?.name]).toEqual(['look_up', 'paint']);
      const json = deltas
        .map((delta) => (delta.type === 'toolInput' && delta.id === lookedUp?.id ? delta.json : ''))
        .join('');
      expect(JSON.parse(json)).toEqual({ colour: 'red', depth: 2 });
    });

    test(`of ${dialect} counts its tokens`, () => {
      const usage = read(dialect, [bytesOf(dialect)]).answer.usage!;
      expect(usage).toMatchObject({ inputTokens: 120, outputTokens: 40, cachedTokens: 100 });
      // Anthropic does not count its thoughts apart here.
      expect(usage.reasoningTokens).toBe(dialect === 'anthropic' ? 0 : 12);
    });
  }

  test('whose call was cut off keeps what had come of its input', () => {
    const bytes = Buffer.from(streamedAnswers.openai);
    const cut = bytes.indexOf('ed\\",');
    const { answer } = read('openai', [bytes.subarray(0, cut)]);
    expect(answer.isWhole).toBe(false);
    expect(answer.message.parts.at(-1)).toMatchObject({
      type: 'toolCall',
      input: { INVALID_JSON: '{"colour":"r' },
    });
  });

  test('that ends with an error is not whole, and says why', () => {
    const errors: Record<Dialect, string> = {
      openai: 'data: {"error":{"message":"Overloaded"}}\n\n',
      anthropic:
        'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
      gemini: 'data: {"error":{"code":503,"message":"Overloaded","status":"UNAVAILABLE"}}\n\n',
    };
    for (const dialect of all) {
      const { answer } = read(dialect, [Buffer.from(errors[dialect])]);
      expect(answer).toMatchObject({ isWhole: false, failure: 'Overloaded', finishReason: null });
    }
  });
});

describe("Gemini's stream without server-sent events", () => {
  test('is an array of what else would be its events', () => {
    const chunks = streamedAnswers.gemini
      .split('\n\n')
      .filter((event) => event !== '')
      .map((event) => JSON.parse(event.slice('data: '.length)) as unknown);
    expect(dialects.gemini.answerOf(chunks)).toEqual(
      dialects.gemini.answerOf(plainAnswers.gemini.call),
    );
  });
});

describe('A hidden block of Anthropic', () => {
  const events = [
    {
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} },
    },
    {
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json: '{"query":"red"}' },
    },
    { type: 'content_block_stop', index: 0 },
  ].map((event) => ({ name: event.type, data: JSON.stringify(event) }));

  test('is kept once it is whole, and for Anthropic alone', () => {
    const reader = dialects.anthropic.createAnswerReader();
    for (const event of events) reader.push(event);
    const { message } = reader.end();
    const block = {
      type: 'server_tool_use',
      id: 'srvtoolu_1',
      name: 'web_search',
      input: { query: 'red' },
    };
    expect(message.parts).toEqual([{ type: 'opaque', dialect: 'anthropic', value: block }]);
    const messages = [
      { role: 'user' as const, parts: [{ type: 'text' as const, text: 'Hi' }] },
      message,
    ];
    const bodies = all.map((dialect) => {
      const { body } = dialects[dialect].requestOf({ model: 'm', messages, stream: false });
      return JSON.stringify(body).includes('srvtoolu_1');
    });
    expect(bodies).toEqual([false, true, false]);
  });

  test('is left out where it was cut off', () => {
    const reader = dialects.anthropic.createAnswerReader();
    for (const event of events.slice(0, 2)) reader.push(event);
    expect(reader.end().message.parts).toEqual([]);
  });
});
