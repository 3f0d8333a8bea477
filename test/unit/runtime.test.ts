/** Actors of one log in one gateway and in two: decide, append, accept, tell. */
import { describe, expect, test } from 'bun:test';
import { Refusal } from '../../actors/runtime/refusal.ts';
import { actorId } from '../../events/ids.ts';
import { LogUnavailable, type EventLog } from '../../events/log.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import { typesOf } from '../support/core.ts';
import { lamp, lampRuntime, startLamps } from '../support/lamps.ts';
import { stoppedAfterEach } from '../support/endings.ts';

const start = stoppedAfterEach(startLamps);

const codeOf = async (asked: Promise<unknown>) => {
  const error: unknown = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof Refusal ? error.code : error;
};

describe('A command', () => {
  test('becomes an event, and is answered once the log has it', async () => {
    const log = memoryLog();
    const lamps = await start(log);
    const answer = await lamps.ask({ type: 'Add' });
    expect(answer.fact?.type).toBe('ProviderKeyAdded');
    expect(answer.sequence).toBe(1);
    expect(answer.state.value).toBe('lit');
    expect(lamps.state()?.value).toBe('lit');
    expect(await typesOf(log, lamp)).toEqual(['ProviderKeyAdded']);
  });

  test('that changes nothing, or is refused, leaves no event', async () => {
    const log = memoryLog();
    const lamps = await start(log);
    expect(await codeOf(lamps.ask({ type: 'Name', name: 'x' }))).toBe('NOT_FOUND');
    await lamps.ask({ type: 'Add' });
    await lamps.ask({ type: 'Name', name: 'x' });
    const answer = await lamps.ask({ type: 'Name', name: 'x' });
    expect(answer).toMatchObject({ fact: null, sequence: 2 });
    expect(await codeOf(lamps.ask({ type: 'Add' }))).toBe('ALREADY_EXISTS');
    expect(await typesOf(log, lamp)).toEqual(['ProviderKeyAdded', 'ProviderKeyRenamed']);
  });

  test('can be tried out in memory', async () => {
    const lamps = await start(memoryLog());
    await lamps.ask({ type: 'Add' });
    expect(lamps.actors.preview(lamp, { type: 'Name', name: 'x' })?.type).toBe(
      'ProviderKeyRenamed',
    );
    expect(lamps.actors.preview(actorId('other'), { type: 'Add' })).toBeUndefined();
    expect(lamps.state()?.context.name).toBe('');
  });

  test('fails while the log is away, and does later what it should', async () => {
    const log = memoryLog();
    const lamps = await start(log);
    await lamps.ask({ type: 'Add' });
    log.setAway(true);
    await expect(lamps.ask({ type: 'Name', name: 'x' })).rejects.toBeInstanceOf(LogUnavailable);
    expect(lamps.state()?.context.name).toBe('');
    log.setAway(false);
    await lamps.ask({ type: 'Name', name: 'x' });
    expect(lamps.state()?.context.name).toBe('x');
  });

  test('has its time in all: what waits behind a log that hangs is not answered later', async () => {
    const log = memoryLog();
    let nowMs = 1_000;
    const hanging: EventLog = {
      ...log,
      async append(_actor, _event, _expected, timeoutMs = 5_000) {
        nowMs += timeoutMs;
        throw new LogUnavailable('it hangs');
      },
    };
    const lamps = await start(hanging, { now: () => nowMs });
    const asked = Array.from({ length: 100 }, () => lamps.ask({ type: 'Add' }));
    for (const { reason } of (await Promise.allSettled(asked)) as PromiseRejectedResult[]) {
      expect(reason).toBeInstanceOf(LogUnavailable);
    }
    expect(nowMs).toBe(6_000);
  });
});

