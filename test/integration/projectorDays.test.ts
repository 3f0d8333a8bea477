/** Closed days: their totals are events, so the statistics outlive the traffic they were made from. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { rmSync } from 'node:fs';
import { actorId } from '../../events/ids.ts';
import type { EventLog } from '../../events/log.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import {
  all,
  batch,
  droppedAt,
  put,
  requestAt,
  rowsAfterProjecting,
  rowsIn,
  runProjector,
  tempDatabase,
  withTrafficFrom,
} from '../support/projections.ts';
import { until } from '../support/until.ts';

const day = '2026-11-19';
const noonMs = Date.parse(`${day}T12:00:00Z`);
const nextDayMs = Date.parse('2026-11-20T00:06:00Z');
const hourMs = 3_600_000;
let clockMs = noonMs;
let log: ReturnType<typeof memoryLog>;
let database: ReturnType<typeof tempDatabase>;

beforeEach(() => {
  clockMs = noonMs;
  log = memoryLog({ now: () => clockMs });
  database = tempDatabase();
});
afterEach(() => database.remove());

const closings = async (of: EventLog = log, part = 1) =>
  (await of.read({ kind: 'day', id: actorId(`${day}-${part}`) })).map((message) => {
    if (!message.ok) throw message.error;
    return message.event.data as { trafficSequence: number; parts: number; rows: object[] };
  });

const totals = () =>
  all<{ model: string; requests: number }>(
    database.path,
    `select model, sum(requests) as requests from daily_stats where day = '${day}' group by model`,
  );

const tables = (path: string) =>
  rowsIn(path).filter(({ table }) => ['daily_stats', 'day', 'day_part'].includes(table));

/** Runs a projector until the log holds `count` closings of the day, and projects them. */
async function closeUntil(count: number, of: EventLog = log): Promise<void> {
  const projector = await runProjector(of, database.path, clockMs);
  await until('the days are closed', async () => (await closings()).length >= count);
  await projector.caughtUp();
  await projector.stop();
  expect(projector.errors).toEqual([]);
}

describe('a day that ended', () => {
  test('is closed with its totals once, five minutes after midnight', async () => {
    await log.appendTraffic(batch(requestAt(noonMs, { model: 'a' }), droppedAt(noonMs, 3)));
    clockMs = nextDayMs;
    await closeUntil(1);
    await closeUntil(1);
    expect(await closings()).toEqual([
      {
        day,
        part: 1,
        parts: 1,
        trafficSequence: 1,
        rows: [
          expect.objectContaining({ client: '', provider: '', keyId: '', model: '', requests: 3 }),
          expect.objectContaining({ model: 'a', requests: 1, durationMs: 20 }),
        ],
      },
    ] as never);
  });

  test('is closed when the traffic of the next day says that it is over', async () => {
    const projector = await runProjector(log, database.path, 0);
    await log.appendTraffic(batch(requestAt(noonMs)));
    await projector.caughtUp();
    expect(await closings()).toEqual([]);
    clockMs = nextDayMs;
    await log.appendTraffic(batch(requestAt(nextDayMs)));
    await until('the projector is there', () => projector.position().control === 1);
    await projector.stop();
    expect(await closings()).toMatchObject([{ trafficSequence: 2, rows: [{ requests: 1 }] }]);
  });

  test('is not closed within five minutes after midnight', async () => {
    await log.appendTraffic(batch(requestAt(noonMs)));
    clockMs = Date.parse('2026-11-20T00:04:00Z');
    await log.appendTraffic(batch(requestAt(clockMs)));
    await rowsAfterProjecting(log, database.path);
    expect(await closings()).toEqual([]);
  });
});

