/** What becomes of a provider key, state by state. */
import { describe, expect, test } from 'bun:test';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import type { ProviderKeyEvent } from '../../events/providerKey.ts';
import { scenariosOf } from '../support/givenWhenThen.ts';
import {
  t0,
  second,
  hour,
  keyData,
  added,
  addedByEnvironment,
  removed,
  timedRest,
  guessedRest,
  rested,
  modelRested,
  disabled,
  rest,
} from '../support/providerKeyFacts.ts';

const { given } = scenariosOf(providerKeyKind);

describe('a key that is not there', () => {
  test('is added', () => {
    const state = given()
      .when({ type: 'AddProviderKey', ...keyData })
      .thenHappened(added);
    expect(state.value).toBe('healthy');
    expect(state.context).toMatchObject(keyData);
  });
  test('takes no other command', () => {
    given().when({ type: 'RemoveProviderKey' }).thenRefused('NOT_FOUND');
    given().when(rest(t0, 1_000)).thenRefused('NOT_FOUND');
    given().when({ type: 'WakeProviderKey', nowMs: t0 }).thenNothingHappened();
  });
  test('is not added with a weight that is none', () => {
    given()
      .when({ type: 'AddProviderKey', ...keyData, weight: 0 })
      .thenRefused('INVALID');
  });
});

describe('a healthy key', () => {
  test('rests as long as the vendor says', () => {
    const state = given(added)
      .when(rest(t0, 30 * second))
      .thenHappened(rested(timedRest(t0 + 30 * second)));
    expect(state.value).toBe('resting');
    expect(providerKeyKind.wakeAtMs?.(state)).toBe(t0 + 30 * second);
  });
  test('rests a second at least and an hour at most, a day for a quota', () => {
    given(added)
      .when(rest(t0, 0))
      .thenHappened(rested(timedRest(t0 + second)));
    given(added)
      .when(rest(t0, 48 * hour))
      .thenHappened(rested(timedRest(t0 + hour)));
    given(added)
      .when(rest(t0, 48 * hour, { longest: 'day' }))
      .thenHappened(rested(timedRest(t0 + 24 * hour)));
  });
  test('rests 5 s by a guess, an hour by a guess about a quota', () => {
    const state = given(added)
      .when(rest(t0, null))
      .thenHappened(rested(guessedRest(t0 + 5 * second)));
    expect(providerKeyKind.wakeAtMs?.(state)).toBeUndefined();
    given(added)
      .when(rest(t0, null, { longest: 'day' }))
      .thenHappened(rested(guessedRest(t0 + hour)));
  });
  test('stays healthy while one of its models rests', () => {
    const state = given(added)
      .when(rest(t0, 36 * second, { model: 'gemini-2.5-pro' }))
      .thenHappened(modelRested('gemini-2.5-pro', timedRest(t0 + 36 * second)));
    expect(state.value).toBe('healthy');
    expect(providerKeyKind.wakeAtMs?.(state)).toBe(t0 + 36 * second);
  });
  test('takes a model named like a property of every object for what it is', () => {
    given(added)
      .when(rest(t0, 2_000, { model: 'constructor' }))
      .thenHappened(modelRested('constructor', timedRest(t0 + 2_000)));
    const state = given(added, modelRested('__proto__', timedRest(t0 + 2_000))).state;
    expect(Object.keys(state.context.models)).toEqual(['__proto__']);
  });
  test('remembers 256 resting models, and lets go of the one that ends first', () => {
    const facts = Array.from({ length: 257 }, (_, index) =>
      modelRested(`m${index}`, timedRest(t0 + (index === 7 ? 1 : 1_000 + index))),
    );
    const names = Object.keys(given(added, ...facts).state.context.models);
    expect(names).toHaveLength(256);
    expect(names).not.toContain('m7');
  });
  test('is renamed and reweighed, but not to what it is', () => {
    given(added)
      .when({ type: 'RenameProviderKey', name: 'second' })
      .thenHappened({ type: 'ProviderKeyRenamed', data: { name: 'second' } });
    given(added)
      .when({ type: 'ReweighProviderKey', weight: 3 })
      .thenHappened({ type: 'ProviderKeyReweighted', data: { weight: 3 } });
    given(added).when({ type: 'RenameProviderKey', name: 'first' }).thenNothingHappened();
    given(added).when({ type: 'ReweighProviderKey', weight: 1 }).thenNothingHappened();
    given(added).when({ type: 'ReweighProviderKey', weight: 1.5 }).thenRefused('INVALID');
  });
  test('is not added twice by API, and quietly kept by the environment', () => {
    given(added)
      .when({ type: 'AddProviderKey', ...keyData })
      .thenRefused('ALREADY_EXISTS');
    given(addedByEnvironment)
      .when({ type: 'AddProviderKey', ...keyData, source: 'environment' })
      .thenNothingHappened();
  });
  test('has nothing to recover from', () => {
    given(added)
      .when({ type: 'RecoverProviderKey', nowMs: t0, cause: 'operator' })
      .thenNothingHappened();
    given(added).when({ type: 'EnableProviderKey', cause: 'operator' }).thenNothingHappened();
  });
});

