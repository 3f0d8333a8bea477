/** Errors of the gateway in each dialect's form, and batches. */
import { describe, expect, test } from 'bun:test';
import { anthropic } from '../../server/proxy/anthropic.ts';
import type { GatewayError } from '../../server/proxy/dialect.ts';
import { gemini } from '../../server/proxy/gemini.ts';
import { openai } from '../../server/proxy/openai.ts';

describe('An error of the gateway', () => {
  const resting: GatewayError = {
    status: 429,
    kind: 'rate_limit',
    code: 'all_keys_resting',
    message: 'Every key of the provider "x" rests.',
    retryAfterMs: 1500.2,
  };

  test('has the shape of each dialect', () => {
    expect(JSON.parse(openai.errorBody(resting, 'r1').body)).toEqual({
      error: {
        message: resting.message,
        type: 'rate_limit_error',
        param: null,
        code: 'all_keys_resting',
      },
    });
    expect(JSON.parse(anthropic.errorBody(resting, 'r1').body)).toMatchObject({
      type: 'error',
      error: { type: 'rate_limit_error', message: resting.message },
      request_id: 'r1',
    });
    expect(JSON.parse(gemini.errorBody(resting, 'r1').body).error).toMatchObject({
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
      details: [
        { reason: 'ALL_KEYS_RESTING' },
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.501s' },
      ],
    });
  });

  test('says in headers when to ask again, rounded up', () => {
    for (const dialect of [openai, anthropic, gemini]) {
      expect(dialect.errorBody(resting, 'r1').headers).toMatchObject({
        'content-type': 'application/json',
        'x-signalbox-request-id': 'r1',
        'retry-after': '2',
        'retry-after-ms': '1501',
      });
    }
  });

  test('has its id where the SDK of the dialect looks for one', () => {
    expect(openai.errorBody(resting, 'r1').headers['x-request-id']).toBe('r1');
    expect(anthropic.errorBody(resting, 'r1').headers['request-id']).toBe('r1');
    expect(gemini.errorBody(resting, 'r1').headers).not.toContainKey('x-request-id');
  });

  test('that names a long wait tells the SDK not to sit it out in silence', () => {
    for (const dialect of [openai, anthropic, gemini]) {
      const told = (retryAfterMs: number) =>
        dialect.errorBody({ ...resting, retryAfterMs }, 'r1').headers['x-should-retry'];
      expect(told(60_000)).toBeUndefined();
      expect(told(60_001)).toBe('false');
    }
  });

  test('tells the SDK not to try again when the gateway has', () => {
    const spent: GatewayError = { ...resting, shouldRetry: false };
    expect(openai.errorBody(spent, 'r1').headers['x-should-retry']).toBe('false');
    expect(openai.errorBody(resting, 'r1').headers['x-should-retry']).toBeUndefined();
  });

  test('of overload is 529 for Anthropic alone', () => {
    const overloaded: GatewayError = {
      status: 529,
      kind: 'overloaded',
      code: 'busy',
      message: 'x',
    };
    expect(anthropic.errorBody({ ...overloaded, status: 503 }, 'r').status).toBe(529);
    expect(openai.errorBody(overloaded, 'r').status).toBe(503);
    expect(gemini.errorBody(overloaded, 'r').status).toBe(503);
  });
});

describe("A batch of Anthropic's", () => {
  const asked = (route: string, headers = {}) => ({
    origin: 'http://gateway.example',
    headers: new Headers(headers),
    route: { route },
  });
  const body = (origin: string) =>
    Buffer.from(
      `{"id":"b","note":"Grüße", "results_url" : "${origin}/v1/messages/batches/b/results"}`,
    );
  const shown = (at: ReturnType<typeof asked>, bytes = body('https://api.anthropic.com')) =>
    anthropic.readdressed?.(bytes, at) ?? null;

  test('has its results where its reader asked for it, and is the same otherwise', () => {
    const route = '/v1/messages/batches/{id}';
    expect(shown(asked(route))?.toString()).toBe(body('http://gateway.example').toString());
    expect(shown(asked(route, { 'x-forwarded-proto': 'https' }))?.toString()).toBe(
      body('https://gateway.example').toString(),
    );
  });

  test('that has none, and whatever else names such an address, stays as it is', () => {
    expect(shown(asked('/v1/messages/batches'), Buffer.from('{"results_url":null}'))).toBeNull();
    expect(shown(asked('/v1/messages'))).toBeNull();
  });
});
