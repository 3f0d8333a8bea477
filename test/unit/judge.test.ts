/** What the judge says about answers as vendors really send them. */
import { describe, expect, test } from 'bun:test';
import type { Evidence, Verdict } from '../../actors/providerKey/evidence.ts';
import { judge, ruleIds } from '../../actors/providerKey/judge.ts';
import { bodyOf, evidenceOf, vendorAnswers } from '../fixtures/vendorErrors.ts';

const answer = (
  dialect: Evidence['dialect'],
  status: number,
  body: string,
  headers: Record<string, string> = {},
  more: Partial<Evidence> = {},
): Verdict => judge(evidenceOf({ dialect, status, headers, body }, more));

const caller = { class: 'caller', scope: 'caller', retry: 'none' } as const;
const transient = { class: 'transient', scope: 'provider', retry: 'same-provider' } as const;

describe('the judge understands', () => {
  test.each(vendorAnswers.map(([name, seen]) => [name, seen.title, seen] as const))(
    '%s: %s',
    (_name, _title, seen) => {
      const verdict = judge(evidenceOf(seen));
      expect({ ...verdict, hintMs: verdict.hintMs ?? null }).toMatchObject(seen.expected);
    },
  );

  test('every rule by what a vendor really sent', () => {
    const seen = new Set(vendorAnswers.map(([, { expected }]) => expected.ruleId));
    const unseen = [...ruleIds].filter((id) => !seen.has(id));
    // Nothing is sent where the connection breaks, or the client leaves.
    expect(unseen.toSorted()).toEqual([
      'cancelled.client-left',
      'transient.cut',
      'transient.no-answer',
      'transient.not-connected',
      'transient.silent',
    ]);
  });

  test('an error field in what is only read as the data that it is', () => {
    const body = JSON.stringify({
      id: 'batch_1',
      status: 'failed',
      error: { code: 'server_error' },
    });
    expect(answer('openai', 200, body, {}, { endpoint: 'read' }).class).toBe('ok');
  });

  test('a caller who puts words about keys into a name as a caller', () => {
    const body = JSON.stringify({
      error: { message: 'Not allowed: `my api key was leaked and suspended`', code: 'denied' },
    });
    expect(answer('openai', 403, body)).toMatchObject(caller);
  });
});

describe('an attempt without an answer', () => {
  const broken = (more: Partial<Evidence>) => answer('openai', 0, '', {}, more);

  test('counts for the provider, not for the key', () => {
    for (const transport of ['refused', 'reset', 'timeout', 'dns', 'tls', 'truncated'] as const) {
      expect(broken({ transport, phase: 'connect' })).toMatchObject({
        class: 'transient',
        scope: 'provider',
      });
      expect(broken({ transport, phase: 'body' })).toMatchObject({
        class: 'transient',
        scope: 'provider',
      });
    }
    expect(broken({})).toMatchObject({ ...transient, ruleId: 'transient.no-answer' });
  });
  test('is not asked again of a target that stayed silent', () => {
    expect(broken({ transport: 'timeout', phase: 'first-byte' })).toMatchObject({
      retry: 'other-key',
      ruleId: 'transient.silent',
    });
  });
  test('is cut short under a good status too', () => {
    expect(answer('openai', 200, '', {}, { transport: 'reset', phase: 'body' })).toMatchObject({
      class: 'transient',
      ruleId: 'transient.cut',
    });
  });
  test("is nobody's fault when the client left", () => {
    expect(broken({ transport: 'aborted' })).toMatchObject({
      class: 'cancelled',
      scope: 'caller',
      retry: 'none',
    });
  });
});

describe('what is asked again', () => {
  const creation = { endpoint: 'creation' } as const;

  test('is nothing that the client has seen a byte of', () => {
    expect(answer('openai', 500, '', {}, { bytesSent: 1 }).retry).toBe('none');
    expect(answer('openai', 429, bodyOf('openai.rateLimit'), {}, { bytesSent: 1 }).retry).toBe(
      'none',
    );
  });
  test('is a creation only where it was turned away at the door', () => {
    expect(answer('openai', 429, bodyOf('openai.rateLimit'), {}, creation).retry).toBe('other-key');
    expect(answer('openai', 401, bodyOf('openai.invalidKey'), {}, creation).retry).toBe(
      'other-key',
    );
    expect(answer('openai', 500, '', {}, creation).retry).toBe('only-if-not-processed');
    expect(answer('openai', 0, '', {}, { ...creation, transport: 'reset' }).retry).toBe(
      'only-if-not-processed',
    );
    expect(
      answer('openai', 0, '', {}, { ...creation, transport: 'refused', phase: 'connect' }).retry,
    ).toBe('same-provider');
  });
});

test('a reason shows no key and is at most 300 characters long', () => {
  expect(answer('openai', 401, bodyOf('openai.invalidKey')).reason).toStartWith(
    '401: Incorrect API key provided: [redacted]',
  );
  expect(answer('gemini', 403, bodyOf('gemini.suspended')).reason).not.toContain('AIza');
  expect(
    answer('openai', 400, JSON.stringify({ error: { message: 'x '.repeat(4_000) } })).reason,
  ).toHaveLength(300);
});