describe('the totals of a closed day', () => {
  test('outlive the traffic they were made from', async () => {
    await log.appendTraffic(batch(requestAt(noonMs, { model: 'a' })));
    await log.appendTraffic(batch(requestAt(noonMs, { model: 'b' })));
    clockMs = nextDayMs;
    await closeUntil(1);
    const before = tables(database.path);
    rmSync(database.path);
    await rowsAfterProjecting(withTrafficFrom(log, 3), database.path);
    expect(tables(database.path)).toEqual(before);
    expect(totals()).toEqual([
      { model: 'a', requests: 1 },
      { model: 'b', requests: 1 },
    ]);
  });

  test('count late traffic on top, in whatever order the streams are read', async () => {
    await log.appendTraffic(batch(requestAt(noonMs, { model: 'a' })));
    clockMs = nextDayMs;
    await closeUntil(1);
    // By the log's time the day is not over: it is not closed again here.
    clockMs = noonMs;
    await log.appendTraffic(batch(requestAt(noonMs, { model: 'a' }), droppedAt(noonMs, 5)));
    await rowsAfterProjecting(log, database.path);
    const expected = tables(database.path);
    expect(totals()).toEqual([
      { model: '', requests: 5 },
      { model: 'a', requests: 2 },
    ]);

    for (const last of ['CONTROL', 'TRAFFIC'] as const) {
      rmSync(database.path);
      const { held, release } = holding(log, last);
      const projector = await runProjector(held, database.path);
      const isOtherDone = () =>
        last === 'CONTROL'
          ? projector.position().traffic === 2
          : projector.position().control === 1;
      await until('the other one is done', isOtherDone);
      release();
      await projector.caughtUp();
      await projector.stop();
      expect(tables(database.path)).toEqual(expected);
    }
  });

  test('are closed again when late traffic came, so that this outlives TRAFFIC too', async () => {
    await log.appendTraffic(batch(requestAt(noonMs, { model: 'a' })));
    clockMs = nextDayMs;
    await closeUntil(1);
    clockMs += hourMs;
    await log.appendTraffic(batch(requestAt(noonMs, { model: 'a' })));
    clockMs += 24 * hourMs;
    await closeUntil(2);
    expect(await closings()).toMatchObject([
      { trafficSequence: 1, rows: [{ requests: 1 }] },
      { trafficSequence: 2, rows: [{ requests: 2 }] },
    ]);
    rmSync(database.path);
    await rowsAfterProjecting(withTrafficFrom(log, 3), database.path);
    expect(totals()).toEqual([{ model: 'a', requests: 2 }]);
  });

  test('hold only once all of their parts are there', async () => {
    await log.appendTraffic(batch(requestAt(noonMs, { model: 'counted' })));
    await put(log, 'day', `${day}-1`, part(1, 7));
    await rowsAfterProjecting(log, database.path);
    expect(totals()).toEqual([{ model: 'counted', requests: 1 }]);
    await put(log, 'day', `${day}-2`, part(2, 8));
    await rowsAfterProjecting(log, database.path);
    expect(totals()).toEqual([
      { model: 'part-1', requests: 7 },
      { model: 'part-2', requests: 8 },
    ]);
  });
});

describe('two projectors', () => {
  test('close a day once, and have the same rows', async () => {
    await log.appendTraffic(batch(requestAt(noonMs, { model: 'a' })));
    clockMs = nextDayMs;
    const other = tempDatabase();
    const both = await Promise.all([
      runProjector(log, database.path, clockMs),
      runProjector(log, other.path, clockMs),
    ]);
    await until('both are there', () => both.every((one) => one.position().control === 1));
    for (const one of both) {
      await one.stop();
      expect(one.errors).toEqual([]);
    }
    expect(await closings()).toHaveLength(1);
    expect(rowsIn(other.path)).toEqual(rowsIn(database.path));
    other.remove();
  });
});

/** A part of two, as another projector would have written it. */
function part(number: number, requests: number) {
  const row = { client: '', provider: '', keyId: '', model: `part-${number}`, requests };
  const zeros = { failures: 0, inputTokens: 0, outputTokens: 0, cachedTokens: 0 };
  const rows = [{ ...row, ...zeros, costMicroUsd: 0, durationMs: 0 }];
  return {
    type: 'DayClosed',
    data: { day, part: number, parts: 2, trafficSequence: 1, rows },
  };
}

/** The log, one of whose streams is delivered only after `release`. */
function holding(of: EventLog, stream: 'CONTROL' | 'TRAFFIC') {
  const released = Promise.withResolvers<void>();
  const held: EventLog = {
    ...of,
    tailControl: (after, onMessage) =>
      of.tailControl(after, (message) => {
        if (stream === 'TRAFFIC') onMessage(message);
        else void released.promise.then(() => onMessage(message));
      }),
    tailTraffic: (after, onMessage) =>
      of.tailTraffic(after, (message) => {
        if (stream === 'CONTROL') onMessage(message);
        else void released.promise.then(() => onMessage(message));
      }),
  };
  return { held, release: () => released.resolve() };
}
