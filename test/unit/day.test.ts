/** A day is closed once. */
import { expect, test } from 'bun:test';
import { dayKind } from '../../actors/day/day.ts';
import { scenariosOf } from '../support/givenWhenThen.ts';

const { given } = scenariosOf(dayKind);

const row = {
  client: 'shop',
  provider: 'openai',
  keyId: 'k1',
  model: 'gpt-5',
  requests: 2,
  failures: 1,
  inputTokens: 10,
  outputTokens: 20,
  cachedTokens: 0,
  costMicroUsd: 5,
  durationMs: 900,
};
const data = { day: '2026-11-20', part: 1, parts: 1, trafficSequence: 42, rows: [row] };
const closed = { type: 'DayClosed' as const, data };

test('a day is closed with its totals, which stay in the log and not in memory', () => {
  const state = given()
    .when({ type: 'CloseDay', ...data })
    .thenHappened(closed);
  expect(state.context).toEqual({
    day: '2026-11-20',
    part: 1,
    parts: 1,
    trafficSequence: 42,
    rowCount: 1,
  });
  expect(dayKind.isDormant?.(state)).toBe(true);
});

test('a closed day is not closed again, not even with other totals', () => {
  given(closed)
    .when({ type: 'CloseDay', ...data })
    .thenNothingHappened();
  given(closed)
    .when({ type: 'CloseDay', ...data, rows: [] })
    .thenNothingHappened();
});
