/** The pace that a client is held to, in numbers. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { createAllowance, shortDuration } from '../../server/access/allowance.ts';
import { newRate, remaining, resetMs, setRate, spend } from '../../server/access/rate.ts';

const spendAll = (rate: ReturnType<typeof newRate>, nowMs: number): number => {
  let spent = 0;
  while (spend(rate, nowMs) === 0) spent += 1;
  return spent;
};

describe('a pace', () => {
  test('lets a whole minute’s requests come at once, and then one after the other', () => {
    const rate = newRate(60, null);
    expect(spendAll(rate, 5_000)).toBe(60);
    expect(remaining(rate, 5_000)).toBe(0);
    expect(spend(rate, 5_000)).toBeCloseTo(1_000);
    expect(spend(rate, 5_999)).toBeCloseTo(1);
    expect(spend(rate, 6_000)).toBe(0);
    expect(spend(rate, 6_000)).toBeCloseTo(1_000);
  });

  test('with a burst lets no more than that come at once', () => {
    const rate = newRate(600, 3);
    expect(spendAll(rate, 0)).toBe(3);
    expect(spend(rate, 100)).toBe(0);
    expect(remaining(rate, 100)).toBe(0);
    expect(remaining(rate, 10_000)).toBe(3);
    expect(resetMs(rate, 100)).toBeCloseTo(300);
  });

  test('that is changed keeps what was spent', () => {
    const rate = newRate(60, null);
    spendAll(rate, 0);
    setRate(rate, 120, null);
    expect(spend(rate, 0)).toBeGreaterThan(0);
    expect(spend(rate, 500)).toBe(0);
  });

  test('never lets more through than its burst and what was earned', () => {
    const gaps = fc.array(fc.nat(3_000), { maxLength: 300 });
    const pace = fc.integer({ min: 1, max: 5_000 });
    fc.assert(
      fc.property(pace, fc.integer({ min: 1, max: 50 }), gaps, (perMinute, burst, gapsMs) => {
        const rate = newRate(perMinute, burst);
        let nowMs = 0;
        let through = 0;
        for (const gapMs of gapsMs) {
          nowMs += gapMs;
          const waitMs = spend(rate, nowMs);
          if (waitMs === 0) through += 1;
          // What it says to wait is enough.
          else expect(spend({ ...rate }, nowMs + waitMs)).toBe(0);
          expect(remaining(rate, nowMs)).toBeWithin(0, burst + 1);
        }
        expect(through).toBeLessThanOrEqual(burst + (nowMs * perMinute) / 60_000 + 0.001);
      }),
    );
  });

  test('tells its durations as OpenAI does', () => {
    expect([0, 11.2, 1_000, 1_500, 59_999, 60_000, 86_400].map(shortDuration)).toEqual([
      '0ms',
      '12ms',
      '1s',
      '1.5s',
      '59.999s',
      '1m0s',
      '1m26.4s',
    ]);
  });
});

describe('an allowance', () => {
  test('counts who is under way, refused ones until they leave', () => {
    const allowance = createAllowance();
    allowance.set(null, 2);
    expect([allowance.enter(0), allowance.enter(0)]).toEqual([null, null]);
    expect(allowance.enter(0)).toMatchObject({ status: 429, code: 'client_too_many_at_once' });
    allowance.leave();
    expect(allowance.underWay()).toBe(2);
    allowance.leave();
    expect(allowance.enter(0)).toBeNull();
  });

  test('takes nothing from the pace for a request that is one too many', () => {
    const allowance = createAllowance();
    const rate = newRate(60, 5);
    allowance.set(rate, 1);
    allowance.enter(0);
    allowance.enter(0);
    expect(remaining(rate, 0)).toBe(4);
  });

  test('keeps counting when its limits change', () => {
    const allowance = createAllowance();
    allowance.set(null, 2);
    allowance.enter(0);
    allowance.set(null, 1);
    expect(allowance.enter(0)).toMatchObject({ status: 429 });
  });

  test('shows its pace in the dialect, and nothing without one', () => {
    const shown = (dialect: 'openai' | 'anthropic' | 'gemini', rate = newRate(60, null)) => {
      const allowance = createAllowance();
      allowance.set(rate, 5);
      allowance.enter(1_000);
      const headers = new Headers({ 'x-ratelimit-limit-requests': '9', 'x-other': 'stays' });
      allowance.show(headers, dialect, 1_000, Date.parse('2027-01-01T00:00:00.100Z'));
      return Object.fromEntries(headers);
    };
    const openai = {
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '1s',
      'x-other': 'stays',
    };
    expect(shown('openai')).toEqual(openai);
    expect(shown('gemini')).toEqual(openai);
    expect(shown('anthropic')).toMatchObject({
      'anthropic-ratelimit-requests-limit': '60',
      'anthropic-ratelimit-requests-remaining': '59',
      'anthropic-ratelimit-requests-reset': '2027-01-01T00:00:02Z',
    });
  });
});
