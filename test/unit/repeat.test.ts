/** Whether and where a failed attempt is followed by another. */
import { describe, expect, test } from 'bun:test';
import type { TransportFault, Verdict } from '../../actors/providerKey/evidence.ts';
import { nextAfter, type Next } from '../../server/proxy/repeat.ts';

const limits = { transientAttempts: 3 };
const verdict = (more: Partial<Verdict>): Verdict => ({
  class: 'transient',
  scope: 'provider',
  longest: 'hour',
  retry: 'same-provider',
  ruleId: 'transient.server-error',
  reason: '',
  ...more,
});
const after = (
  more: Partial<Verdict>,
  fault: TransportFault | null = null,
  transients = 1,
  endpoint: 'generation' | 'creation' = 'generation',
): Next => nextAfter({ verdict: verdict(more), fault }, endpoint, transients, limits);

describe('After a failed attempt', () => {
  test('a provider that failed is asked again until it has failed three times', () => {
    expect([1, 2, 3].map((transients) => after({}, null, transients))).toEqual([
      'again',
      'again',
      'elsewhere',
    ]);
  });
  test('another key is asked as long as there is one', () => {
    expect(after({ class: 'rate_limit', scope: 'key', retry: 'other-key' })).toBe('again');
  });
  test('a silent target is not asked again, but another one is', () => {
    expect(after({ ruleId: 'transient.silent', retry: 'other-key' }, 'timeout')).toBe('elsewhere');
  });
  test('what makes something is over, once the vendor may have made it', () => {
    for (const fault of ['timeout', 'reset', 'truncated'] as const) {
      expect(after({}, fault, 1, 'creation')).toBe('over');
    }
    const unsure = { retry: 'only-if-not-processed' } as const;
    expect(after(unsure, null, 1, 'creation')).toBe('over');
    expect(after(unsure, 'refused', 1, 'creation')).toBe('again');
    expect(after(unsure, 'refused', 3, 'creation')).toBe('elsewhere');
  });
  test("the caller's fault is over, unless another target may see it otherwise", () => {
    const fault = { class: 'caller', scope: 'caller', retry: 'none' } as const;
    expect(after({ ...fault, ruleId: 'caller.bad-request' })).toBe('over');
    expect(after({ ...fault, ruleId: 'caller.model-not-found' })).toBe('elsewhere');
    expect(after({ ...fault, ruleId: 'caller.larger-than-limit' })).toBe('elsewhere');
    expect(after({ ...fault, ruleId: 'caller.not-streamed' })).toBe('elsewhere');
    expect(after({ ...fault, class: 'region', ruleId: 'region.unsupported' })).toBe('elsewhere');
  });
  test('a client that left is not answered any more', () => {
    expect(after({}, 'aborted')).toBe('over');
  });
});