describe('a disabled key', () => {
  test('is not touched by traffic', () => {
    given(added, disabled('operator')).when(rest(t0, 5_000)).thenNothingHappened();
    given(added, disabled('operator'))
      .when({ type: 'RecoverProviderKey', nowMs: t0, cause: 'probe' })
      .thenNothingHappened();
  });
  test('is enabled rather than woken', () => {
    given(added, disabled('credential'))
      .when({ type: 'RecoverProviderKey', nowMs: t0, cause: 'operator' })
      .thenRefused('INVALID');
    const state = given(added, disabled('credential'))
      .when({ type: 'EnableProviderKey', cause: 'operator' })
      .thenHappened({ type: 'ProviderKeyEnabled', data: { cause: 'operator' } });
    expect(state.value).toBe('healthy');
  });
  test('is enabled by a probe only when its credential was the reason', () => {
    given(added, disabled('operator'))
      .when({ type: 'EnableProviderKey', cause: 'probe' })
      .thenNothingHappened();
    given(added, disabled('credential'))
      .when({ type: 'EnableProviderKey', cause: 'probe' })
      .thenHappened({ type: 'ProviderKeyEnabled', data: { cause: 'probe' } });
  });
  test('whose origin moved waits for its secret, whatever else it is told', () => {
    const moved = [added, disabled('origin_changed')] as const;
    given(...moved)
      .when({ type: 'EnableProviderKey', cause: 'operator' })
      .thenRefused('INVALID');
    given(...moved)
      .when({ type: 'DisableProviderKey', cause: 'operator', reason: 'off' })
      .thenNothingHappened();
    const secret = {
      secretRef: 'openai-2',
      fingerprint: 'f2',
      masked: 'sk-…5678',
      origin: 'https://eu.openai.com',
    };
    const state = given(...moved)
      .when({ type: 'ReplaceSecret', ...secret })
      .thenHappened({ type: 'ProviderKeySecretReplaced', data: secret });
    expect(state.value).toBe('healthy');
    expect(state.context).toMatchObject({ ...secret, secretsToErase: ['openai-1'] });
  });
  test('stays disabled by its operator when it gets another secret', () => {
    const { secretRef: _ref, ...same } = keyData;
    const secret = { fingerprint: same.fingerprint, masked: same.masked, origin: same.origin };
    const state = given(added, disabled('operator'))
      .when({ type: 'ReplaceSecret', secretRef: 'x', ...secret })
      .thenHappened({ type: 'ProviderKeySecretReplaced', data: { secretRef: 'x', ...secret } });
    expect(state.value).toBe('disabled');
  });
});

describe('a key that its source no longer names', () => {
  const left: ProviderKeyEvent = { type: 'ProviderKeyLeftSource', data: { source: 'environment' } };

  test('is disabled, and healthy again when it comes back', () => {
    const state = given(addedByEnvironment)
      .when({ type: 'LeaveSource', source: 'environment' })
      .thenHappened(left);
    expect(state.context.disabled?.cause).toBe('left_source');
    given(addedByEnvironment, left)
      .when({ type: 'ReturnToSource', source: 'environment' })
      .thenHappened({ type: 'ProviderKeyEnabled', data: { cause: 'returned_to_source' } });
  });
  test('is nothing to another source', () => {
    given(addedByEnvironment).when({ type: 'LeaveSource', source: 'file' }).thenNothingHappened();
    given(addedByEnvironment, left)
      .when({ type: 'ReturnToSource', source: 'file' })
      .thenNothingHappened();
  });
  test('does not come back against its operator', () => {
    given(addedByEnvironment, left, disabled('operator'))
      .when({ type: 'ReturnToSource', source: 'environment' })
      .thenNothingHappened();
    given(addedByEnvironment, disabled('operator'))
      .when({ type: 'LeaveSource', source: 'environment' })
      .thenNothingHappened();
  });
});

describe('a removed key', () => {
  const erased: ProviderKeyEvent = {
    type: 'ProviderKeySecretErased',
    data: { secretRef: 'openai-1' },
  };

  test('owes the erasure of its secret until that is done', () => {
    const state = given(added).when({ type: 'RemoveProviderKey' }).thenHappened(removed);
    expect(providerKeyKind.owed?.(state)).toEqual([{ type: 'EraseSecret', secretRef: 'openai-1' }]);
    expect(providerKeyKind.isDormant?.(state)).toBe(false);

    const after = given(added, removed)
      .when({ type: 'EraseSecretDone', secretRef: 'openai-1' })
      .thenHappened(erased);
    expect(providerKeyKind.owed?.(after)).toEqual([]);
    expect(providerKeyKind.isDormant?.(after)).toBe(true);
    given(added, removed, erased)
      .when({ type: 'EraseSecretDone', secretRef: 'openai-1' })
      .thenNothingHappened();
  });
  test('stays removed for the environment, and is added again by API', () => {
    given(addedByEnvironment, removed)
      .when({ type: 'AddProviderKey', ...keyData, source: 'environment' })
      .thenNothingHappened();
    const again = { ...keyData, secretRef: 'openai-3' };
    const state = given(added, removed)
      .when({ type: 'AddProviderKey', ...again })
      .thenHappened({ type: 'ProviderKeyAdded', data: again });
    expect(state.value).toBe('healthy');
    expect(state.context.secretsToErase).toEqual(['openai-1']);
  });
  test('is gone for every other command', () => {
    given(added, removed).when({ type: 'RemoveProviderKey' }).thenRefused('GONE');
    given(added, removed).when(rest(t0, 1_000)).thenRefused('GONE');
    given(added, removed).when({ type: 'WakeProviderKey', nowMs: t0 }).thenNothingHappened();
  });
});
