/** The contract of `EventLog`, run for every implementation of it. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import {
  LogUnavailable,
  WrongVersion,
  type ControlMessage,
  type EventLog,
} from '../../events/log.ts';
import { inbox } from './inbox.ts';
import {
  appendNames,
  describeReading,
  lastControl,
  names,
  type LogUnderTest,
} from './logReadingContract.ts';
import { describeConversations } from './conversationLogContract.ts';
import { freshActor, renamed } from './sampleEvents.ts';

/** Declares the suite; `open` is called once, before its tests. */
export function describeLogContract(name: string, open: () => Promise<LogUnderTest>): void {
  describe(`${name} keeps the contract of the log`, () => {
    let given: LogUnderTest;
    let log: EventLog;
    beforeAll(async () => {
      given = await open();
      log = given.log;
    });
    afterAll(() => given.stop());

    describe('append', () => {
      test('a new actor takes its first event at 0 and can be read back whole', async () => {
        const actor = freshActor();
        const event = renamed('first');
        const sequence = await log.append(actor, event, 0);
        const [read] = await log.read(actor);
        expect(read).toEqual({
          ok: true,
          event: { ...event, actor, sequence, timeMs: expect.any(Number) },
        });
      });

      test('the next event follows the sequence of the one before', async () => {
        const actor = freshActor();
        const first = await log.append(actor, renamed('a'), 0);
        await appendNames(log, 'of another actor');
        const second = await log.append(actor, renamed('b'), first);
        expect(second).toBeGreaterThan(first);
        expect(names(await log.read(actor))).toEqual([{ name: 'a' }, { name: 'b' }]);
      });

      test('an actor that moved on refuses an old expectation', async () => {
        const actor = freshActor();
        const first = await log.append(actor, renamed('a'), 0);
        await expect(log.append(actor, renamed('b'), 0)).rejects.toBeInstanceOf(WrongVersion);
        await expect(log.append(actor, renamed('b'), first + 1000)).rejects.toBeInstanceOf(
          WrongVersion,
        );
        expect(names(await log.read(actor))).toEqual([{ name: 'a' }]);
      });

      test('of twelve racing writers exactly one wins each round', async () => {
        const actor = freshActor();
        let expected = 0;
        for (let round = 1; round <= 10; round++) {
          const tries = await Promise.allSettled(
            Array.from({ length: 12 }, (_, writer) =>
              log.append(actor, renamed(`writer ${writer}`), expected),
            ),
          );
          const won = tries.filter((one) => one.status === 'fulfilled');
          const lost = tries.filter((one) => one.status === 'rejected');
          expect(won).toHaveLength(1);
          expect(lost.every((one) => one.reason instanceof WrongVersion)).toBe(true);
          expected = won[0]!.value;
          expect(await log.read(actor)).toHaveLength(round);
        }
      });

      test('the same event again is stored once and answers its sequence', async () => {
        const actor = freshActor();
        const event = renamed('once');
        const first = await log.append(actor, event, 0);
        expect(await log.append(actor, event, 0)).toBe(first);
        expect(await log.append(actor, event, first)).toBe(first);
        await log.append(actor, renamed('later'), first);
        expect(await log.append(actor, event, 0)).toBe(first);
        expect(names(await log.read(actor))).toEqual([{ name: 'once' }, { name: 'later' }]);
      });

      test('an id that another actor has used is a bug and stores nothing', async () => {
        const event = renamed('mine');
        await log.append(freshActor(), event, 0);
        const other = freshActor();
        await expect(log.append(other, event, 0)).rejects.toBeInstanceOf(TypeError);
        expect(await log.read(other)).toEqual([]);
      });

      test('what today could not read back is not written', async () => {
        const actor = freshActor();
        const wrong = [
          { ...renamed('x'), type: 'ProviderKeyPainted' },
          { ...renamed('x'), data: { name: 7 } },
          { ...renamed('x'), version: 2 },
          renamed('x'.repeat(256 * 1024)),
        ];
        for (const event of wrong) {
          await expect(log.append(actor, event, 0)).rejects.toBeInstanceOf(TypeError);
        }
        expect(await log.read(actor)).toEqual([]);
      });
    });

    describeReading(() => given);
    describeConversations(() => given);

    describe('state and closing', () => {
      test('the state names the first and the last sequence and when the stream was made', async () => {
        const [sequence] = await appendNames(log, 'newest');
        const state = await log.state('CONTROL');
        expect(state.firstSequence).toBe(1);
        expect(state.lastSequence).toBe(sequence!);
        expect((await log.state('CONTROL')).createdMs).toBe(state.createdMs);
        expect(log.isConnected()).toBe(true);
      });

      test('a closed log ends its tails and refuses everything', async () => {
        const closing = await given.openAnother();
        const got = inbox<ControlMessage>();
        await closing.tailControl(await lastControl(log), got.put);
        await closing.close();
        await closing.close();
        expect(closing.isConnected()).toBe(false);
        await expect(closing.append(freshActor(), renamed('x'), 0)).rejects.toBeInstanceOf(
          LogUnavailable,
        );
        await expect(closing.state('CONTROL')).rejects.toBeInstanceOf(LogUnavailable);
        await expect(closing.tailControl(0, got.put)).rejects.toBeInstanceOf(LogUnavailable);
        expect(got.items).toEqual([]);
      });
    });
  });
}
