/** The official SDKs read the gateway's errors as they would read their vendor's. */
import Anthropic from '@anthropic-ai/sdk';
import { ApiError } from '@google/genai';
import { afterAll, beforeAll, describe, expect, spyOn, test } from 'bun:test';
import OpenAI from 'openai';
import { anthropic } from '../../server/proxy/anthropic.ts';
import type { GatewayError } from '../../server/proxy/dialect.ts';
import { gemini } from '../../server/proxy/gemini.ts';
import { openai } from '../../server/proxy/openai.ts';
import {
  chat,
  message,
  prompt,
  readAll,
  refused,
  sdkServer,
  streamed,
  thrown,
} from '../support/officialSdks.ts';
import { anthropicMessages, openAiChat } from '../support/vendorStreams.ts';

let sdks: ReturnType<typeof sdkServer>;
beforeAll(() => {
  sdks = sdkServer();
});
afterAll(() => sdks.stop());

const errors: GatewayError[] = [
  { status: 400, kind: 'invalid_request', code: 'invalid_json', message: 'Bad.' },
  { status: 401, kind: 'authentication', code: 'invalid_api_key', message: 'Who?' },
  { status: 403, kind: 'permission', code: 'not_local', message: 'No.' },
  { status: 404, kind: 'not_found', code: 'provider_not_found', message: 'Where?' },
  { status: 413, kind: 'too_large', code: 'request_too_large', message: 'Big.' },
  {
    status: 429,
    kind: 'rate_limit',
    code: 'all_keys_resting',
    message: 'Later.',
    retryAfterMs: 7000,
  },
  { status: 502, kind: 'api', code: 'upstream_failed', message: 'Oh.' },
  { status: 503, kind: 'unavailable', code: 'no_provider_key', message: 'None.' },
  { status: 503, kind: 'overloaded', code: 'busy', message: 'Busy.' },
  { status: 504, kind: 'timeout', code: 'provider_timeout', message: 'Slow.' },
];

describe('An error answer', () => {
  test('becomes the class, code and message that the OpenAI SDK has for it', async () => {
    const classes = [
      OpenAI.BadRequestError,
      OpenAI.AuthenticationError,
      OpenAI.PermissionDeniedError,
      OpenAI.NotFoundError,
      OpenAI.APIError,
      OpenAI.RateLimitError,
      OpenAI.InternalServerError,
      OpenAI.InternalServerError,
      OpenAI.InternalServerError,
      OpenAI.InternalServerError,
    ];
    for (const [index, error] of errors.entries()) {
      sdks.prepare(refused(openai, error));
      const seen = await thrown(sdks.chat().create(chat));
      expect(seen).toBeInstanceOf(OpenAI.APIError);
      expect(seen?.constructor).toBe(classes[index]);
      expect(seen).toMatchObject({
        status: error.status,
        code: error.code,
        message: `${error.status} ${error.message}`,
        param: null,
      });
    }
  });

  test('becomes the class, type and message that the Anthropic SDK has for it', async () => {
    const classes = [
      Anthropic.BadRequestError,
      Anthropic.AuthenticationError,
      Anthropic.PermissionDeniedError,
      Anthropic.NotFoundError,
      Anthropic.ContentTooLargeError,
      Anthropic.RateLimitError,
      Anthropic.InternalServerError,
      Anthropic.ServiceUnavailableError,
      Anthropic.OverloadedError,
      Anthropic.GatewayTimeoutError,
    ];
    const types = [
      'invalid_request_error',
      'authentication_error',
      'permission_error',
      'not_found_error',
      'request_too_large',
      'rate_limit_error',
      'api_error',
      'api_error',
      'overloaded_error',
      'timeout_error',
    ];
    for (const [index, error] of errors.entries()) {
      sdks.prepare(refused(anthropic, error));
      const seen = await thrown(sdks.messages().create(message));
      expect(seen?.constructor).toBe(classes[index]);
      expect(seen).toMatchObject({
        status: error.kind === 'overloaded' ? 529 : error.status,
        type: types[index],
        apiMessage: error.message,
        errorCode: error.code,
      });
    }
  });

  test('becomes an ApiError of the Google SDK with the body in its message', async () => {
    for (const error of errors) {
      sdks.prepare(refused(gemini, error));
      const seen = await thrown(sdks.models().generateContent(prompt));
      expect(seen).toBeInstanceOf(ApiError);
      expect(seen).toMatchObject({ status: error.status });
      const body = JSON.parse((seen as ApiError).message);
      expect(body.error).toMatchObject({ code: error.status, message: error.message });
      const delays = body.error.details.map((detail: { retryDelay?: string }) => detail.retryDelay);
      expect(delays.includes('7s')).toBe(error.retryAfterMs === 7000);
    }
  });
});

describe('The wait that an error names', () => {
  const soon: GatewayError = {
    status: 429,
    kind: 'rate_limit',
    code: 'all_keys_resting',
    message: 'Later.',
    retryAfterMs: 21,
  };

  test('is kept by the SDKs instead of their own back-off', async () => {
    const timers = spyOn(globalThis, 'setTimeout');
    const waits = () => timers.mock.calls.filter(([, waitMs]) => waitMs === 21).length;
    sdks.prepare(
      refused(openai, soon),
      streamed(openAiChat.start, openAiChat.finish, openAiChat.done),
    );
    await readAll(sdks.chat(1).create({ ...chat, stream: true }));
    expect(waits()).toBe(1);
    sdks.prepare(
      refused(anthropic, soon),
      streamed(anthropicMessages.start, anthropicMessages.stop),
    );
    await readAll(sdks.messages(1).create({ ...message, stream: true }));
    expect(waits()).toBe(2);
    expect(sdks.asked()).toBe(2);
    timers.mockRestore();
  });

  test('is not waited for when the gateway has spent its own attempts', async () => {
    const spent: GatewayError = { ...soon, shouldRetry: false };
    sdks.prepare(refused(openai, spent));
    expect(await thrown(sdks.chat(3).create(chat))).toBeInstanceOf(OpenAI.RateLimitError);
    expect(sdks.asked()).toBe(1);
    sdks.prepare(refused(anthropic, spent));
    expect(await thrown(sdks.messages(3).create(message))).toBeInstanceOf(Anthropic.RateLimitError);
    expect(sdks.asked()).toBe(1);
  });
});
