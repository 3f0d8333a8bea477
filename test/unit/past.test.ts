/** The past at hand: whatever moment is asked for, in whichever order, it is what a replay of the log says. */
import { expect, test } from 'bun:test';
import { createPast } from '../../actors/runtime/past.ts';
import { statesAt } from '../../actors/runtime/replay.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import { kinds } from '../../server/kinds.ts';
import { keyAdded, put, rested } from '../support/projections.ts';

const untilMs = 4_102_444_800_000;

/** `count` events of seven keys: each is added, then rests again and again. */
async function logOf(count: number) {
  const log = memoryLog();
  const more = async (events: number, from = 0) => {
    for (let n = from; n < from + events; n += 1) {
      const id = `key-${n % 7}`;
      await put(log, 'provider-key', id, n < 7 ? keyAdded('openai', id) : rested(untilMs + n));
    }
  };
  await more(count);
  return { log, more };
}

const plain = (states: Awaited<ReturnType<typeof statesAt>>) =>
  states
    .map(({ actor, sequence, timeMs, state }) => ({
      id: actor.id,
      sequence,
      timeMs,
      value: state.value as unknown,
      context: state.context as unknown,
    }))
    .sort((one, other) => (one.id < other.id ? -1 : 1));

test('moments forwards, backwards and at random are as a replay from the beginning has them', async () => {
  const { log } = await logOf(100);
  const past = createPast({ log, kinds, chapterEvents: 8, chaptersAtMost: 4 });
  const moments = [
    100, 1, 0, 99, 8, 9, 7, 16, 15, 17, 64, 63, 65, 32, 3, 88, 100, 50, 51, 49, 1_000,
  ];
  for (const sequence of moments) {
    expect(plain(await past.statesAt(providerKeyKind, { sequence }))).toEqual(
      plain(await statesAt(log, providerKeyKind, { sequence })),
    );
  }
  past.forget();
});

test('a time is the same moment as its last event', async () => {
  const { log } = await logOf(40);
  const past = createPast({ log, kinds, chapterEvents: 8 });
  for (const sequence of [1, 8, 9, 40]) {
    const message = await log.readOne(sequence);
    const timeMs = message?.ok ? message.event.timeMs : 0;
    expect(plain(await past.statesAt(providerKeyKind, { timeMs }))).toEqual(
      plain(await statesAt(log, providerKeyKind, { timeMs })),
    );
  }
  expect(await past.statesAt(providerKeyKind, { timeMs: 1 })).toEqual([]);
  past.forget();
});

test('what is appended while somebody looks is there at the next question', async () => {
  const { log, more } = await logOf(20);
  const past = createPast({ log, kinds, chapterEvents: 8 });
  await past.statesAt(providerKeyKind, { sequence: 20 });
  await more(10, 20);
  const sequence = 30;
  expect(plain(await past.statesAt(providerKeyKind, { sequence }))).toEqual(
    plain(await statesAt(log, providerKeyKind, { sequence })),
  );
  past.forget();
});

test('a stretch of the log is read once for many moments in it', async () => {
  const { log } = await logOf(100);
  let read = 0;
  const counted = {
    state: log.state,
    readControl: async (after: number, upTo: number) => {
      const messages = await log.readControl(after, upTo);
      read += messages.length;
      return messages;
    },
  };
  const past = createPast({ log: counted, kinds, chapterEvents: 16 });
  await past.statesAt(providerKeyKind, { sequence: 100 });
  expect(read).toBe(100);
  for (let sequence = 100; sequence > 50; sequence -= 1) {
    await past.statesAt(providerKeyKind, { sequence });
  }
  expect(read).toBe(100);
  past.forget();
  await past.statesAt(providerKeyKind, { sequence: 10 });
  expect(read).toBe(110);
});
