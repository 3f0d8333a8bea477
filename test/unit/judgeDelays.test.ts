/** Which of the delays a vendor names is believed, and what is taken out of its words. */
import { describe, expect, test } from 'bun:test';
import { delayOf, durationMs, type Delay } from '../../actors/providerKey/delays.ts';
import { rateLimitWindow } from '../../actors/providerKey/rateLimitWindow.ts';
import { redact } from '../../actors/providerKey/redact.ts';
import { readVendorError } from '../../actors/providerKey/vendorError.ts';
import { bodyOf, sentAtMs as nowMs } from '../fixtures/vendorErrors.ts';

const delay = (headers: Record<string, string>, body = ''): Delay | null =>
  delayOf(new Headers(headers), readVendorError(body), nowMs);

describe('the delay', () => {
  const all = {
    'retry-after-ms': '1500',
    'retry-after': '20',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '6m0s',
  };

  test('is the first that is present', () => {
    const { 'retry-after-ms': _ms, ...second } = all;
    const { 'retry-after': _after, ...last } = second;
    expect(delay(all, bodyOf('gemini.perMinute'))).toEqual({ source: 'retry-after-ms', ms: 1_500 });
    expect(delay(second, bodyOf('gemini.perMinute'))).toEqual({
      source: 'retry-after',
      ms: 20_000,
    });
    expect(delay(last, bodyOf('gemini.perMinute'))).toEqual({
      source: 'gemini-retry-info',
      ms: 36_000,
    });
    expect(delay(last)).toEqual({ source: 'reset-header', ms: 360_000 });
    expect(delay({})).toBeNull();
  });
  test('may be a date, and none at all when that is over', () => {
    expect(delay({ 'retry-after': 'Fri, 20 Nov 2026 12:00:30 GMT' })?.ms).toBe(30_000);
    expect(delay({ 'retry-after': 'Fri, 20 Nov 2026 11:00:00 GMT' })?.ms).toBe(0);
    expect(delay({ 'retry-after': '0.5' })?.ms).toBe(500);
  });
  test('is looked for further on when it cannot be read', () => {
    expect(delay({ 'retry-after': 'soon' })).toBeNull();
    expect(delay({ 'retry-after': '-1' })).toBeNull();
    expect(delay({ 'retry-after-ms': 'NaN', 'retry-after': '3' })?.ms).toBe(3_000);
  });
  test('is the reset of the limit that is used up, not of another', () => {
    expect(
      delay({
        'anthropic-ratelimit-requests-remaining': '10',
        'anthropic-ratelimit-requests-reset': '2026-11-20T12:10:00Z',
        'anthropic-ratelimit-input-tokens-remaining': '0',
        'anthropic-ratelimit-input-tokens-reset': '2026-11-20T12:00:42Z',
      }),
    ).toEqual({ source: 'reset-header', ms: 42_000 });
    expect(
      delay({
        'x-ratelimit-remaining-requests': '14370',
        'x-ratelimit-reset-requests': '2m59.56s',
        'x-ratelimit-remaining-tokens': '17997',
        'x-ratelimit-reset-tokens': '7.66s',
      }),
    ).toBeNull();
  });
  test('is the longest of several resets', () => {
    expect(
      delay({
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '12ms',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '7.66s',
      })?.ms,
    ).toBe(7_660);
  });
  test('may be an epoch in seconds or milliseconds, or plain seconds', () => {
    const reset = (value: string) =>
      delay(
        { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': value },
        bodyOf('openRouter.perDay'),
      )?.ms;
    expect(reset(String(nowMs + 90_000))).toBe(90_000);
    expect(reset(String(nowMs / 1_000 + 90))).toBe(90_000);
    expect(reset('90')).toBe(90_000);
  });
});

test('durations are read as vendors write them', () => {
  const read = [
    '1s',
    '6m0s',
    '12ms',
    '1h2m3.5s',
    '45.837906927s',
    '373.8ms',
    '1d',
    '',
    's',
    '5',
    '1x',
    '-1s',
  ];
  expect(read.map(durationMs)).toEqual([
    1_000,
    360_000,
    12,
    3_723_500,
    45_838,
    374,
    86_400_000,
    null,
    null,
    null,
    null,
    null,
  ]);
});

describe('redaction', () => {
  const keys = [
    'sk-proj-Ab12Cd34Ef56Gh78Ij90Kl12Mn34Op56Qr78',
    'sk-ant-api03-Ab12Cd34Ef56-Gh78_Ij90AA',
    'sk-or-v1-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    'sk-…1234',
    'sk-proj-****************************************wXyZ',
    'AIzaSyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q',
    'gsk_Ab12Cd34Ef56Gh78Ij90Kl12Mn34Op56',
    'xai-Ab12Cd34Ef56Gh78',
    'hf_Ab12Cd34Ef56Gh78Ij90',
    '0123456789abcdef0123456789abcdef',
    'Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg==',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl',
  ];
  test.each(keys)('takes out %s', (key) => {
    expect(redact(`Incorrect API key provided: ${key}`)).toBe(
      'Incorrect API key provided: [redacted]',
    );
    expect(redact(`(${key})`)).toBe('([redacted])');
    expect(redact(`{"a":"${key}"}`)).toBe('{"a":"[redacted]"}');
  });
  test('takes out what is announced as a key, whatever it looks like', () => {
    expect(redact('api_key=hunter2, please')).toBe('api_key=[redacted], please');
    expect(redact('Authorization: Bearer abcdefg')).not.toContain('abcdefg');
    expect(redact('GET /v1beta/models?key=abc&alt=sse')).toBe(
      'GET /v1beta/models?key=[redacted]&alt=sse',
    );
  });
  test('leaves names, quotas and addresses readable', () => {
    for (const text of [
      'anthropic/claude-3-5-sonnet-20241022-v2 is not a model',
      'GenerateRequestsPerMinutePerProjectPerModel-FreeTier',
      'read https://platform.openai.com/docs/guides/error-codes/api-errors',
      'API key not valid. Please pass a valid API key.',
    ]) {
      expect(redact(text)).toBe(text);
    }
  });
});

describe('the window over a pool', () => {
  const noteAll = (count: number, atMs = nowMs) => {
    const window = rateLimitWindow();
    for (let index = 0; index < count; index++) window.note(`k${index}`, atMs);
    return window;
  };
  test('sees the provider behind 80 % of at least five keys', () => {
    expect(noteAll(5).isProviderWide(5, nowMs)).toBe(true);
    expect(noteAll(8).isProviderWide(10, nowMs)).toBe(true);
    expect(noteAll(7).isProviderWide(10, nowMs)).toBe(false);
    expect(noteAll(4).isProviderWide(4, nowMs)).toBe(false);
  });
  test('counts a key once, and forgets it after five seconds', () => {
    const window = noteAll(4);
    window.note('k0', nowMs);
    expect(window.isProviderWide(5, nowMs)).toBe(false);
    expect(noteAll(5).isProviderWide(5, nowMs + 4_999)).toBe(true);
    expect(noteAll(5).isProviderWide(5, nowMs + 5_000)).toBe(false);
  });
});
