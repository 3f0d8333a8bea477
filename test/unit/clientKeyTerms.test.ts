/** What a client key may do, how long, and what becomes of the key that another one replaced. */
import { describe, expect, test } from 'bun:test';
import { clientKeyKind } from '../../actors/clientKey/clientKey.ts';
import type { ClientKeyChanges, ClientKeyEvent } from '../../events/clientKey.ts';
import { scenariosOf } from '../support/givenWhenThen.ts';

const { given } = scenariosOf(clientKeyKind);

const nowMs = 1_790_000_000_000;
const hourMs = 3_600_000;
const data = {
  clientId: 'shop',
  name: 'shop',
  hash: 'hash-1',
  masked: 'sk-…1',
  scopes: ['*'],
  source: 'api' as 'api' | 'file',
  createdAtMs: nowMs,
};
const added = (more: object = {}): ClientKeyEvent => ({
  type: 'ClientKeyAdded',
  data: { ...data, ...more },
});
const changed = (changes: ClientKeyChanges, source: 'api' | 'file' = 'api'): ClientKeyEvent => ({
  type: 'ClientKeyChanged',
  data: { source, changes },
});
const change = (changes: ClientKeyChanges, source: 'api' | 'file' = 'api') =>
  ({ type: 'ChangeClientKey', source, changes, nowMs }) as const;
const rotate = (number: number, graceMs: number, atMs = nowMs) =>
  ({
    type: 'RotateClientKey',
    hash: `hash-${number}`,
    masked: `sk-…${number}`,
    nowMs: atMs,
    graceMs,
  }) as const;
const rotated = (number: number, graceUntilMs: number | null): ClientKeyEvent => ({
  type: 'ClientKeyRotated',
  data: { hash: `hash-${number}`, masked: `sk-…${number}`, rotatedAtMs: nowMs, graceUntilMs },
});
const wake = (atMs: number) => ({ type: 'WakeClientKey', nowMs: atMs }) as const;
const expired: ClientKeyEvent = { type: 'ClientKeyExpired', data: {} };

describe('the terms of a client key', () => {
  test('are changed one by one, and only what is new is an event', () => {
    const limits = { models: ['gpt-*'], requestsPerMinute: 60, burst: 5, maxConcurrent: 2 };
    const state = given(added())
      .when(change({ ...limits, name: 'shop' }))
      .thenHappened(changed(limits));
    expect(state.context).toMatchObject({ ...limits, expiresAtMs: null });
    given(added(limits)).when(change(limits)).thenNothingHappened();
  });

  test('without a pace have no burst', () => {
    given(added())
      .when(change({ burst: 5 }))
      .thenRefused('INVALID');
    given()
      .when({ type: 'AddClientKey', ...data, burst: 5 })
      .thenRefused('INVALID');
    given(added({ requestsPerMinute: 60, burst: 5 }))
      .when(change({ requestsPerMinute: null }))
      .thenHappened(changed({ requestsPerMinute: null, burst: null }));
  });

  test('of a key that is not there cannot be changed', () => {
    given()
      .when(change({ name: 'x' }))
      .thenRefused('NOT_FOUND');
    given(added(), { type: 'ClientKeyRemoved', data: {} })
      .when(change({ name: 'x' }))
      .thenRefused('GONE');
  });

  test('set by an operator are not overruled by the file that names the key', () => {
    const ofFile = [added({ source: 'file' }), changed({ maxConcurrent: 3 })];
    const state = given(...ofFile)
      .when(change({ maxConcurrent: 9, requestsPerMinute: 60 }, 'file'))
      .thenHappened(changed({ requestsPerMinute: 60 }, 'file'));
    expect(state.context).toMatchObject({ maxConcurrent: 3, requestsPerMinute: 60 });
    given(...ofFile)
      .when(change({ maxConcurrent: null }, 'file'))
      .thenNothingHappened();
  });

  test('of a key made by API are nothing to the file', () => {
    given(added())
      .when(change({ maxConcurrent: 9 }, 'file'))
      .thenNothingHappened();
  });
});

