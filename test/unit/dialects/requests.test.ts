/** What is sent to each vendor, in the types of its own SDK, and what no vendor takes. */
import { describe, expect, test } from 'bun:test';
import type { MessagePart, NeutralMessage } from '../../../events/neutralMessage.ts';
import type { Dialect } from '../../../events/provider.ts';
import { dialects } from '../../../server/dialects/dialects.ts';
import type { Question } from '../../../server/dialects/form.ts';
import { everything, toAnthropic, toGemini, toOpenAi } from '../../fixtures/dialects/requests.ts';

const all: readonly Dialect[] = ['openai', 'anthropic', 'gemini'];

const user = (...parts: MessagePart[]): NeutralMessage => ({ role: 'user', parts });
const assistant = (...parts: MessagePart[]): NeutralMessage => ({ role: 'assistant', parts });
const text = (said: string): MessagePart => ({ type: 'text', text: said });

const sent = (dialect: Dialect, messages: NeutralMessage[], more: Partial<Question> = {}) => {
  const question = { model: 'm', messages, stream: false, ...more };
  return JSON.stringify(dialects[dialect].requestOf(question).body);
};

describe('A question with everything in it', () => {
  test('is sent to OpenAI as its SDK types it', () => {
    const request = dialects.openai.requestOf({ ...everything, model: 'gpt-4o' });
    expect(request).toEqual({ path: '/v1/chat/completions', body: toOpenAi });
  });

  test('is sent to Anthropic as its SDK types it', () => {
    const request = dialects.anthropic.requestOf({ ...everything, model: 'claude-opus-5' });
    expect(request).toEqual({ path: '/v1/messages', body: toAnthropic });
  });

  test('is sent to Gemini as its SDK types it', () => {
    const request = dialects.gemini.requestOf({ ...everything, model: 'gemini-3-pro' });
    const { model, contents, config } = toGemini;
    const { systemInstruction, tools, toolConfig, ...generationConfig } = config;
    expect(request).toEqual({
      path: `/v1beta/models/${model}:generateContent`,
      body: { contents, systemInstruction, tools, toolConfig, generationConfig },
    });
  });

  test('has its tools under their own names again when they are called', () => {
    const { name } = toAnthropic.tools[0]!;
    const answers = {
      openai: {
        choices: [{ message: { tool_calls: [{ id: 'a', function: { name, arguments: '' } }] } }],
      },
      anthropic: { content: [{ type: 'tool_use', id: 'a', name, input: {} }] },
    };
    for (const dialect of ['openai', 'anthropic'] as const) {
      const { message } = dialects[dialect].answerOf(answers[dialect], everything.tools)!;
      expect(message.parts).toEqual([{ type: 'toolCall', id: 'a', name: 'files.look', input: {} }]);
    }
  });
});

