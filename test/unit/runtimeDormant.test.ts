/** Actors that are over leave memory, and come back with all they were. */
import { afterEach, beforeEach, describe, expect, jest, test } from 'bun:test';
import { actorId } from '../../events/ids.ts';
import type { EventLog } from '../../events/log.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import { flush, pass } from '../support/judging.ts';
import { lamp, startLamps } from '../support/lamps.ts';
import { stoppedAfterEach } from '../support/endings.ts';

const now = () => Date.now();
const idleMs = 1_000;
const startStopped = stoppedAfterEach(startLamps);
const start = (log: EventLog) => startStopped(log, { idleMs });

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A lamp that was added, removed and left alone. */
async function dormant(log: EventLog) {
  const lamps = await start(log);
  await lamps.ask({ type: 'Add' });
  await lamps.ask({ type: 'Remove', secretRef: 'thing' });
  await flush();
  pass(2 * idleMs);
  expect(lamps.state()).toBeUndefined();
  return lamps;
}

describe('A dormant actor', () => {
  test('is not in memory, and answers all the same', async () => {
    const lamps = await dormant(memoryLog({ now }));
    expect([...lamps.actors.all()]).toEqual([]);
    await expect(lamps.ask({ type: 'Name', name: 'x' })).rejects.toThrow('removed');
    expect(lamps.state()?.value).toBe('removed');
    await lamps.ask({ type: 'Add' });
    expect(lamps.state()?.value).toBe('lit');
  });

  test('tells nobody of what it did before, when it comes back', async () => {
    const lamps = await dormant(memoryLog({ now }));
    const heard: string[] = [];
    lamps.actors.subscribe((_, { type }) => heard.push(type));
    await lamps.ask({ type: 'Add' });
    expect(heard).toEqual(['ProviderKeyAdded']);
  });

  test('comes back when another gateway revives it', async () => {
    const log = memoryLog({ now });
    const one = await dormant(log);
    const two = await start(log);
    await two.ask({ type: 'Add' });
    await two.ask({ type: 'Name', name: 'again' });
    await flush();
    expect(one.state()).toMatchObject({ value: 'lit', context: { name: 'again' } });
  });

  test('misses nothing that happens while it is read', async () => {
    const log = memoryLog({ now });
    const gate = Promise.withResolvers<void>();
    let isSlow = false;
    const slow: EventLog = {
      ...log,
      async read(...args) {
        const found = await log.read(...args);
        if (isSlow) await gate.promise;
        return found;
      },
    };
    const one = await dormant(slow);
    isSlow = true;
    const two = await start(log);
    await two.ask({ type: 'Add' });
    await flush();
    await two.ask({ type: 'Name', name: 'first' });
    await flush();
    await two.ask({ type: 'Name', name: 'second' });
    await flush();
    expect(one.state()).toBeUndefined();
    gate.resolve();
    await flush();
    pass(100);
    await flush();
    expect(one.state()?.context.name).toBe('second');
    expect(one.actors.get(lamp)?.sequence).toBe(two.actors.get(lamp)!.sequence);
  });

  test('is tried again when the log went away as it came back', async () => {
    const log = memoryLog({ now });
    let isAway = false;
    const flaky: EventLog = {
      ...log,
      read: (...args) => (isAway ? Promise.reject(new Error('away')) : log.read(...args)),
    };
    const one = await dormant(flaky);
    const two = await start(log);
    isAway = true;
    await two.ask({ type: 'Add' });
    await flush();
    expect(one.state()).toBeUndefined();
    isAway = false;
    pass(1_000);
    await flush();
    expect(one.state()?.value).toBe('lit');
  });
});

test('an actor that is asked for and not there is forgotten', async () => {
  const lamps = await start(memoryLog({ now }));
  for (let index = 0; index < 50; index++) {
    const name = lamps.ask({ type: 'Name', name: 'x' }, actorId(`nobody-${index}`));
    await name.catch(() => undefined);
  }
  expect(lamps.runtime.stats().actors).toBe(50);
  pass(2 * idleMs);
  expect(lamps.runtime.stats().actors).toBe(0);
});

test('an actor that is well stays in memory however long nobody asks', async () => {
  const lamps = await start(memoryLog({ now }));
  await lamps.ask({ type: 'Add' });
  pass(100 * idleMs);
  expect(lamps.state()?.value).toBe('lit');
});
