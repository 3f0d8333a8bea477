/** The audit log answers the same whether the index is complete, behind, missing or of another log. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { findEvents, type EventFilter, type EventQuery } from '../../server/history/auditLog.ts';
import type { ControlMessage } from '../../events/log.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import { openReadModels, type ReadModels } from '../../events/projections/readModels.ts';
import { keyAdded, put, rested, runProjector, tempDatabase } from '../support/projections.ts';

const startMs = Date.parse('2026-11-20T10:00:00Z');
let clockMs = startMs;
let log: ReturnType<typeof memoryLog>;
let database: ReturnType<typeof tempDatabase>;
let readModels: ReadModels;

beforeEach(() => {
  clockMs = startMs;
  log = memoryLog({ now: () => (clockMs += 1_000) });
  database = tempDatabase();
  readModels = openReadModels(database.path);
});
afterEach(() => {
  readModels.close();
  database.remove();
});

async function appendKeys(count: number, prefix: string) {
  for (let index = 0; index < count; index += 1) {
    await put(log, 'provider-key', `${prefix}-${index}`, keyAdded('openai', `${prefix} ${index}`));
    await put(log, 'provider-key', `${prefix}-${index}`, rested(clockMs + 60_000));
  }
}

async function project() {
  const projector = await runProjector(log, database.path, clockMs);
  await projector.caughtUp();
  await projector.stop();
}

const sequences = (messages: readonly ControlMessage[]) =>
  messages.map((message) => (message.ok ? message.event.sequence : message.sequence));

/** All pages one after another. */
async function walk(filter: EventFilter, order: EventQuery['order'], limit: number) {
  const found: number[] = [];
  let after: number | undefined;
  for (let pages = 0; pages < 1_000; pages += 1) {
    const page = await findEvents({ log, readModels }, { filter, order, after, limit });
    expect(page.events.length).toBeLessThanOrEqual(limit);
    found.push(...sequences(page.events));
    if (page.next === null) return found;
    after = page.next;
  }
  throw new Error('the pages do not end');
}

const filters: Readonly<Record<string, EventFilter>> = {
  none: {},
  'one actor': { kind: 'provider-key', id: 'new-1' },
  'a type': { type: 'ProviderKeyRested' },
  'a kind without events': { kind: 'operator' },
  'a span of time': { fromMs: startMs + 5_000, toMs: startMs + 30_000 },
};

const indexes = {
  complete: async () => {
    await appendKeys(8, 'old');
    await appendKeys(8, 'new');
    await project();
  },
  behind: async () => {
    await appendKeys(8, 'old');
    await project();
    await appendKeys(8, 'new');
  },
  missing: async () => {
    await appendKeys(8, 'old');
    await appendKeys(8, 'new');
  },
  'of another log': async () => {
    await appendKeys(3, 'other');
    await project();
    log = memoryLog({ now: () => (clockMs += 1_000) });
    clockMs = startMs;
    await appendKeys(8, 'old');
    await appendKeys(8, 'new');
  },
} as const;

describe.each(Object.keys(indexes) as (keyof typeof indexes)[])('an index that is %s', (index) => {
  test.each(Object.keys(filters))('finds all events that fit: %s', async (name) => {
    await indexes[index]();
    const filter = filters[name] ?? {};
    const all = await log.readControl(0, 1_000);
    const expected = sequences(
      all.filter((message) => {
        if (!message.ok) return false;
        const { actor, type, timeMs } = message.event;
        return (
          (filter.kind === undefined || filter.kind === actor.kind) &&
          (filter.id === undefined || filter.id === actor.id) &&
          (filter.type === undefined || filter.type === type) &&
          timeMs >= (filter.fromMs ?? 0) &&
          timeMs <= (filter.toMs ?? Infinity)
        );
      }),
    );
    for (const limit of [1, 5, 100]) {
      expect(await walk(filter, 'asc', limit)).toEqual(expected);
      expect(await walk(filter, 'desc', limit)).toEqual(expected.toReversed());
    }
  });
});

test('the log is looked through a stretch at a time, and the page says where to go on', async () => {
  for (let index = 0; index < 5_100; index += 1) {
    log.putRaw('CONTROL', `sbx.control.provider.p${index}`, '{}');
  }
  await put(log, 'provider-key', 'last', keyAdded());
  const query = { filter: { id: 'last' }, after: undefined, limit: 10 } as const;
  const first = await findEvents({ log, readModels }, { ...query, order: 'asc' });
  expect(first).toMatchObject({ events: [], next: 5_000, lastSequence: 5_101 });
  const second = await findEvents({ log, readModels }, { ...query, order: 'asc', after: 5_000 });
  expect(second).toMatchObject({ next: null });
  expect(sequences(second.events)).toEqual([5_101]);
  const backwards = await findEvents({ log, readModels }, { ...query, order: 'desc' });
  expect(sequences(backwards.events)).toEqual([5_101]);
  expect(backwards.next).toBe(102);
});

test('an event that cannot be read is shown as such', async () => {
  const sequence = log.putRaw('CONTROL', 'sbx.control.provider.odd', '{}');
  const query = { filter: { id: 'odd' }, order: 'asc', after: undefined, limit: 10 } as const;
  const { events } = await findEvents({ log, readModels }, query);
  expect(events).toMatchObject([{ ok: false, sequence, actor: { kind: 'provider', id: 'odd' } }]);
  await project();
  expect((await findEvents({ log, readModels }, query)).events).toEqual(events);
});
