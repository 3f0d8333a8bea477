/** Requests chosen by time: older batches are not looked at, and none is missed. */
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { memoryLog } from '../../events/memoryLog.ts';
import { openReadModels, type ReadModels } from '../../events/projections/readModels.ts';
import { batch, requestAt, rowsAfterProjecting, tempDatabase } from '../support/projections.ts';

const noonMs = Date.parse('2026-11-19T12:00:00Z');
const minuteMs = 60_000;
let clockMs = noonMs;
let log: ReturnType<typeof memoryLog>;
let database: ReturnType<typeof tempDatabase>;
let models: ReadModels;

beforeEach(async () => {
  log = memoryLog({ now: () => clockMs });
  database = tempDatabase();
  models = openReadModels(database.path);
  for (let minute = 0; minute < 10; minute += 1) {
    clockMs = noonMs + minute * minuteMs;
    await log.appendTraffic(batch(requestAt(clockMs, { route: `/${minute}` })));
  }
  // It waited in a spool: it ended long before it came into the log.
  await log.appendTraffic(batch(requestAt(noonMs + 2 * minuteMs, { route: '/late' })));
  await rowsAfterProjecting(log, database.path);
});
afterEach(() => {
  models.close();
  database.remove();
});

const routes = (span: { fromMs?: number; toMs?: number }) => {
  const { rows, next } = models.requests({ ...span, limit: 100 });
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
