/** Any answer at all, for what holds of every answer. */
import fc from 'fast-check';
import type { Evidence } from '../../actors/providerKey/evidence.ts';
import { vendorAnswers } from '../fixtures/vendorErrors.ts';
import { t0 } from './providerKeyFacts.ts';

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
  fc.constantFrom('9999999999999999999', '999999999999999.9', String(t0 + 90_000)),
  fc.integer().map(String),
);
const bytes = fc
  .uint8Array({ maxLength: 200 })
  .map((raw) => new TextDecoder().decode(Uint8Array.from(raw)));
const wordsAboutKeys = fc.constantFrom(
  'API key not valid',
  'Your API key was reported as leaked.',
  'per day',
  'Please try again in 999999999h.',
  'Please try again in 6 seconds',
  'Provider returned error',
);
const body = fc.oneof(
  fc.string({ maxLength: 200 }),
  bytes,
  fc.constantFrom(...vendorAnswers.map(([, { body: sent }]) => sent)),
  fc.json({ maxDepth: 3 }),
  fc
    .record({
      message: fc.oneof(wordsAboutKeys, fc.jsonValue({ maxDepth: 1 })),
      code: fc.jsonValue({ maxDepth: 1 }),
      status: fc.jsonValue({ maxDepth: 1 }),
      details: fc.jsonValue(),
      metadata: fc.oneof(
        fc.jsonValue(),
        fc.record({ headers: fc.dictionary(headerName, fc.jsonValue({ maxDepth: 1 })) }),
      ),
    })
    .map((error) => JSON.stringify({ error })),
);

export const anyEvidence: fc.Arbitrary<Evidence> = fc.record({
  dialect: fc.constantFrom('openai', 'anthropic', 'gemini'),
  provider: fc.constantFrom('openai', 'anthropic', 'mine'),
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