describe('an expiry', () => {
  const expiresAtMs = nowMs + hourMs;

  test('rings when it is over, and not before', () => {
    const { state } = given(added({ expiresAtMs }));
    expect(clientKeyKind.wakeAtMs?.(state)).toBe(expiresAtMs);
    given(added({ expiresAtMs }))
      .when(wake(expiresAtMs - 1))
      .thenNothingHappened();
    const over = given(added({ expiresAtMs })).when(wake(expiresAtMs)).thenHappened(expired);
    expect(over.value).toBe('expired');
    expect(clientKeyKind.wakeAtMs?.(over)).toBeUndefined();
  });

  test('cannot be set into the past', () => {
    given(added())
      .when(change({ expiresAtMs: nowMs }))
      .thenRefused('INVALID');
    given()
      .when({ type: 'AddClientKey', ...data, expiresAtMs: nowMs - 1 })
      .thenRefused('INVALID');
  });

  test('that is moved brings the key back, and another change does not', () => {
    const over = [added({ expiresAtMs }), expired];
    const back = given(...over)
      .when(change({ expiresAtMs: null }))
      .thenHappened(changed({ expiresAtMs: null }));
    expect(back.value).toBe('active');
    const still = given(...over)
      .when(change({ name: 'still' }))
      .thenHappened(changed({ name: 'still' }));
    expect(still.value).toBe('expired');
    given(...over)
      .when(rotate(2, 0))
      .thenRefused('INVALID');
    given(...over)
      .when({ type: 'RemoveClientKey' })
      .thenHappened({ type: 'ClientKeyRemoved', data: {} });
  });
});

describe('a rotation', () => {
  test('puts another key in the place of the first, which ends with its grace', () => {
    const state = given(added())
      .when(rotate(2, hourMs))
      .thenHappened(rotated(2, nowMs + hourMs));
    expect(state.context).toMatchObject({
      hash: 'hash-2',
      retiring: [{ hash: 'hash-1', masked: 'sk-…1', untilMs: nowMs + hourMs }],
    });
    expect(clientKeyKind.wakeAtMs?.(state)).toBe(nowMs + hourMs);
    const during = given(added(), rotated(2, nowMs + hourMs));
    during.when(wake(nowMs + hourMs - 1)).thenNothingHappened();
    const after = during
      .when(wake(nowMs + hourMs))
      .thenHappened({ type: 'ClientKeyGraceEnded', data: { hash: 'hash-1' } });
    expect(after.value).toBe('active');
    expect(after.context.retiring).toEqual([]);
  });

  test('without a grace ends all older keys at once', () => {
    const state = given(added(), rotated(2, nowMs + hourMs))
      .when(rotate(3, 0))
      .thenHappened(rotated(3, null));
    expect(state.context).toMatchObject({ hash: 'hash-3', retiring: [] });
  });

  test('keeps a bound on the keys in their grace', () => {
    const many = Array.from({ length: 8 }, (_, n) => rotated(n + 2, nowMs + hourMs));
    given(added(), ...many)
      .when(rotate(99, hourMs))
      .thenRefused('INVALID');
    given(added(), ...many)
      .when(rotate(99, 0))
      .thenHappened(rotated(99, null));
  });

  test('of a key that a file names is the file’s to make', () => {
    given(added({ source: 'file' }))
      .when(rotate(2, 0))
      .thenRefused('INVALID');
  });

  test('leaves nothing behind when the key is removed', () => {
    const state = given(added(), rotated(2, nowMs + hourMs))
      .when({ type: 'RemoveClientKey' })
      .thenHappened({ type: 'ClientKeyRemoved', data: {} });
    expect(state.context.retiring).toEqual([]);
    expect(clientKeyKind.wakeAtMs?.(state)).toBeUndefined();
  });
});
