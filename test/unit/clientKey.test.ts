/** What becomes of a client key, state by state. */
import { describe, expect, test } from 'bun:test';
import { clientKeyKind } from '../../actors/clientKey/clientKey.ts';
import type { ClientKeyEvent } from '../../events/clientKey.ts';
import { scenariosOf } from '../support/givenWhenThen.ts';

const { given } = scenariosOf(clientKeyKind);

const data = {
  clientId: 'shop',
  name: 'shop, production',
  hash: 'ab12',
  masked: 'sbx-…9f',
  scopes: ['ai'],
  source: 'environment' as const,
  createdAtMs: 1_790_000_000_000,
};
const added: ClientKeyEvent = { type: 'ClientKeyAdded', data };
const left: ClientKeyEvent = { type: 'ClientKeyLeftSource', data: { source: 'environment' } };
const returned: ClientKeyEvent = { type: 'ClientKeyReturned', data: { source: 'environment' } };
const removed: ClientKeyEvent = { type: 'ClientKeyRemoved', data: {} };

describe('a client key', () => {
  test('is added', () => {
    const state = given()
      .when({ type: 'AddClientKey', ...data })
      .thenHappened(added);
    expect(state.value).toBe('active');
    expect(state.context).toMatchObject(data);
  });
  test('that is not there cannot be removed, and leaves no source', () => {
    given().when({ type: 'RemoveClientKey' }).thenRefused('NOT_FOUND');
    given().when({ type: 'LeaveSource', source: 'environment' }).thenNothingHappened();
  });
  test('is quietly kept by the environment, and not added twice by API', () => {
    given(added)
      .when({ type: 'AddClientKey', ...data })
      .thenNothingHappened();
    given(added)
      .when({ type: 'AddClientKey', ...data, source: 'api' })
      .thenRefused('ALREADY_EXISTS');
  });
  test('leaves with its source and comes back with it', () => {
    const state = given(added)
      .when({ type: 'LeaveSource', source: 'environment' })
      .thenHappened(left);
    expect(state.value).toBe('left');
    given(added, left).when({ type: 'LeaveSource', source: 'environment' }).thenNothingHappened();
    given(added, left)
      .when({ type: 'ReturnToSource', source: 'environment' })
      .thenHappened(returned);
    given(added).when({ type: 'ReturnToSource', source: 'environment' }).thenNothingHappened();
  });
  test('is nothing to another source', () => {
    given(added).when({ type: 'LeaveSource', source: 'file' }).thenNothingHappened();
    given(added, left).when({ type: 'ReturnToSource', source: 'file' }).thenNothingHappened();
  });
  test('that an operator removed stays removed, until it is added by API', () => {
    given(added).when({ type: 'RemoveClientKey' }).thenHappened(removed);
    given(added, left).when({ type: 'RemoveClientKey' }).thenHappened(removed);
    given(added, removed)
      .when({ type: 'AddClientKey', ...data })
      .thenNothingHappened();
    given(added, removed)
      .when({ type: 'ReturnToSource', source: 'environment' })
      .thenNothingHappened();
    given(added, removed).when({ type: 'RemoveClientKey' }).thenRefused('GONE');
    given(added, removed)
      .when({ type: 'AddClientKey', ...data, source: 'api' })
      .thenHappened({ type: 'ClientKeyAdded', data: { ...data, source: 'api' } });
  });
});
