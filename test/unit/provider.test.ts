/** What becomes of a provider, state by state. */
import { describe, expect, test } from 'bun:test';
import { providerKind } from '../../actors/provider/provider.ts';
import type { ProviderEvent } from '../../events/provider.ts';
import { scenariosOf } from '../support/givenWhenThen.ts';

const { given } = scenariosOf(providerKind);

const t0 = 1_790_000_000_000;
const second = 1_000;
const hour = 3_600_000;

const settings = {
  name: 'OpenAI',
  dialect: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  auth: 'bearer',
} as const;
const declared = { ...settings, source: 'environment', createdAtMs: t0 } as const;
const elsewhere = { ...settings, baseUrl: 'https://proxy.example/v1' } as const;
const added: ProviderEvent = { type: 'ProviderAdded', data: declared };
const removed: ProviderEvent = { type: 'ProviderRemoved', data: {} };
const changedByApi: ProviderEvent = {
  type: 'ProviderChanged',
  data: { ...elsewhere, source: 'api' },
};
const rested = (untilMs: number, strikes: number): ProviderEvent => ({
  type: 'ProviderRested',
  data: { untilMs, strikes, ruleId: 'rate-limit.no-hint', reason: '429' },
});
const rest = (nowMs: number, hintMs: number | null) =>
  ({
    type: 'RestProvider',
    nowMs,
    hintMs,
    ruleId: 'rate-limit.no-hint',
    reason: '429',
  }) as const;
const recovered = (cause: 'deadline' | 'operator'): ProviderEvent => ({
  type: 'ProviderRecovered',
  data: { cause },
});

describe('a provider that is not there', () => {
  test('is added, and takes no other command', () => {
    const state = given()
      .when({ type: 'AddProvider', ...declared })
      .thenHappened(added);
    expect(state.value).toBe('active');
    given().when({ type: 'ChangeProvider', name: 'x' }).thenRefused('NOT_FOUND');
    given().when(rest(t0, null)).thenRefused('NOT_FOUND');
    given().when({ type: 'WakeProvider', nowMs: t0 }).thenNothingHappened();
  });
});

describe('an active provider', () => {
  test('follows the environment, which is asked at every start', () => {
    given(added)
      .when({ type: 'AddProvider', ...declared })
      .thenNothingHappened();
    const state = given(added)
      .when({ type: 'AddProvider', ...declared, ...elsewhere })
      .thenHappened({ type: 'ProviderChanged', data: { ...elsewhere, source: 'environment' } });
    expect(state.context.baseUrl).toBe(elsewhere.baseUrl);
  });
  test('follows its operator, and the environment no longer', () => {
    given(added)
      .when({ type: 'ChangeProvider', baseUrl: elsewhere.baseUrl })
      .thenHappened(changedByApi);
    given(added, changedByApi)
      .when({ type: 'AddProvider', ...declared })
      .thenNothingHappened();
    given(added)
      .when({ type: 'ChangeProvider', ...settings })
      .thenNothingHappened();
  });
  test('is not added a second time by API', () => {
    given(added)
      .when({ type: 'AddProvider', ...declared, source: 'api' })
      .thenRefused('ALREADY_EXISTS');
  });
  test('rests as long as the vendor says, within a second and an hour', () => {
    const state = given(added)
      .when(rest(t0, 30 * second))
      .thenHappened(rested(t0 + 30 * second, 0));
    expect(state.value).toBe('resting');
    expect(providerKind.wakeAtMs?.(state)).toBe(t0 + 30 * second);
    given(added)
      .when(rest(t0, 0))
      .thenHappened(rested(t0 + second, 0));
    given(added)
      .when(rest(t0, 2 * hour))
      .thenHappened(rested(t0 + hour, 0));
  });
  test('rests 5 s by a guess, doubled when it has only just rested', () => {
    given(added)
      .when(rest(t0, null))
      .thenHappened(rested(t0 + 5 * second, 1));
    const facts = [added, rested(t0, 1), recovered('deadline')];
    given(...facts)
      .when(rest(t0 + 59_999, null))
      .thenHappened(rested(t0 + 69_999, 2));
    given(...facts)
      .when(rest(t0 + 60_000, null))
      .thenHappened(rested(t0 + 65_000, 1));
    given(added, rested(t0, 30))
      .when(rest(t0, null))
      .thenHappened(rested(t0 + 300_000, 31));
  });
});

describe('a resting provider', () => {
  const facts = [added, rested(t0 + 10 * second, 0)];

  test('rests longer when told so, never shorter, and not for less than a second more', () => {
    given(...facts)
      .when(rest(t0 + 999, 10 * second))
      .thenNothingHappened();
    given(...facts)
      .when(rest(t0, 2 * second))
      .thenNothingHappened();
    given(...facts)
      .when(rest(t0, null))
      .thenNothingHappened();
    given(...facts)
      .when(rest(t0 + 1_000, 10 * second))
      .thenHappened(rested(t0 + 11 * second, 0));
  });
  test('wakes at its deadline', () => {
    given(...facts)
      .when({ type: 'WakeProvider', nowMs: t0 + 9_999 })
      .thenNothingHappened();
    const state = given(...facts)
      .when({ type: 'WakeProvider', nowMs: t0 + 10_000 })
      .thenHappened(recovered('deadline'));
    expect(state.value).toBe('active');
    expect(providerKind.wakeAtMs?.(state)).toBeUndefined();
  });
  test('is woken by an operator at any time, which an active one has no need of', () => {
    given(...facts)
      .when({ type: 'RecoverProvider' })
      .thenHappened(recovered('operator'));
    given(added).when({ type: 'RecoverProvider' }).thenNothingHappened();
  });
  test('keeps resting while its settings change', () => {
    const state = given(...facts)
      .when({ type: 'ChangeProvider', baseUrl: elsewhere.baseUrl })
      .thenHappened(changedByApi);
    expect(state.value).toBe('resting');
  });
});

describe('a removed provider', () => {
  test('stays removed for the environment, and is added again by API', () => {
    given(added).when({ type: 'RemoveProvider' }).thenHappened(removed);
    given(added, removed)
      .when({ type: 'AddProvider', ...declared })
      .thenNothingHappened();
    given(added, removed).when({ type: 'RemoveProvider' }).thenRefused('GONE');
    given(added, removed)
      .when({ type: 'AddProvider', ...declared, source: 'api' })
      .thenHappened({ type: 'ProviderAdded', data: { ...declared, source: 'api' } });
  });
});
