/** What an answer says it used, and what that is priced as. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { anthropic } from '../../server/proxy/anthropic.ts';
import type { DialectModule } from '../../server/proxy/dialect.ts';
import { gemini } from '../../server/proxy/gemini.ts';
import { openai } from '../../server/proxy/openai.ts';
import { openAiUsageIn } from '../../server/proxy/usage.ts';
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
        cacheWriteTokens: 10,
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

  test('is read at its end as the whole of it would be', () => {
    const { usage } = chatBody('');
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('"usage":{"prompt_tokens":5}', 'usage', '\\', null, 7, usage),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('usage', 'a', 'a\\"', 'choices'), tie('tree')),
      ),
    }));
    const body = fc.dictionary(fc.constantFrom('usage', 'a', 'b"', 'x_groq', '1'), tree);
    fc.assert(
      fc.property(body, (json) => {
        expect(read(openai, chat, json)).toEqual(openAiUsageIn(json));
      }),
      { numRuns: 2_000 },
    );
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

describe('What is priced apart', () => {
  test('is told of OpenAI’s sound and pictures', () => {
    const usage = {
      prompt_tokens: 30,
      completion_tokens: 20,
      total_tokens: 50,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 12, cache_write_tokens: 5 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 15 },
    };
    expect(read(openai, chat, { usage })).toEqual({
      inputTokens: 30,
      outputTokens: 20,
      cachedTokens: 0,
      reasoningTokens: 0,
      cacheWriteTokens: 5,
      parts: { inputAudioTokens: 12, outputAudioTokens: 15 },
    });
    const images = {
      input_tokens: 50,
      output_tokens: 4_160,
      input_tokens_details: { text_tokens: 10, image_tokens: 40 },
      output_tokens_details: { image_tokens: 4_160, text_tokens: 0 },
    };
    expect(read(openai, '/v1/images/generations', { usage: images })?.parts).toEqual({
      inputImageTokens: 40,
      outputImageTokens: 4_160,
    });
  });

  test('is told of Anthropic’s caches for an hour and searches', () => {
    const usage = {
      input_tokens: 5,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
      output_tokens: 7,
      server_tool_use: { web_search_requests: 2 },
    };
    expect(read(anthropic, messages, { usage })).toMatchObject({
      inputTokens: 35,
      cacheWriteTokens: 30,
      parts: { hourCacheWriteTokens: 20, webSearches: 2 },
    });
  });

  test('is told of Gemini’s modalities', () => {
    const usageMetadata = {
      promptTokenCount: 300,
      candidatesTokenCount: 1_290,
      cachedContentTokenCount: 100,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 20 },
        { modality: 'AUDIO', tokenCount: 200 },
        { modality: 'DOCUMENT', tokenCount: 80 },
      ],
      cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: 100 }],
      candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1_290 }],
    };
    expect(read(gemini, generate, { usageMetadata })?.parts).toEqual({
      inputAudioTokens: 200,
      inputImageTokens: 80,
      cachedAudioTokens: 100,
      outputImageTokens: 1_290,
    });
  });

  test('is not there where all is text', () => {
    const usageMetadata = {
      promptTokenCount: 3,
      candidatesTokenCount: 1,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 3 }],
    };
    expect(read(gemini, generate, { usageMetadata })).not.toHaveProperty('parts');
    expect(read(openai, chat, chatBody('Hi'))).not.toHaveProperty('cacheWriteTokens');
  });
});

describe('A total', () => {
  test('has the reasoning that the output leaves out', () => {
    const usage = { prompt_tokens: 32, completion_tokens: 9, total_tokens: 135 };
    const details = { completion_tokens_details: { reasoning_tokens: 94 } };
    for (const one of [usage, { ...usage, ...details }]) {
      expect(read(openai, chat, { usage: one })).toMatchObject({
        outputTokens: 103,
        reasoningTokens: 94,
      });
    }
  });

  test('is what was read where nothing else is counted', () => {
    expect(read(openai, '/v1/embeddings', { usage: { total_tokens: 8 } })).toMatchObject({
      inputTokens: 8,
      outputTokens: 0,
    });
  });
});
