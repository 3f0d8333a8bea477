/** What holds of every answer, not only of those that someone thought of. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { judge, ruleIds } from '../../actors/providerKey/judge.ts';
import { redact } from '../../actors/providerKey/redact.ts';
import { anyEvidence } from '../support/evidence.ts';

describe('every answer', () => {
  test('gets one verdict, by a rule that is known, the same each time', () => {
    fc.assert(
      fc.property(anyEvidence, (seen) => {
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
      fc.property(anyEvidence, (seen) => {
        const verdict = judge(seen);
        const touchesKey = verdict.scope === 'key' || verdict.scope === 'model';
        const isAboutKey = ['rate_limit', 'quota', 'credential', 'model'].includes(verdict.class);
        expect(touchesKey).toBe(isAboutKey && verdict.ruleId !== 'rate-limit.address');
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
      'Organization has been restricted',
      'You have reached your monthly usage limit',
      'The model has been deprecated',
      'prompt is too long',
    );
    fc.assert(
      fc.property(anyEvidence, provoked, words, (seen, status, text) => {
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