describe('What a vendor does not take', () => {
  test('is named, where it cannot be shown', () => {
    const video = user({ type: 'file', mediaType: 'video/mp4', data: 'AAAA', name: 'a.mp4' });
    const words = '[File \\"a.mp4\\" (video/mp4) that cannot be shown here]';
    expect(sent('openai', [video])).toContain(words);
    expect(sent('anthropic', [video])).toContain(words);
    expect(sent('gemini', [video])).toContain('"mimeType":"video/mp4"');
  });

  test('in the result of a failure is shown to Claude after all results', () => {
    const body = sent('anthropic', [
      user(text('Hi')),
      assistant({ type: 'toolCall', id: 'a', name: 'one', input: {} }),
      user({
        type: 'toolResult',
        callId: 'a',
        isError: true,
        content: [{ type: 'image', mediaType: 'image/png', data: 'AAAA' }],
      }),
    ]);
    const { messages } = JSON.parse(body) as { messages: { content: { type: string }[] }[] };
    expect(messages.at(-1)?.content.map(({ type }) => type)).toEqual([
      'tool_result',
      'text',
      'image',
    ]);
  });

  test('of an assistant that drew is shown as the user who goes on', () => {
    const drawn: MessagePart = { type: 'image', mediaType: 'image/png', data: 'AAAA' };
    const messages = [user(text('Draw')), assistant(text('Here.'), drawn), user(text('Bigger'))];
    for (const dialect of ['openai', 'anthropic'] as const) {
      const body = sent(dialect, messages);
      expect(body.indexOf('Here.')).toBeLessThan(body.indexOf('AAAA'));
      expect(body).toContain('Shown by the assistant in its last message:');
    }
    expect(sent('gemini', messages)).toContain(
      '"role":"model","parts":[{"text":"Here."},{"inlineData"',
    );
  });

  test('of a result is shown to an earlier Gemini beside it', () => {
    const messages = everything.messages as NeutralMessage[];
    expect(sent('gemini', messages, { model: 'gemini-3-pro' })).not.toContain('Shown by');
    const earlier = sent('gemini', messages, { model: 'gemini-2.5-flash' });
    expect(earlier).toContain('Shown by the tool call');
    expect(earlier).not.toContain('skip_thought_signature_validator');
  });

  test('because it lies in the object store is a mistake of the caller', () => {
    const object = user({ type: 'image', object: 'ab12', mediaType: 'image/png', sizeBytes: 9 });
    for (const dialect of all) expect(() => sent(dialect, [object])).toThrow('ab12');
  });

  test('of schemas is made whole', () => {
    const tools = [{ name: 'one', inputSchema: {} }];
    expect(sent('openai', [user(text('Hi'))], { tools })).toContain(
      '"parameters":{"type":"object","properties":{}}',
    );
    expect(sent('anthropic', [user(text('Hi'))], { tools })).toContain(
      '"input_schema":{"type":"object"}',
    );
  });

  test('of temperatures is not sent', () => {
    const asked = (model: string) =>
      sent('anthropic', [user(text('Hi'))], { model, temperature: 1.5 });
    const olds = [
      'claude-3-5-haiku-latest',
      'claude-sonnet-4-20250514',
      'claude-opus-4-6',
      'glm-5',
    ];
    for (const model of olds) expect(asked(model)).toContain('"temperature":1,');
    const news = ['claude-opus-4-7', 'claude-sonnet-5', 'claude-opus-5-20260801'];
    for (const model of news) expect(asked(model)).not.toContain('temperature');
  });
});

describe('A conversation out of order', () => {
  test('that was cut to its last messages begins with its user', () => {
    const messages = [assistant(text('Yes.')), user(text('Why?'))];
    for (const dialect of ['anthropic', 'gemini'] as const) {
      expect(sent(dialect, messages)).toContain('(What was said before is left out.)');
    }
    expect(sent('openai', messages)).not.toContain('left out');
  });

  test('whose call has no result gets one that says so', () => {
    const messages = [
      user(text('Hi')),
      assistant({ type: 'toolCall', id: 'a', name: 'one', input: {} }),
      user(text('Never mind.')),
    ];
    for (const dialect of all) {
      const body = sent(dialect, messages);
      expect(body).toContain('This call was not carried out.');
      expect(body).toContain('Never mind.');
    }
  });

  test('whose result has no call says it as text', () => {
    const result: MessagePart = {
      type: 'toolResult',
      callId: 'a',
      content: [{ type: 'text', text: '42' }],
    };
    for (const dialect of all) {
      const body = sent(dialect, [user(result)]);
      expect(body).toContain('Result of the tool call a:');
      expect(body).toContain('42');
    }
  });

  test('with one id for two calls gives the second another', () => {
    const call: MessagePart = { type: 'toolCall', id: 'a', name: 'one', input: {} };
    const result = (said: string): MessagePart => ({
      type: 'toolResult',
      callId: 'a',
      content: [{ type: 'text', text: said }],
    });
    const messages = [
      user(text('Hi')),
      assistant(call),
      user(result('first')),
      assistant(call),
      user(result('second')),
    ];
    const { body } = dialects.anthropic.requestOf({ model: 'm', messages, stream: false });
    const ids = [...JSON.stringify(body).matchAll(/"(?:id|tool_use_id)":"([^"]+)"/g)].map(
      ([, id]) => id,
    );
    expect(ids[0]).toBe('a');
    expect(ids[1]).toBe('a');
    expect(ids[2]).not.toBe('a');
    expect(ids[3]).toBe(ids[2]);
  });
});
