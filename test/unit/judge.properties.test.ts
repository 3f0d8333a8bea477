/** What holds of every answer, not only of those that someone thought of. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Evidence } from '../../actors/providerKey/evidence.ts';
import { judge, ruleIds } from '../../actors/providerKey/judge.ts';
import { redact } from '../../actors/providerKey/redact.ts';
import { vendorAnswers } from '../fixtures/vendorErrors.ts';
import { t0 } from '../support/providerKeyFacts.ts';

const printable = fc.string({ unit: 'grapheme-ascii', maxLength: 60 }).map((text) => text.trim());
const headerName = fc.constantFrom(
  'retry-after',
  'retry-after-ms',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'anthropic-ratelimit-tokens-remaining',
  'anthropic-ratelimit-tokens-reset',
  'content-type',
);
const headerValue = fc.oneof(
  printable,
  fc.constantFrom('0', '1', '6m0s', '1e999', 'Infinity', '-5', '2026-11-20T12:00:42Z'),
  fc.integer().map(String),
);
const body = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc.constantFrom(...vendorAnswers.map(([, { body: sent }]) => sent)),
  fc.json({ maxDepth: 3 }),
  fc
    .record({
      message: fc.jsonValue({ maxDepth: 1 }),
      code: fc.jsonValue({ maxDepth: 1 }),
      details: fc.jsonValue(),
    })
    .map((error) => JSON.stringify({ error })),
);
const evidence: fc.Arbitrary<Evidence> = fc.record({
  dialect: fc.constantFrom('openai', 'anthropic', 'gemini'),
  status: fc.oneof(
    fc.constantFrom(0, 200, 400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 503, 529),
    fc.integer({ min: 0, max: 700 }),
  ),
  headers: fc.array(fc.tuple(headerName, headerValue), { maxLength: 5 }).map((pairs) => {
    const headers = new Headers();
    for (const [name, value] of pairs) headers.set(name, value);
    return headers;
  }),
  body,
  phase: fc.constantFrom('connect', 'headers', 'first-byte', 'body'),
  transport: fc.constantFrom(null, null, 'refused', 'reset', 'timeout', 'tls', 'aborted', 'other'),
  bytesSent: fc.constantFrom(0, 0, 1, 5_000),
  endpoint: fc.constantFrom('generation', 'creation', 'read'),
  nowMs: fc.constant(t0),
});

describe('every answer', () => {
  test('gets one verdict, by a rule that is known, the same each time', () => {
    fc.assert(
      fc.property(evidence, (seen) => {
        const verdict = judge(seen);
        expect(ruleIds).toContain(verdict.ruleId);
        expect(verdict.reason.length).toBeLessThanOrEqual(300);
        if (verdict.hintMs !== undefined) {
          expect(Number.isSafeInteger(verdict.hintMs) && verdict.hintMs >= 0).toBe(true);
        }
        if (seen.bytesSent > 0) expect(verdict.retry).toBe('none');
        expect(judge(seen)).toEqual(verdict);
      }),
      { numRuns: 1_000 },
    );
  });

  test("touches no key by a caller's fault, nor by the provider's", () => {
    fc.assert(
      fc.property(evidence, (seen) => {
        const verdict = judge(seen);
        const touchesKey = verdict.scope === 'key' || verdict.scope === 'model';
        const isAboutKey = ['rate_limit', 'quota', 'credential', 'model'].includes(verdict.class);
        expect(touchesKey).toBe(isAboutKey);
      }),
      { numRuns: 1_000 },
    );
  });

  test('that a caller can provoke with words of their own leaves the key alone', () => {
    const provoked = fc.constantFrom(400, 404, 405, 409, 413, 415, 422);
    const words = fc.constantFrom(
      'API key not valid',
      'Incorrect API key provided',
      'insufficient_quota',
      'Your credit balance is too low',
      'This organization has been disabled',
      'api key leaked',
    );
    fc.assert(
      fc.property(evidence, provoked, words, (seen, status, text) => {
        const message = `Invalid value: "${text}" is not one of the allowed: ${text}`;
        const verdict = judge({
          ...seen,
          transport: null,
          status,
          body: JSON.stringify({ error: { message, type: 'invalid_request_error', code: null } }),
        });
        expect(verdict.scope).toBe('caller');
      }),
    );
  });
});

test('redaction leaves no key of a known shape in any surroundings', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9]{24,48}$/);
  const prefix = fc.constantFrom('sk-', 'sk-ant-api03-', 'sk-proj-', 'AIza', 'gsk_', 'xai-');
  const around = fc.constantFrom(' ', '"', "'", '(', '\n', '=', ':', '`', '/', ',');
  fc.assert(
    fc.property(prefix, secret, around, around, (start, rest, before, after) => {
      expect(redact(`key${before}${start}${rest}${after}tail`)).not.toContain(rest);
    }),
  );
});
