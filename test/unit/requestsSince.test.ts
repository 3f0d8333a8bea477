/** Requests chosen by time: older batches are not looked at, and none is missed. */
import { beforeEach, expect, test } from 'bun:test';
import { batch, requestAt, rowsAfterProjecting } from '../support/projections.ts';
import { modelsOfTest } from '../support/modelsOfTest.ts';

const noonMs = Date.parse('2026-11-19T12:00:00Z');
const minuteMs = 60_000;
const world = modelsOfTest(noonMs);
beforeEach(async () => {
  for (let minute = 0; minute < 10; minute += 1) {
    world.clockMs = noonMs + minute * minuteMs;
    await world.log.appendTraffic(batch(requestAt(world.clockMs, { route: `/${minute}` })));
  }
  // It waited in a spool: it ended long before it came into the world.log.
  await world.log.appendTraffic(batch(requestAt(noonMs + 2 * minuteMs, { route: '/late' })));
  await rowsAfterProjecting(world.log, world.database.path);
});

const routes = (span: { fromMs?: number; toMs?: number }) => {
  const { rows, next } = world.models.requests({ ...span, limit: 100 });
  expect(next).toBeNull();
  return rows.map(({ route }) => route);
};

test('from a time on', () => {
  expect(routes({ fromMs: noonMs + 7 * minuteMs })).toEqual(['/9', '/8', '/7']);
  expect(routes({ fromMs: noonMs })).toHaveLength(11);
  expect(routes({ fromMs: noonMs - 60 * minuteMs })).toHaveLength(11);
  expect(routes({ fromMs: noonMs + 60 * minuteMs })).toEqual([]);
});

test('up to a time, with what came late', () => {
  expect(routes({ toMs: noonMs + 2 * minuteMs })).toEqual(['/late', '/2', '/1', '/0']);
  expect(routes({ fromMs: noonMs + 2 * minuteMs, toMs: noonMs + 3 * minuteMs })).toEqual([
    '/late',
    '/3',
    '/2',
  ]);
});
