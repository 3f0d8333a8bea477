/** What becomes of a provider's breaker, state by state. */
import { describe, expect, test } from 'bun:test';
import { breakerKind } from '../../actors/breaker/breaker.ts';
import { waitMs } from '../../actors/breaker/wait.ts';
import type { BreakerEvent } from '../../events/breaker.ts';
import { scenariosOf } from '../support/givenWhenThen.ts';

const { given } = scenariosOf(breakerKind);

const t0 = 1_790_000_000_000;
const second = 1_000;
const usual = 60 * second;
const why = { ruleId: 'transient.server-error', reason: '500: broken' };

const open = (nowMs: number, recoveryTimeoutMs = usual) =>
  ({ type: 'OpenBreaker', nowMs, recoveryTimeoutMs, ...why }) as const;
const close = (nowMs: number, cause: 'probe' | 'operator' | 'moved' = 'probe') =>
  ({ type: 'CloseBreaker', nowMs, cause }) as const;
const wake = (nowMs: number) => ({ type: 'WakeBreaker', nowMs }) as const;
const opened = (openedAtMs: number, waitS: number, openings: number): BreakerEvent => ({
  type: 'BreakerOpened',
  data: { openedAtMs, untilMs: openedAtMs + waitS * second, ...why, openings },
});
const halfOpened: BreakerEvent = { type: 'BreakerHalfOpened', data: {} };
const closed = (
  closedAtMs: number,
  cause: 'probe' | 'operator' | 'moved' = 'probe',
): BreakerEvent => ({ type: 'BreakerClosed', data: { closedAtMs, cause } });

describe('a closed breaker', () => {
  test('opens for five seconds, and remembers why', () => {
    const state = given()
      .when(open(t0))
      .thenHappened(opened(t0, 5, 1));
    expect(state.value).toBe('open');
    expect(state.context.opening).toMatchObject(why);
    expect(breakerKind.wakeAtMs?.(state)).toBe(t0 + 5 * second);
  });

  test('is not closed again, and has no deadline', () => {
    const before = given();
    expect(breakerKind.wakeAtMs?.(before.state)).toBeUndefined();
    before.when(close(t0)).thenNothingHappened();
    before.when(close(t0, 'operator')).thenNothingHappened();
    before.when(wake(t0)).thenNothingHappened();
  });

  const recovered = [opened(t0, 5, 1), halfOpened, closed(t0 + 6 * second)];

  test('that closed a moment ago goes on doubling', () => {
    const soonMs = t0 + 60 * second;
    given(...recovered)
      .when(open(soonMs))
      .thenHappened(opened(soonMs, 10, 2));
  });

  test('that closed a minute ago begins anew', () => {
    const laterMs = t0 + 66 * second;
    given(...recovered)
      .when(open(laterMs))
      .thenHappened(opened(laterMs, 5, 1));
  });

  test('stays closed for what was seen before it closed', () => {
    given(...recovered)
      .when(open(t0 + 5 * second))
      .thenNothingHappened();
  });

  test.each(['operator', 'moved'] as const)('begins anew after %s', (cause) => {
    const soonMs = t0 + 3 * second;
    given(opened(t0, 5, 1), closed(t0 + 2 * second, cause))
      .when(open(soonMs))
      .thenHappened(opened(soonMs, 5, 1));
  });
});

describe('an open breaker', () => {
  test('is opened once, however many processes see the outage', () => {
    given(opened(t0, 5, 1))
      .when(open(t0))
      .thenNothingHappened();
    given(opened(t0, 5, 1))
      .when(open(t0 + 4_999))
      .thenNothingHappened();
  });

  test('opens half when its time is over, not before', () => {
    given(opened(t0, 5, 1))
      .when(wake(t0 + 4_999))
      .thenNothingHappened();
    const state = given(opened(t0, 5, 1))
      .when(wake(t0 + 5 * second))
      .thenHappened(halfOpened);
    expect(state.value).toBe('half-open');
    expect(breakerKind.wakeAtMs?.(state)).toBeUndefined();
  });

  test('takes the word of a probe once its time is over, also before the deadline rang', () => {
    const overMs = t0 + 5 * second;
    given(opened(t0, 5, 1))
      .when(open(overMs))
      .thenHappened(opened(overMs, 10, 2));
    given(opened(t0, 5, 1))
      .when(close(overMs))
      .thenHappened(closed(overMs));
  });

  test('stays open when the probe of another process was answered just before', () => {
    given(opened(t0, 5, 1))
      .when(close(t0 + second))
      .thenNothingHappened();
  });

  test('is closed by an operator, and when its provider moved', () => {
    for (const cause of ['operator', 'moved'] as const) {
      const state = given(opened(t0, 5, 1))
        .when(close(t0 + second, cause))
        .thenHappened(closed(t0 + second, cause));
      expect(state.context.opening).toBeNull();
    }
  });
});

describe('a half-open breaker', () => {
  const half = [opened(t0, 5, 1), halfOpened];

  test('closes when a probe is answered', () => {
    const state = given(...half)
      .when(close(t0 + 6 * second))
      .thenHappened(closed(t0 + 6 * second));
    expect(state.value).toBe('closed');
  });

  test('waits twice as long when a probe fails, however late', () => {
    for (const nowMs of [t0 + 5 * second, t0 + 3_600 * second]) {
      given(...half)
        .when(open(nowMs))
        .thenHappened(opened(nowMs, 10, 2));
    }
  });

  test('is closed by an operator', () => {
    given(...half)
      .when(close(t0 + 6 * second, 'operator'))
      .thenHappened(closed(t0 + 6 * second, 'operator'));
  });
});

describe('the waits of an outage', () => {
  const waitsS = (recoveryTimeoutS: number) =>
    [1, 2, 3, 4, 5, 60].map((openings) => waitMs(openings, recoveryTimeoutS * second) / second);

  test('double from five seconds to thirty', () => {
    expect(waitsS(60)).toEqual([5, 10, 20, 30, 30, 30]);
  });

  test('are no longer than a shorter recovery timeout', () => {
    expect(waitsS(12)).toEqual([5, 10, 12, 12, 12, 12]);
    expect(waitsS(30)).toEqual([5, 10, 20, 30, 30, 30]);
    expect(waitsS(1)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('grow to half of a longer one', () => {
    expect(waitsS(50)).toEqual([5, 10, 20, 30, 30, 30]);
    expect(waitsS(240)).toEqual([5, 10, 20, 40, 80, 120]);
  });

  test('are never so long that a provider is back for more than thirty seconds unasked', () => {
    const facts: BreakerEvent[] = [];
    let atMs = t0;
    for (let openings = 1; atMs < t0 + 3_600 * second; openings++) {
      const untilMs = atMs + waitMs(openings, usual);
      const event = opened(atMs, (untilMs - atMs) / second, openings);
      given(...facts)
        .when(open(atMs))
        .thenHappened(event);
      expect(untilMs - atMs).toBeLessThanOrEqual(30 * second);
      facts.splice(0, Infinity, event);
      atMs = untilMs;
    }
  });
});