describe('Two gateways on one log', () => {
  test('of two that add the same at once one does, the other decides again', async () => {
    const log = memoryLog();
    const [one, two] = [await start(log), await start(log)];
    const outcomes = await Promise.all([
      codeOf(one.ask({ type: 'Add' })),
      codeOf(two.ask({ type: 'Add' })),
    ]);
    expect(new Set(outcomes)).toEqual(new Set(['ALREADY_EXISTS', undefined]));
    expect(await typesOf(log, lamp)).toEqual(['ProviderKeyAdded']);
  });

  test('both get what both may do, and come to the same state', async () => {
    const log = memoryLog();
    const [one, two] = [await start(log), await start(log)];
    await one.ask({ type: 'Add' });
    await Promise.all(
      [one, two].map((lamps) => lamps.ask({ type: 'Name', name: `named by ${lamps.gatewayId}` })),
    );
    await Promise.all([one.caughtUp(), two.caughtUp()]);
    expect((await typesOf(log, lamp)).length).toBe(3);
    expect(one.actors.get(lamp)).toMatchObject({ sequence: 3 });
    expect(one.state()?.context).toEqual(two.state()!.context);
  });

  test('hear of every transition once, whoever made it', async () => {
    const log = memoryLog();
    const [one, two] = [await start(log), await start(log)];
    const heard: string[][] = [[], []];
    for (const [index, lamps] of [one, two].entries()) {
      lamps.actors.subscribe(({ sequence }, { type }) => heard[index]?.push(`${sequence} ${type}`));
    }
    await one.ask({ type: 'Add' });
    await two.ask({ type: 'Name', name: 'x' });
    await Promise.all([one.caughtUp(), two.caughtUp()]);
    const all = ['1 ProviderKeyAdded', '2 ProviderKeyRenamed'];
    expect(heard).toEqual([all, all]);
    expect([...one.actors.all()].map(({ id }) => id)).toEqual([lamp]);
  });

  test('know how far they have followed the log', async () => {
    const log = memoryLog();
    const [one, two] = [await start(log), await start(log)];
    await one.ask({ type: 'Add' });
    expect(await two.caughtUp()).toBe(true);
    expect(two.runtime.position()).toBe(1);
    const deaf = lampRuntime({ ...log, tailControl: async () => ({ stop: async () => {} }) });
    expect(await deaf.runtime.catchUp(1)).toBe(false);
  });
});

describe('A listener', () => {
  test('that fails keeps neither the others nor the actor from going on', async () => {
    const lamps = await start(memoryLog());
    const heard: string[] = [];
    lamps.actors.subscribe(() => {
      throw new Error('deaf');
    });
    const unsubscribe = lamps.actors.subscribe((_, { type }) => heard.push(type));
    await lamps.ask({ type: 'Add' });
    expect(heard).toEqual(['ProviderKeyAdded']);
    expect(lamps.errors.join()).toContain('deaf');
    unsubscribe();
    unsubscribe();
    await lamps.ask({ type: 'Name', name: 'x' });
    expect(heard).toHaveLength(1);
  });
});

describe('An event that cannot be read', () => {
  const subject = (id: string) => `sbx.control.provider-key.${id}`;
  const other = actorId('other');

  test('stops its actor from deciding, and no other', async () => {
    const log = memoryLog();
    const before = await start(log);
    await before.ask({ type: 'Add' });
    await before.ask({ type: 'Add' }, other);
    log.putRaw('CONTROL', subject(lamp), '{"type":"FromTheFuture"}');
    const after = await start(log);
    for (const lamps of [before, after]) {
      await lamps.caughtUp();
      expect(await codeOf(lamps.ask({ type: 'Name', name: 'x' }))).toBe('UNREADABLE');
      expect(lamps.runtime.stats().unreadable).toBe(1);
      expect(lamps.errors.join()).toContain(`provider-key ${lamp}`);
    }
    await after.ask({ type: 'Name', name: 'x' }, other);
    expect(after.state(other)?.context.name).toBe('x');
  });

  test('at the end of the log does not hold up the start, nor does one of an unknown kind', async () => {
    const log = memoryLog();
    log.putRaw('CONTROL', subject(lamp), 'not even JSON');
    log.putRaw('CONTROL', 'sbx.control.unheard-of.x', '{}');
    log.putRaw('CONTROL', 'sbx.control.operator.x', '{}');
    const lamps = await start(log);
    expect(lamps.runtime.position()).toBe(3);
    await lamps.ask({ type: 'Add' }, other);
    expect(lamps.state(other)?.value).toBe('lit');
  });

  test('includes one on which the machine breaks', async () => {
    const log = memoryLog();
    const lamps = await start(log);
    await lamps.ask({ type: 'Add' });
    const answer = lamps.ask({ type: 'Name', name: 'breaks the machine' });
    await answer.catch(() => undefined);
    expect(await codeOf(lamps.ask({ type: 'Name', name: 'x' }))).toBe('UNREADABLE');
    await lamps.ask({ type: 'Add' }, other);
    expect(lamps.state(other)?.value).toBe('lit');
    const after = await start(log);
    expect(await codeOf(after.ask({ type: 'Name', name: 'x' }))).toBe('UNREADABLE');
  });
});

describe('The stop', () => {
  test('waits for what was asked, may come twice, and nothing is decided after it', async () => {
    const log = memoryLog();
    const lamps = await start(log);
    const asked = Array.from({ length: 20 }, (_, index) =>
      lamps.ask({ type: 'Add' }, actorId(`l${index}`)),
    );
    const stops = Promise.all([lamps.runtime.stop(), lamps.runtime.stop()]);
    expect(await Promise.all(asked)).toHaveLength(20);
    await stops;
    await expect(lamps.ask({ type: 'Add' })).rejects.toBeInstanceOf(LogUnavailable);
    expect((await log.state('CONTROL')).lastSequence).toBe(20);
  });
});
