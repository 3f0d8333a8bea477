/** An actor that nobody here has heard of: made without asking the log first, and never twice. */
import { describe, expect, test } from 'bun:test';
import type { EventLog } from '../../events/log.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import { lamp, startLamps } from '../support/lamps.ts';
import { stoppedAfterEach } from '../support/endings.ts';

const start = stoppedAfterEach(startLamps);

/** The log as a gateway sees it to which the tail brings nothing, with a count of its reads. */
const deaf = (log: EventLog) => {
  let reads = 0;
  const heard: EventLog = {
    ...log,
    tailControl: (after) => log.tailControl(after, () => undefined),
    read(...args) {
      reads += 1;
      return log.read(...args);
    },
  };
  return { log: heard, reads: () => reads };
};

describe('An actor that was never heard of', () => {
  test('is made without reading the log', async () => {
    const { log, reads } = deaf(memoryLog());
    const lamps = await start(log);
    expect((await lamps.ask({ type: 'Add' })).state.value).toBe('lit');
    expect(reads()).toBe(0);
  });

  test('is not made twice when another gateway has just made it', async () => {
    const shared = memoryLog();
    const other = await start(shared);
    const { log } = deaf(shared);
    const late = await start(log);
    await other.ask({ type: 'Add' });
    await other.ask({ type: 'Name', name: 'theirs' });
    await expect(late.ask({ type: 'Add' })).rejects.toThrow('already');
    expect(late.state()?.context.name).toBe('theirs');
    expect(await shared.read({ kind: 'provider-key', id: lamp })).toHaveLength(2);
  });

  test('is looked for in the log before anybody is told that it is not there', async () => {
    const shared = memoryLog();
    const other = await start(shared);
    const { log } = deaf(shared);
    const late = await start(log);
    await other.ask({ type: 'Add' });
    const { fact, state } = await late.ask({ type: 'Name', name: 'found' });
    expect(fact).toMatchObject({ data: { name: 'found' } });
    expect(state.value).toBe('lit');
  });
});
