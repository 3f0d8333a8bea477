import { describe, expect, test } from 'bun:test';
import { anthropic } from '../../server/proxy/anthropic.ts';
import type { DialectModule } from '../../server/proxy/dialect.ts';
import { gemini } from '../../server/proxy/gemini.ts';
import { openai } from '../../server/proxy/openai.ts';
import { geminiAnswers, utf8 } from '../support/vendorStreams.ts';

const read = (dialect: DialectModule, route: string, body: unknown) =>
  dialect.usageOfPlain(utf8(typeof body === 'string' ? body : JSON.stringify(body)), route);

const chat = '/v1/chat/completions';
const messages = '/v1/messages';
const generate = '/v1beta/models/{model}:generateContent';
const long = 'A "quoted" word, '.repeat(6_000);

const chatBody = (content: string) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage: {
    prompt_tokens: 19,
    completion_tokens: 10,
    total_tokens: 29,
    prompt_tokens_details: { cached_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 3 },
  },
  service_tier: 'default',
});

const messageBody = (content: object[]) => ({
  id: 'msg_1',
  type: 'message',
  content,
  usage: {
    input_tokens: 5,
    cache_creation_input_tokens: 10,
    cache_read_input_tokens: 20,
    output_tokens: 7,
  },
});

describe('A plain body', () => {
  for (const [size, content] of [
    ['small', 'Hi'],
    ['large', long],
  ] as const) {
    test(`that is ${size} is counted in each dialect`, () => {
      expect(read(openai, chat, chatBody(content))).toEqual({
        inputTokens: 19,
        outputTokens: 10,
        cachedTokens: 4,
        reasoningTokens: 3,
      });
      expect(read(anthropic, messages, messageBody([{ type: 'text', text: content }]))).toEqual({
        inputTokens: 35,
        outputTokens: 7,
        cachedTokens: 20,
        reasoningTokens: 0,
      });
      const answer = geminiAnswers.last.replace('"!"', JSON.stringify(content));
      expect(read(gemini, generate, answer)).toEqual({
        inputTokens: 11,
        outputTokens: 28,
        cachedTokens: 6,
        reasoningTokens: 20,
      });
      expect(read(gemini, generate, `[${geminiAnswers.first},\n${answer}\n]`)).toMatchObject({
        outputTokens: 28,
      });
    });
  }

  test('of responses and embeddings is counted by their own names', () => {
    const usage = { input_tokens: 3, output_tokens: 4, input_tokens_details: { cached_tokens: 1 } };
    expect(read(openai, '/v1/responses', { id: 'resp_1', usage })).toMatchObject({
      inputTokens: 3,
      outputTokens: 4,
      cachedTokens: 1,
    });
    const embeddings = { data: [], usage: { prompt_tokens: 8, total_tokens: 8 } };
    expect(read(openai, '/v1/embeddings', embeddings)).toMatchObject({
      inputTokens: 8,
      outputTokens: 0,
    });
  });

  test('is not fooled by a tool that was called with a usage', () => {
    const call = { type: 'tool_use', input: { usage: { input_tokens: 999, output_tokens: 999 } } };
    const { usage, ...rest } = messageBody([{ type: 'text', text: long }, call]);
    expect(read(anthropic, messages, { ...rest, usage })?.inputTokens).toBe(35);
    expect(read(anthropic, messages, { usage, ...rest })?.inputTokens).toBe(35);
  });

  test('is not fooled by a text that quotes a usage', () => {
    const quote = '"usage":{"prompt_tokens":999}';
    const { usage, ...rest } = chatBody(long + quote);
    expect(read(openai, chat, { usage, ...rest })?.inputTokens).toBe(19);
  });

  test('without usage, or that is no JSON, counts nothing', () => {
    for (const body of ['', 'no', '[]', 'null', '{}', '{"usage":null}', `{"usage":{"a":"${long}`]) {
      expect(read(openai, chat, body)).toBeNull();
      expect(read(anthropic, messages, body)).toBeNull();
      expect(read(gemini, generate, body)).toBeNull();
    }
  });

  test('of something stored is not counted again', () => {
    expect(read(openai, '/v1/responses/{id}', chatBody('Hi'))).toBeNull();
    expect(read(anthropic, '/v1/messages/count_tokens', { input_tokens: 14 })).toBeNull();
  });
});
