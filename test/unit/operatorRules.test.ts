/** Operators' rules: which answers they fit, what they then say, and what is wrong with a bad one. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { consequenceOf } from '../../actors/providerKey/consequence.ts';
import type { Evidence, Verdict } from '../../actors/providerKey/evidence.ts';
import { judge } from '../../actors/providerKey/judge.ts';
import {
  compileOperatorRules,
  problemInRules,
  type OperatorRule,
} from '../../actors/providerKey/operatorRules.ts';
import { evidenceOf, vendorAnswer } from '../fixtures/vendorErrors.ts';
import { anyEvidence } from '../support/evidence.ts';

const rule = (more: Partial<OperatorRule>): OperatorRule => ({
  id: 'mine',
  status: 429,
  effect: 'caller_fault',
  ...more,
});
const judged = (
  rules: readonly OperatorRule[],
  name = 'openai.rateLimitWithReset',
  more: Partial<Evidence> = {},
): Verdict => judge(evidenceOf(vendorAnswer(name), more), compileOperatorRules(rules));
const byMine = { ruleId: 'operator:mine' } as const;
const fits = (more: Partial<OperatorRule>, name?: string, seen?: Partial<Evidence>): boolean =>
  judged([rule(more)], name, seen).ruleId === byMine.ruleId;

describe('a rule fits', () => {
  test('by its status, or by the hundred', () => {
    expect(fits({ status: 429 })).toBe(true);
    expect(fits({ status: '4xx' })).toBe(true);
    expect(fits({ status: 403 })).toBe(false);
    expect(fits({ status: '5xx' })).toBe(false);
    expect(fits({ status: '5xx' }, 'between.cloudflare522')).toBe(true);
  });
  test('by a part of the body or of the message, in whatever case', () => {
    expect(fits({ text: 'RATE limit Reached' })).toBe(true);
    expect(fits({ text: 'rate_limit_exceeded' })).toBe(true);
    expect(fits({ status: 403, text: 'flagged for "violence"' }, 'openRouter.moderation')).toBe(
      true,
    );
    expect(fits({ text: 'something else' })).toBe(false);
  });
  test('by its text alone, whatever the status', () => {
    const { status: _status, ...textOnly } = rule({ text: 'bad gateway' });
    expect(judged([textOnly], 'between.nginx502')).toMatchObject(byMine);
  });
  test('of its provider only', () => {
    expect(fits({ provider: 'groq' }, undefined, { provider: 'groq' })).toBe(true);
    expect(fits({ provider: 'groq' }, undefined, { provider: 'openai' })).toBe(false);
  });
  test('an error that came inside a stream, by the status it names', () => {
    expect(fits({ status: 429 }, 'openai.quotaInStream')).toBe(true);
  });
  test('no success, and nothing where the connection broke', () => {
    const { status: _status, ...anything } = rule({ text: 'e' });
    expect(judged([anything], 'between.success', { body: 'there' }).ruleId).toBe('ok');
    expect(judged([anything], 'openai.rateLimit', { transport: 'aborted' }).ruleId).toBe(
      'cancelled.client-left',
    );
  });
  test('before those that stand after it', () => {
    const rules = [rule({ id: 'other', status: 500 }), rule({}), rule({ id: 'late' })];
    expect(judged(rules).ruleId).toBe('operator:mine');
    expect(judged([]).ruleId).toBe('rate-limit.reset-header');
  });
});

describe('the effect', () => {
  const effect = (
    name: OperatorRule['effect'],
    more: Partial<OperatorRule> = {},
    seen: Partial<Evidence> = {},
  ) => judged([rule({ effect: name, ...more })], 'openai.rateLimitWithReset', seen);

  test('rest_key rests the key for the seconds given, else for what the vendor said', () => {
    const verdict = effect('rest_key', { rest_seconds: 90 });
    expect(verdict).toMatchObject({ scope: 'key', retry: 'other-key', hintMs: 90_000, ...byMine });
    expect(effect('rest_key').hintMs).toBe(20_000);
    expect(effect('rest_key', { rest_seconds: 7_200 })).toMatchObject({ longest: 'day' });
    expect(effect('rest_key', { rest_seconds: 3_600 })).toMatchObject({ longest: 'hour' });
  });
  test('rest_model rests the model at the key', () => {
    const verdict = effect('rest_model', { rest_seconds: 5 });
    expect(verdict).toMatchObject({ class: 'model', scope: 'model', hintMs: 5_000 });
    expect(
      consequenceOf(verdict, { nowMs: 0, model: 'gpt-4o', isLastUsable: false }),
    ).toMatchObject({ type: 'RestProviderKey', model: 'gpt-4o', ruleId: 'operator:mine' });
  });
  test('disable_key is certain at the first sight', () => {
    const verdict = effect('disable_key');
    expect(verdict).toMatchObject({ class: 'credential', scope: 'key', isCertain: true });
    expect(verdict.hintMs).toBeUndefined();
  });
  test('rest_provider rests the provider', () => {
    expect(effect('rest_provider', { rest_seconds: 30 })).toMatchObject({
      class: 'rate_limit',
      scope: 'provider',
      hintMs: 30_000,
    });
  });
  test('caller_fault gives the answer to the client at once', () => {
    expect(effect('caller_fault')).toMatchObject({
      class: 'caller',
      scope: 'caller',
      retry: 'none',
    });
  });
  test('ignore is held against nobody, and another key is asked where one would have been', () => {
    const ignored = effect('ignore');
    expect(ignored).toMatchObject({ class: 'rate_limit', scope: 'caller', retry: 'other-key' });
    expect(ignored.hintMs).toBeUndefined();
    const failing = judged([rule({ effect: 'ignore', status: 500 })], 'openai.serverError');
    expect(failing).toMatchObject({ scope: 'caller', retry: 'none', ...byMine });
  });
  test('retry takes it for a passing fault of the provider', () => {
    expect(effect('retry')).toMatchObject({
      class: 'transient',
      scope: 'provider',
      retry: 'same-provider',
    });
  });
  test('repeats no creation that may have been done, and nothing that was begun', () => {
    const badRequest = (endpoint: Evidence['endpoint'], bytesSent = 0) =>
      judged([rule({ effect: 'retry', status: 400 })], 'openai.badRequest', {
        endpoint,
        bytesSent,
      }).retry;
    expect(badRequest('generation')).toBe('same-provider');
    expect(badRequest('creation')).toBe('only-if-not-processed');
    expect(badRequest('generation', 1)).toBe('none');
    expect(effect('rest_key', {}, { endpoint: 'creation' }).retry).toBe('other-key');
  });
});

test('every rule on every answer keeps the same promises as the judge', () => {
  const anyRule = fc.record<OperatorRule>(
    {
      id: fc.constant('mine'),
      status: fc.constantFrom<'4xx' | '5xx' | 429>('4xx', '5xx', 429),
      text: fc.constantFrom('e', 'error', 'İ'),
      effect: fc.constantFrom(
        'ignore',
        'rest_key',
        'rest_model',
        'disable_key',
        'rest_provider',
        'caller_fault',
        'retry',
      ),
    },
    { requiredKeys: ['id', 'status', 'effect'] },
  );
  fc.assert(
    fc.property(anyEvidence, anyRule, (seen, one) => {
      const own = judge(seen);
      const verdict = judge(seen, compileOperatorRules([one]));
      if (verdict.ruleId === own.ruleId) expect(verdict).toEqual(own);
      else expect(verdict).toMatchObject({ ...byMine, reason: own.reason });
      if (seen.bytesSent > 0) expect(verdict.retry).toBe('none');
      const about = { nowMs: 0, model: 'm', isLastUsable: true };
      if (one.effect === 'caller_fault' && verdict.ruleId === byMine.ruleId) {
        expect(consequenceOf(verdict, about)).toBeNull();
      }
    }),
    { numRuns: 1_000 },
  );
});

describe('a bad rule', () => {
  const bad: readonly (readonly [string, unknown, string])[] = [
    ['no list', {}, 'must be a list of rules'],
    ['no object', ['x'], 'rule 1: is no object'],
    ['no effect', [{ id: 'a', status: 429 }], 'rule 1: effect must be'],
    [
      'an unknown effect',
      [rule({}), { ...rule({ id: 'b' }), effect: 'explode' }],
      'rule 2: effect',
    ],
    ['a status out of range', [{ ...rule({}), status: 200 }], 'rule 1: status must be a number'],
    ['a status in words', [{ ...rule({}), status: '3xx' }], 'rule 1: status must be a number'],
    ['an id with spaces', [{ ...rule({}), id: 'My Rule' }], 'rule 1: id must be'],
    ['an empty text', [{ ...rule({}), text: '' }], 'rule 1: text must be'],
    ['an unknown field', [{ ...rule({}), sk_secret: 1 }], 'rule 1: has an unknown field'],
    ['a long rest', [rule({ effect: 'rest_key', rest_seconds: 90_000 })], 'rule 1: rest_seconds'],
    ['nothing to fit', [{ id: 'all', effect: 'ignore' }], 'rule 1 (all): needs a status or a text'],
    [
      'a rest without a resting effect',
      [rule({ rest_seconds: 5 })],
      'rule 1 (mine): rest_seconds goes with',
    ],
    ['an id twice', [rule({}), rule({})], 'rule 2 (mine): an earlier rule has this id already'],
    [
      'too many',
      Array.from({ length: 101 }, (_, n) => rule({ id: `r${n}` })),
      'has 101 rules; at most 100',
    ],
  ];
  test.each(bad)('with %s is told which and why', (_title, rules, words) => {
    expect(problemInRules(rules)).toStartWith(words);
    expect(() => compileOperatorRules(rules)).toThrow(words);
  });
  test('is none of a hundred good ones', () => {
    const rules = Array.from({ length: 100 }, (_, n) => rule({ id: `r${n}` }));
    expect(problemInRules(rules)).toBeUndefined();
    expect(problemInRules([])).toBeUndefined();
  });
});
