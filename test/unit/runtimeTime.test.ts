/** What actors do without being asked: their deadlines ring, and what they owe is done. */
import { afterEach, beforeEach, describe, expect, jest, test } from 'bun:test';
import { LogUnavailable, type EventLog } from '../../events/log.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import { eventsOf, typesOf } from '../support/core.ts';
import { flush, pass } from '../support/judging.ts';
import { lamp, startLamps } from '../support/lamps.ts';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const now = () => Date.now();
const second = 1_000;

describe('A deadline', () => {
  test('rings once, in its time, whatever the number of gateways', async () => {
    const log = memoryLog({ now });
    const [one, two] = [await startLamps(log), await startLamps(log)];
    await one.ask({ type: 'Add' });
    await one.ask({ type: 'Darken', untilMs: now() + 5 * second });
    pass(4_999);
    await flush();
    expect(two.state()?.value).toBe('dark');
    pass(1);
    await flush();
    expect([one.state()?.value, two.state()?.value]).toEqual(['lit', 'lit']);
    pass(60 * second);
    await flush();
    expect((await typesOf(log, lamp)).slice(2)).toEqual(['ProviderKeyRecovered']);
    expect(one.runtime.stats().deadlines).toBe(0);
    await Promise.all([one.runtime.stop(), two.runtime.stop()]);
  });

  test('that moves rings at its new time', async () => {
    const log = memoryLog({ now });
    const lamps = await startLamps(log);
    await lamps.ask({ type: 'Add' });
    await lamps.ask({ type: 'Darken', untilMs: now() + 5 * second });
    await lamps.ask({ type: 'Wake', nowMs: now() + 6 * second });
    await lamps.ask({ type: 'Darken', untilMs: now() + 20 * second });
    pass(10 * second);
    await flush();
    expect(lamps.state()?.value).toBe('dark');
    pass(10 * second);
    await flush();
    expect(lamps.state()?.value).toBe('lit');
    await lamps.runtime.stop();
  });

  test('survives a restart in mid-rest, and rings after one that lasted longer', async () => {
    const log = memoryLog({ now });
    const before = await startLamps(log);
    await before.ask({ type: 'Add' });
    await before.ask({ type: 'Darken', untilMs: now() + 10 * second });
    await before.runtime.stop();
    pass(4 * second);
    const between = await startLamps(log);
    expect(between.state()?.value).toBe('dark');
    await between.runtime.stop();
    pass(20 * second);
    await flush();
    expect(await typesOf(log, lamp)).toHaveLength(2);
    const after = await startLamps(log);
    pass(1);
    await flush();
    expect(after.state()?.value).toBe('lit');
    await after.runtime.stop();
  });

  test('that rings while the log is away rings again until it is back', async () => {
    const log = memoryLog({ now });
    const lamps = await startLamps(log);
    await lamps.ask({ type: 'Add' });
    await lamps.ask({ type: 'Darken', untilMs: now() + second });
    log.setAway(true);
    for (let turn = 0; turn < 5; turn++) {
      pass(second);
      await flush();
    }
    expect(lamps.errors.length).toBeGreaterThan(1);
    log.setAway(false);
    pass(second);
    await flush();
    expect(lamps.state()?.value).toBe('lit');
    await lamps.runtime.stop();
  });

  test('belongs to the request that led to it', async () => {
    const log = memoryLog({ now });
    const lamps = await startLamps(log);
    await lamps.ask({ type: 'Add' });
    await lamps.ask({ type: 'Darken', untilMs: now() + second });
    pass(second);
    await flush();
    const [, rested, recovered] = await eventsOf(log, lamp);
    expect(recovered?.cause).toEqual({
      by: { kind: 'gateway', id: lamps.gatewayId },
      correlationId: rested!.cause.correlationId,
      traceId: rested!.cause.traceId,
      causationId: rested!.id,
    });
    await lamps.runtime.stop();
  });
});

