/** How a provider key rests, wakes, and comes under suspicion. */
import { describe, expect, test } from 'bun:test';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import type { ProviderKeyEvent } from '../../events/providerKey.ts';
import { scenariosOf } from '../support/givenWhenThen.ts';
import {
  t0,
  second,
  minute,
  hour,
  added,
  timedRest,
  guessedRest,
  rested,
  modelRested,
  recovered,
  rest,
} from '../support/providerKeyFacts.ts';

const { given } = scenariosOf(providerKeyKind);

describe('a resting key', () => {
  const timed = [added, rested(timedRest(t0 + 10 * second))] as const;
  const guessed = [added, rested(guessedRest(t0 + 5 * second))] as const;

  test('rests longer when told so, but never shorter', () => {
    given(...timed)
      .when(rest(t0 + 5 * second, 30 * second))
      .thenHappened(rested(timedRest(t0 + 35 * second)));
    given(...timed)
      .when(rest(t0 + second, 2 * second))
      .thenNothingHappened();
  });
  test('is not rested again for less than a second more', () => {
    given(...timed)
      .when(rest(t0 + 999, 10 * second))
      .thenNothingHappened();
    given(...timed)
      .when(rest(t0 + 1_000, 10 * second))
      .thenHappened(rested(timedRest(t0 + 11 * second)));
  });
  test('is rested shorter by an operator only', () => {
    given(...timed)
      .when(rest(t0, 2 * second, { byOperator: true }))
      .thenHappened(rested(timedRest(t0 + 2 * second)));
  });
  test('does not count refusals that were under way when the rest began', () => {
    given(...guessed)
      .when(rest(t0 + 2 * second, null))
      .thenNothingHappened();
  });
  test('doubles a guess when the probe is refused', () => {
    given(...guessed)
      .when(rest(t0 + 6 * second, null))
      .thenHappened(rested(guessedRest(t0 + 16 * second, 2)));
    given(added, rested(guessedRest(t0, 30)))
      .when(rest(t0, null))
      .thenHappened(rested(guessedRest(t0 + hour, 31)));
  });
  test('keeps its strikes over a rest that the vendor timed', () => {
    const facts = [...guessed, rested(timedRest(t0 + 8 * second)), recovered('deadline')];
    given(...facts)
      .when(rest(t0 + 9 * second, null))
      .thenHappened(rested(guessedRest(t0 + 19 * second, 2)));
  });
  test('wakes at the deadline that the vendor named', () => {
    given(...timed)
      .when({ type: 'WakeProviderKey', nowMs: t0 + 9_999 })
      .thenNothingHappened();
    const state = given(...timed)
      .when({ type: 'WakeProviderKey', nowMs: t0 + 10_000 })
      .thenHappened(recovered('deadline'));
    expect(state.value).toBe('healthy');
    expect(state.context.rest).toBeNull();
  });
  test('does not wake by itself from a guess', () => {
    given(...guessed)
      .when({ type: 'WakeProviderKey', nowMs: t0 + hour })
      .thenNothingHappened();
  });
  test('is proven healthy by a probe after the deadline, which clears its strikes', () => {
    const state = given(...guessed)
      .when({ type: 'RecoverProviderKey', nowMs: t0 + 5_000, cause: 'probe' })
      .thenHappened(recovered('probe'));
    expect(state.context.strikes).toBe(0);
  });
  test('is not woken by the late success of a request sent before', () => {
    given(...timed)
      .when({ type: 'RecoverProviderKey', nowMs: t0 + 3_000, cause: 'probe' })
      .thenNothingHappened();
  });
  test('is woken by an operator at once, with all of its models', () => {
    const state = given(...guessed, modelRested('m', timedRest(t0 + hour)))
      .when({ type: 'RecoverProviderKey', nowMs: t0 + 1, cause: 'operator' })
      .thenHappened(recovered('operator'));
    expect(state.context).toMatchObject({ rest: null, models: {}, strikes: 0 });
  });
});

describe('a key with resting models', () => {
  const later = modelRested('a', timedRest(t0 + 10 * second));
  const sooner = modelRested('b', timedRest(t0 + 5 * second));
  const third = modelRested('c', guessedRest(t0 + second));

  test('wakes the model whose deadline comes first, one at a time', () => {
    const { state } = given(added, later, sooner, third);
    expect(providerKeyKind.wakeAtMs?.(state)).toBe(t0 + 5 * second);
    const after = given(added, later, sooner, third)
      .when({ type: 'WakeProviderKey', nowMs: t0 + hour })
      .thenHappened({ type: 'ProviderKeyModelRecovered', data: { model: 'b', cause: 'deadline' } });
    expect(providerKeyKind.wakeAtMs?.(after)).toBe(t0 + 10 * second);
  });
  test('lets a guessed model rest until a probe on that model', () => {
    given(added, third)
      .when({ type: 'WakeProviderKey', nowMs: t0 + hour })
      .thenNothingHappened();
    given(added, third)
      .when({ type: 'RecoverProviderKey', nowMs: t0 + hour, cause: 'probe', model: 'other' })
      .thenNothingHappened();
    given(added, third)
      .when({ type: 'RecoverProviderKey', nowMs: t0 + hour, cause: 'probe', model: 'c' })
      .thenHappened({ type: 'ProviderKeyModelRecovered', data: { model: 'c', cause: 'probe' } });
  });
  test('doubles a guess per model', () => {
    given(added, third)
      .when(rest(t0 + 2 * second, null, { model: 'c' }))
      .thenHappened(modelRested('c', guessedRest(t0 + 12 * second, 2)));
    given(added, third)
      .when(rest(t0 + 2 * second, null, { model: 'd' }))
      .thenHappened(modelRested('d', guessedRest(t0 + 7 * second, 1)));
  });
});

describe('a key whose credential is refused', () => {
  const refusal = { ruleId: 'credential.invalid-key', reason: '401: no' };
  const suspect = (nowMs: number, isLastUsable = false) =>
    ({ type: 'SuspectProviderKey', nowMs, ...refusal, isLastUsable }) as const;
  const suspected: ProviderKeyEvent = {
    type: 'ProviderKeySuspected',
    data: { seenAtMs: t0, ...refusal },
  };

  test('is suspected at first sight and stays in use', () => {
    expect(given(added).when(suspect(t0)).thenHappened(suspected).value).toBe('healthy');
  });
  test('is disabled at second sight within five minutes', () => {
    const state = given(added, suspected)
      .when(suspect(t0 + 5 * minute))
      .thenHappened({ type: 'ProviderKeyDisabled', data: { cause: 'credential', ...refusal } });
    expect(state.value).toBe('disabled');
    expect(state.context.disabled?.ruleId).toBe('credential.invalid-key');
  });
  test('is suspected anew when the first sight is longer ago', () => {
    given(added, suspected)
      .when(suspect(t0 + 5 * minute + 1))
      .thenHappened({
        type: 'ProviderKeySuspected',
        data: { seenAtMs: t0 + 5 * minute + 1, ...refusal },
      });
  });
  test('is rested with doubling, never disabled, when it is the last one', () => {
    const first = { untilMs: t0 + 5 * second, ...refusal, guessed: true, strikes: 1 };
    given(added, suspected).when(suspect(t0, true)).thenHappened(rested(first));
    given(added, rested(first))
      .when(suspect(t0 + second, true))
      .thenNothingHappened();
    given(added, rested(first))
      .when(suspect(t0 + 6 * second, true))
      .thenHappened(rested({ ...first, untilMs: t0 + 16 * second, strikes: 2 }));
  });
});
