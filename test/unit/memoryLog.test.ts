/** The log in memory. */
import { describe, expect, test } from 'bun:test';
import { LogUnavailable } from '../../events/log.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import { describeLogContract } from '../support/logContract.ts';
import { batchOf, freshActor, renamed } from '../support/sampleEvents.ts';

describeLogContract('The log in memory', async () => {
  const log = memoryLog();
  return {
    log,
    openAnother: async () => memoryLog(),
    putRaw: async (stream, subject, body) => log.putRaw(stream, subject, body),
    stop: () => log.close(),
  };
});

describe('A log in memory that is away', () => {
  test('takes nothing, says so to its listeners, and works again when it is back', async () => {
    const log = memoryLog();
    const heard: boolean[] = [];
    const unsubscribe = log.onConnection((connected) => heard.push(connected));
    log.setAway(true);
    expect(log.isConnected()).toBe(false);
    const actor = freshActor();
    await expect(log.append(actor, renamed('x'), 0)).rejects.toBeInstanceOf(LogUnavailable);
    await expect(log.appendTraffic(batchOf('/v1/x'))).rejects.toBeInstanceOf(LogUnavailable);
    await expect(log.read(actor)).rejects.toBeInstanceOf(LogUnavailable);

    log.setAway(false);
    expect(await log.append(actor, renamed('x'), 0)).toBe(1);
    unsubscribe();
    unsubscribe();
    log.setAway(true);
    expect(heard).toEqual([false, true]);
  });

  test('stamps messages with the clock it was given', async () => {
    let nowMs = 1000;
    const log = memoryLog({ now: () => nowMs });
    const actor = freshActor();
    nowMs = 5000;
    await log.append(actor, renamed('x'), 0);
    const [message] = await log.read(actor);
    expect(message?.ok && message.event.timeMs).toBe(5000);
    expect((await log.state('CONTROL')).createdMs).toBe(1000);
  });
});