describe('What an actor owes', () => {
  const remove = { type: 'Remove', secretRef: 'thing' } as const;

  test('is done where the append was made, and there only', async () => {
    const log = memoryLog({ now });
    const [one, two] = [await startLamps(log), await startLamps(log)];
    await one.ask({ type: 'Add' });
    await one.ask(remove);
    await flush();
    expect([one.erased, two.erased]).toEqual([['thing'], []]);
    expect((await typesOf(log, lamp)).at(-1)).toBe('ProviderKeySecretErased');
    await Promise.all([one.runtime.stop(), two.runtime.stop()]);
  });

  test('is done again until it is settled, and after a restart', async () => {
    const log = memoryLog({ now });
    let tries = 0;
    const Erase = () => {
      tries += 1;
      return Promise.reject(new Error('not now'));
    };
    const before = await startLamps(log, { effects: { Erase } });
    await before.ask({ type: 'Add' });
    await before.ask(remove);
    for (let turn = 0; turn < 3; turn++) {
      await flush();
      pass(5 * second);
    }
    await before.runtime.stop();
    pass(60 * second);
    await flush();
    expect(tries).toBe(4);
    const after = await startLamps(log);
    await flush();
    expect(after.erased).toEqual(['thing']);
    await after.runtime.stop();
    const later = await startLamps(log);
    await flush();
    expect(later.erased).toEqual([]);
    await later.runtime.stop();
  });

  test('is not tried again once the actor refuses to settle it', async () => {
    const log = memoryLog({ now });
    let tries = 0;
    const Erase = async () => {
      tries += 1;
      log.putRaw('CONTROL', `sbx.control.provider-key.${lamp}`, '{}');
      await flush();
      return { type: 'Erased', secretRef: 'thing' };
    };
    const lamps = await startLamps(log, { effects: { Erase } });
    await lamps.ask({ type: 'Add' });
    await lamps.ask(remove);
    await flush();
    await flush();
    pass(60 * second);
    await flush();
    expect(tries).toBe(1);
    await lamps.runtime.stop();
  });

  test('is done too when the answer of the append was lost, and the caller is told well', async () => {
    const log = memoryLog({ now });
    const lossy: EventLog = {
      ...log,
      async append(...args) {
        await log.append(...args);
        await flush();
        throw new LogUnavailable('the answer was lost');
      },
    };
    const lamps = await startLamps(lossy);
    await lamps.ask({ type: 'Add' });
    expect(await lamps.ask(remove)).toMatchObject({ sequence: 2 });
    await flush();
    expect(lamps.erased).toEqual(['thing']);
    await lamps.runtime.stop();
  });

  test('is done too when the append landed after its caller was told that the log is away', async () => {
    const log = memoryLog({ now });
    const late: EventLog = {
      ...log,
      async append(...args) {
        if (args[1].type !== 'ProviderKeyRemoved') return log.append(...args);
        setTimeout(() => void log.append(...args), second);
        throw new LogUnavailable('it is slow');
      },
    };
    const lamps = await startLamps(late);
    await lamps.ask({ type: 'Add' });
    await expect(lamps.ask(remove)).rejects.toBeInstanceOf(LogUnavailable);
    pass(second);
    await flush();
    expect(lamps.erased).toEqual(['thing']);
    await lamps.runtime.stop();
  });

  test('is finished before the stop', async () => {
    const log = memoryLog({ now });
    const { promise, resolve } = Promise.withResolvers<void>();
    const Erase = async () => {
      await promise;
      return { type: 'Erased', secretRef: 'thing' };
    };
    const lamps = await startLamps(log, { effects: { Erase } });
    await lamps.ask({ type: 'Add' });
    await lamps.ask(remove);
    await flush();
    const stopped = lamps.runtime.stop();
    resolve();
    await stopped;
    expect((await typesOf(log, lamp)).at(-1)).toBe('ProviderKeySecretErased');
  });
});
