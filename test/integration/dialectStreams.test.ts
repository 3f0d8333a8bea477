/** The official SDKs notice a stream that broke, and are content with one that was only untidy. */
import Anthropic from '@anthropic-ai/sdk';
import { ApiError } from '@google/genai';
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import OpenAI from 'openai';
import { anthropic } from '../../server/proxy/anthropic.ts';
import { eventBreak, type DialectModule, type GatewayError } from '../../server/proxy/dialect.ts';
import { gemini } from '../../server/proxy/gemini.ts';
import { openai } from '../../server/proxy/openai.ts';
import {
  chat,
  message,
  prompt,
  readAll,
  sdkServer,
  streamed,
  thrown,
} from '../support/officialSdks.ts';
import {
  anthropicMessages,
  geminiStream,
  openAiChat,
  openAiResponses,
} from '../support/vendorStreams.ts';

let sdks: ReturnType<typeof sdkServer>;
beforeAll(() => {
  sdks = sdkServer();
});
afterAll(() => sdks.stop());

describe('An error inside a stream', () => {
  const cut: GatewayError = {
    status: 502,
    kind: 'api',
    code: 'upstream_stream_broken',
    message: 'The answer is not complete.',
  };

  test('makes the OpenAI SDK throw in a chat and in a response', async () => {
    sdks.prepare(streamed(openAiChat.start, openai.inBandError(cut)));
    const seen = await thrown(readAll(sdks.chat().create({ ...chat, stream: true })));
    expect(seen).toBeInstanceOf(OpenAI.APIError);
    expect(seen).toMatchObject({ message: cut.message, code: cut.code });

    sdks.prepare(streamed(openAiResponses.start, openai.inBandError(cut)));
    const stream = sdks.responses().create({ model: 'gpt-5', input: 'Hi', stream: true });
    expect(await thrown(readAll(stream))).toMatchObject({ message: cut.message, code: cut.code });
  });

  test('makes the Anthropic SDK throw', async () => {
    sdks.prepare(streamed(anthropicMessages.start, anthropic.inBandError(cut)));
    const seen = await thrown(readAll(sdks.messages().create({ ...message, stream: true })));
    expect(seen).toBeInstanceOf(Anthropic.APIError);
    expect(seen).toMatchObject({ type: 'api_error', apiMessage: cut.message });
  });

  test('makes the Google SDK throw', async () => {
    sdks.prepare(streamed(geminiStream.start, gemini.inBandError(cut)));
    const seen = await thrown(readAll(sdks.models().generateContentStream(prompt)));
    expect(seen).toBeInstanceOf(ApiError);
    expect(seen).toMatchObject({ status: 502 });
  });

  test('makes every SDK throw when the stream broke inside an event', async () => {
    const half = (stream: string) => stream.slice(0, -25);
    sdks.prepare(streamed(half(openAiChat.start), eventBreak, openai.inBandError(cut)));
    await thrown(readAll(sdks.chat().create({ ...chat, stream: true })));
    sdks.prepare(streamed(half(anthropicMessages.start), eventBreak, anthropic.inBandError(cut)));
    await thrown(readAll(sdks.messages().create({ ...message, stream: true })));
    sdks.prepare(streamed(half(geminiStream.start), eventBreak, gemini.inBandError(cut)));
    await thrown(readAll(sdks.models().generateContentStream(prompt)));
  });
});

describe('What is added to a complete stream', () => {
  const completed = (dialect: DialectModule, route: string, stream: string) => {
    const watch = dialect.terminator(route);
    const passing = watch.push(new TextEncoder().encode(stream));
    expect(watch.end()).toBe('complete');
    return streamed(passing, watch.missingTail() ?? '');
  };

  test('leaves the SDKs content, also where the last blank line was missing', async () => {
    const { start, finish } = openAiChat;
    sdks.prepare(completed(openai, '/v1/chat/completions', (start + finish).trimEnd()));
    expect(await readAll(sdks.chat().create({ ...chat, stream: true }))).toBe(4);

    const { start: begun, delta, stop } = anthropicMessages;
    sdks.prepare(completed(anthropic, '/v1/messages', (begun + delta + stop).trimEnd()));
    expect(await readAll(sdks.messages().create({ ...message, stream: true }))).toBe(6);

    const generate = '/v1beta/models/{model}:streamGenerateContent';
    const candidates = (geminiStream.start + geminiStream.last).trimEnd();
    sdks.prepare(completed(gemini, generate, candidates));
    expect(await readAll(sdks.models().generateContentStream(prompt))).toBe(3);
  });
});
