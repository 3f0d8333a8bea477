/** How wrong passwords slow down whoever guesses, and never lock the operator out for long. */
import { describe, expect, test } from 'bun:test';
import { transition } from 'xstate';
import { blockedUntilMs, isEnded } from '../../actors/operator/decide.ts';
import { operatorKind } from '../../actors/operator/operator.ts';
import type { OperatorEvent } from '../../events/operator.ts';
import { scenariosOf } from '../support/givenWhenThen.ts';

const { given } = scenariosOf(operatorKind);

const t0 = 1_790_000_000_000;
const minute = 60_000;

/** Tells the actor of failures one after another, and answers with the facts. */
function failures(...tries: (readonly [address: string, atMs: number])[]): OperatorEvent[] {
  const facts: OperatorEvent[] = [];
  let state = given().state;
  for (const [address, nowMs] of tries) {
    const fact = operatorKind.decide({ type: 'FailLogin', address, nowMs }, state);
    if (!fact) continue;
    facts.push(fact);
    [state] = transition(operatorKind.machine, state, fact);
  }
  return facts;
}
const times = (count: number, address: (index: number) => string, stepMs = 1) =>
  failures(
    ...Array.from({ length: count }, (_, index) => [address(index), t0 + index * stepMs] as const),
  );
const login = (address: string, nowMs: number) =>
  ({ type: 'LogIn', sessionId: 's1', address, nowMs, expiresAtMs: t0 + 600 * minute }) as const;
const loggedIn = (address: string): OperatorEvent => ({
  type: 'OperatorLoggedIn',
  data: { sessionId: 's1', address, expiresAtMs: t0 + 600 * minute },
});

describe('an address', () => {
  const same = () => '10.0.0.1';

  test('has two tries before it waits', () => {
    const { state } = given(...times(2, same));
    expect(blockedUntilMs(state, '10.0.0.1')).toBe(0);
  });
  test('waits a second after the third failure, and twice as long after each further one', () => {
    const waits = [3, 4, 5, 6].map((count) => {
      const { state } = given(...times(count, same));
      return blockedUntilMs(state, '10.0.0.1') - (t0 + count - 1);
    });
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000]);
  });
  test('waits a quarter of an hour at most', () => {
    const { state } = given(...times(40, same));
    expect(blockedUntilMs(state, '10.0.0.1') - (t0 + 39)).toBe(15 * minute);
  });
  test('is told to wait even with the right password', () => {
    given(...times(3, same))
      .when(login('10.0.0.1', t0 + 500))
      .thenRefused('BLOCKED');
    given(...times(3, same))
      .when(login('10.0.0.1', t0 + 1_002))
      .thenHappened(loggedIn('10.0.0.1'));
  });
  test('starts anew after a success, and an hour after its last failure', () => {
    const { state } = given(...times(6, same), loggedIn('10.0.0.1'));
    expect(blockedUntilMs(state, '10.0.0.1')).toBe(0);
    const later = failures(
      ...Array.from({ length: 4 }, (_, i) => ['a', t0 + i * 61 * minute] as const),
    );
    expect(blockedUntilMs(given(...later).state, 'a')).toBe(0);
  });
  test('is not made to wait by a name that every object knows', () => {
    expect(blockedUntilMs(given().state, 'constructor')).toBe(0);
    given(...failures(['__proto__', t0]))
      .when(login('10.0.0.1', t0))
      .thenHappened(loggedIn('10.0.0.1'));
  });
  test('is forgotten when a thousand others failed after it', () => {
    const { state } = given(...times(1_001, (index) => `10.1.${index >> 8}.${index & 255}`));
    expect(Object.keys(state.context.failures)).toHaveLength(1_000);
    expect(state.context.failures['10.1.0.0']).toBeUndefined();
  });
});

describe('all addresses together', () => {
  const other = (index: number) => `10.2.0.${index}`;

  test('have nineteen tries, then wait, and a minute at most', () => {
    expect(blockedUntilMs(given(...times(19, other)).state, 'new')).toBe(0);
    expect(blockedUntilMs(given(...times(20, other)).state, 'new')).toBe(t0 + 19 + 1_000);
    expect(blockedUntilMs(given(...times(60, other)).state, 'new')).toBe(t0 + 59 + minute);
  });
  test('start anew when the window is over', () => {
    const { state } = given(...times(60, other, minute));
    expect(blockedUntilMs(state, 'new')).toBe(0);
  });
  test('do not lock out an address that logged in before', () => {
    const facts = [loggedIn('10.0.0.9'), ...times(60, other)];
    expect(blockedUntilMs(given(...facts).state, '10.0.0.9')).toBe(0);
    given(...facts)
      .when(login('10.0.0.9', t0 + 60))
      .thenHappened(loggedIn('10.0.0.9'));
  });
});

describe('a session', () => {
  const out: OperatorEvent = {
    type: 'OperatorLoggedOut',
    data: { sessionId: 's1', expiresAtMs: t0 + minute },
  };
  const logOut = { type: 'LogOut', sessionId: 's1', expiresAtMs: t0 + minute } as const;

  test('ends by a logout, once', () => {
    const state = given(loggedIn('a')).when(logOut).thenHappened(out);
    expect(isEnded(state, 's1')).toBe(true);
    expect(isEnded(state, 's2')).toBe(false);
    given(loggedIn('a'), out).when(logOut).thenNothingHappened();
  });
  test('is forgotten once its token is worthless by itself', () => {
    const { state } = given(out, ...failures(['a', t0 + 2 * minute]));
    expect(state.context.endedSessions).toEqual({});
  });
});
