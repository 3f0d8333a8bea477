/** Calls of tools in the read models: one by one, and as totals of days that outlive them. */
import { describe, expect, test } from 'bun:test';
import { rmSync } from 'node:fs';
import { actorId } from '../../events/ids.ts';
import { compareWithRebuild } from '../../events/projections/rebuild.ts';
import type { TrafficEvent } from '../../events/traffic.ts';
import {
  batch,
  droppedAt,
  requestAt,
  rowsAfterProjecting,
  rowsIn,
  runProjector,
  withTrafficFrom,
} from '../support/projections.ts';
import { toolCalled } from '../support/sampleEvents.ts';
import { until } from '../support/until.ts';
import type { ReadModels } from '../../events/projections/readModels.ts';
import { modelsOfTest } from '../support/modelsOfTest.ts';

const day = '2026-11-19';
const noonMs = Date.parse(`${day}T12:00:00Z`);
const nextDayMs = Date.parse('2026-11-20T00:06:00Z');
const world = modelsOfTest(noonMs);

const droppedCalls = (toolCalls: number): TrafficEvent => {
  const event = droppedAt(noonMs, 0);
  if (event.type !== 'TrafficDropped') return event;
  return { ...event, data: { ...event.data, failures: 0, toolCalls, toolFailures: 1 } };
};

/** Runs a projector until the day is closed, and projects its totals. */
async function closeDay(): Promise<void> {
  world.clockMs = nextDayMs;
  const projector = await runProjector(world.log, world.database.path, world.clockMs);
  const closings = () => world.log.read({ kind: 'day', id: actorId(`${day}-1`) });
  await until('the day is closed', async () => (await closings()).length > 0);
  await projector.caughtUp();
  await projector.stop();
  expect(projector.errors).toEqual([]);
}

const totalsIn = (path: string) =>
  rowsIn(path).filter(({ table }) => ['daily_tools', 'day', 'day_part'].includes(table));

describe('calls of tools', () => {
  test('come newest first, filtered, page by page', async () => {
    for (const client of ['acme', 'other', 'acme']) {
      await world.log.appendTraffic(
        batch(
          toolCalled('echo', { client }, noonMs),
          requestAt(noonMs, { client }),
          toolCalled('sum', { client, outcome: 'failed', errorCode: -32001 }, noonMs),
        ),
      );
    }
    await rowsAfterProjecting(world.log, world.database.path);
    const tools = (filter: Parameters<ReadModels['toolCalls']>[0]) =>
      world.models.toolCalls(filter).rows.map(({ tool }) => tool);

    const first = world.models.toolCalls({ client: 'acme', limit: 3 });
    expect(first.rows.map(({ tool }) => tool)).toEqual(['sum', 'echo', 'sum']);
    expect(tools({ client: 'acme', limit: 3, after: first.next! })).toEqual(['echo']);
    expect(tools({ outcome: 'failed', limit: 9 })).toEqual(['sum', 'sum', 'sum']);
    expect(tools({ server: 'everything', tool: 'echo', limit: 2 })).toEqual(['echo', 'echo']);
    expect(tools({ fromMs: noonMs + 1, limit: 9 })).toEqual([]);
  });

  test('are found by their ids, whole', async () => {
    const call = toolCalled('echo', { isError: true, error: 'no' }, noonMs);
    await world.log.appendTraffic(batch(toolCalled('sum', {}, noonMs), call));
    await rowsAfterProjecting(world.log, world.database.path);
    const { id, traceId, atMs, data } = call;
    expect(world.models.toolCallById(id)).toMatchObject({ id, traceId, atMs, ...data });
    expect(world.models.toolCallById('nothing')).toBeUndefined();
    expect(world.models.requestById(id)).toBeUndefined();
  });

  test('are counted by day, client, server and tool, apart from requests', async () => {
    await world.log.appendTraffic(
      batch(
        toolCalled('echo', { client: 'acme' }, noonMs),
        toolCalled('echo', { client: 'acme', isError: true }, noonMs),
        toolCalled('echo', { server: 'files', outcome: 'cancelled' }, noonMs),
        requestAt(noonMs, { client: 'acme' }),
        droppedCalls(4),
      ),
    );
    await rowsAfterProjecting(world.log, world.database.path);
    expect(world.models.toolStats({ groupBy: 'tool' })).toEqual([
      { group: '', server: '', calls: 4, failures: 1, durationMs: 0 },
      { group: 'echo', server: 'everything', calls: 2, failures: 1, durationMs: 40 },
      { group: 'echo', server: 'files', calls: 1, failures: 0, durationMs: 20 },
    ]);
    expect(world.models.toolStats({ groupBy: 'client', client: 'acme' })).toEqual([
      { group: 'acme', server: '', calls: 2, failures: 1, durationMs: 40 },
    ]);
    expect(world.models.toolStats({ groupBy: 'day', from: '2026-11-20' })).toEqual([]);
    expect(world.models.stats({ groupBy: 'client', client: 'acme' })).toMatchObject([
      { requests: 1 },
    ]);
  });
});

describe('the totals of calls of a closed day', () => {
  test('are in its event, and outlive the calls', async () => {
    await world.log.appendTraffic(
      batch(toolCalled('echo', {}, noonMs), toolCalled('sum', {}, noonMs)),
    );
    await world.log.appendTraffic(batch(toolCalled('echo', {}, noonMs), droppedCalls(3)));
    await closeDay();
    const before = totalsIn(world.database.path);
    rmSync(world.database.path);
    await rowsAfterProjecting(withTrafficFrom(world.log, 3), world.database.path);
    expect(totalsIn(world.database.path)).toEqual(before);
    expect(world.models.toolStats({ groupBy: 'tool' })).toMatchObject([
      { group: '', calls: 3 },
      { group: 'echo', calls: 2 },
      { group: 'sum', calls: 1 },
    ]);
  });

  test('count late calls on top, and are the same when they are made again', async () => {
    await world.log.appendTraffic(batch(toolCalled('echo', {}, noonMs)));
    await closeDay();
    world.clockMs = noonMs;
    await world.log.appendTraffic(batch(toolCalled('echo', {}, noonMs), droppedCalls(2)));
    await rowsAfterProjecting(world.log, world.database.path);
    expect(world.models.toolStats({ groupBy: 'tool' })).toMatchObject([
      { group: '', calls: 2 },
      { group: 'echo', calls: 2 },
    ]);
    const comparison = await compareWithRebuild(world.log, world.database.path);
    expect(comparison.filter(({ isEqual }) => !isEqual)).toEqual([]);
    expect(comparison.find(({ table }) => table === 'tool_call')).toMatchObject({ rows: 2 });
  });
});
