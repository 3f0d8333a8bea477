/** How the console says whether a provider, or a model of it, can be asked now. */
import { describe, expect, test } from 'bun:test';
import type { Actor } from '../../web/src/live/fold/actors.ts';
import { unknownBreaker, unknownProvider } from '../../web/src/live/fold/provider.ts';
import { unknownProviderKey, type Rest } from '../../web/src/live/fold/providerKey.ts';
import { standOf } from '../../web/src/live/stands.ts';

const provider = (
  status: string,
  changes: Partial<Actor<'provider'>['context']> = {},
): Actor<'provider'> => ({
  kind: 'provider',
  id: 'openai',
  sequence: 1,
  status,
  context: { ...unknownProvider, name: 'OpenAI', ...changes },
});
const key = (
  status: string,
  changes: Partial<Actor<'provider-key'>['context']> = {},
): Actor<'provider-key'> => ({
  kind: 'provider-key',
  id: `key-${status}`,
  sequence: 1,
  status,
  context: { ...unknownProviderKey, provider: 'openai', ...changes },
});
const rest = (until_ms: number): Rest => ({
  until_ms,
  rule_id: 'rate-limit',
  reason: 'slow down',
  guessed: false,
  strikes: 0,
});
const breaker: Actor<'breaker'> = {
  kind: 'breaker',
  id: 'openai',
  sequence: 1,
  status: 'open',
  context: {
    ...unknownBreaker,
    opening: {
      opened_at_ms: 1,
      until_ms: 90,
      rule_id: 'transient.server-error',
      reason: 'HTTP 500',
      openings: 1,
    },
  },
};
const none = { breaker: undefined, keys: [] };

describe('a provider', () => {
  test('that is not there is gone', () => {
    expect(standOf({ ...none, provider: undefined }).status).toBe('gone');
  });

  test('without a key waits for one, unless it wants none', () => {
    expect(standOf({ ...none, provider: provider('active') }).why).toBe('It has no key');
    expect(standOf({ ...none, provider: provider('active', { auth: 'none' }) }).status).toBe(
      'ready',
    );
  });

  test('is ready while one key is', () => {
    const keys = [key('resting', { rest: rest(50) }), key('healthy')];
    expect(standOf({ ...none, provider: provider('active'), keys }).status).toBe('ready');
  });

  test('rests until the first of its keys wakes', () => {
    const keys = [
      key('resting', { rest: rest(70) }),
      key('resting', { rest: rest(50) }),
      key('disabled'),
    ];
    expect(standOf({ ...none, provider: provider('active'), keys })).toEqual({
      status: 'resting',
      why: 'All of its keys rest',
      untilMs: 50,
    });
  });

  test('rests for one model and not for the others', () => {
    const keys = [key('healthy', { models: { 'gpt-5': rest(40) } })];
    const of = (model: string) => standOf({ ...none, provider: provider('active'), keys, model });
    expect(of('gpt-5')).toMatchObject({ status: 'resting', untilMs: 40 });
    expect(of('gpt-5-mini').status).toBe('ready');
  });

  test('whose breaker is open is not asked, however its keys are', () => {
    const of = { provider: provider('active'), breaker, keys: [key('healthy')] };
    expect(standOf(of)).toEqual({ status: 'open', why: 'HTTP 500', untilMs: 90 });
  });
});
