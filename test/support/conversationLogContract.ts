/** The part of the log's contract that is about conversations; see `logContract.ts`. */
import { beforeAll, describe, expect, test } from 'bun:test';
import type { ActorRef, NewEvent } from '../../events/event.ts';
import { actorId, newEventId } from '../../events/ids.ts';
import { WrongVersion, type ControlMessage, type EventLog } from '../../events/log.ts';
import { inbox } from './inbox.ts';
import type { LogUnderTest } from './logReadingContract.ts';
import { freshActor, renamed, sampleCause } from './sampleEvents.ts';

let made = 0;
const freshConversation = (): ActorRef => ({
  kind: 'conversation',
  id: actorId(`conversation-${process.pid}-${++made}`),
});

const titled = (ciphertext: string): NewEvent => ({
  id: newEventId(),
  type: 'ConversationRenamed',
  version: 1,
  data: { title: { nonce: '', ciphertext, contentBytes: 1 } },
  cause: sampleCause(),
});

const titles = (messages: readonly ControlMessage[]): unknown[] =>
  messages.map((message) =>
    message.ok
      ? (message.event.data as { title: { ciphertext: string } }).title.ciphertext
      : message.error.name,
  );

/** Declares the tests; `opened` answers once the suite's log is open. */
export function describeConversations(opened: () => LogUnderTest): void {
  let log: EventLog;
  beforeAll(() => {
    log = opened().log;
  });

  describe('conversations', () => {
    test('have a stream of their own, in which each is read back', async () => {
      const { lastSequence: control } = await log.state('CONTROL');
      const [one, other] = [freshConversation(), freshConversation()];
      const first = await log.append(one, titled('a'), 0);
      await log.append(other, titled('b'), 0);
      await log.append(one, titled('c'), first);
      expect(titles(await log.read(one))).toEqual(['a', 'c']);
      expect(titles(await log.read(one, first))).toEqual(['c']);
      expect(titles(await log.readConversations(first - 1, first + 2))).toEqual(['a', 'b', 'c']);
      expect(titles(await log.readConversations(first - 1, first + 2, 2))).toEqual(['a', 'b']);
      expect((await log.state('CONTROL')).lastSequence).toBe(control);
      expect((await log.state('CONVERSATIONS')).lastSequence).toBe(first + 2);
    });

    test('take one of two racing writers, and the same event once', async () => {
      const actor = freshConversation();
      const event = titled('first');
      const sequence = await log.append(actor, event, 0);
      await expect(log.append(actor, titled('late'), 0)).rejects.toBeInstanceOf(WrongVersion);
      expect(await log.append(actor, event, 0)).toBe(sequence);
      expect(titles(await log.read(actor))).toEqual(['first']);
    });

    test('take larger events than other actors, up to a mebibyte', async () => {
      const actor = freshConversation();
      const large = 'x'.repeat(700 * 1024);
      const sequence = await log.append(actor, titled(large), 0);
      expect(titles(await log.read(actor))).toEqual([large]);
      const larger = titled('x'.repeat(1024 * 1024));
      await expect(log.append(actor, larger, sequence)).rejects.toBeInstanceOf(TypeError);
      const many = Array.from({ length: 40 }, (_, index) => `${index}${large}`);
      let last = sequence;
      for (const text of many) last = await log.append(actor, titled(text), last);
      expect(titles(await log.read(actor, sequence))).toEqual(many);
    }, 30_000);

    test('are followed by a tail of their own', async () => {
      const { lastSequence } = await log.state('CONVERSATIONS');
      const got = inbox<ControlMessage>();
      const tail = await log.tailConversations(lastSequence, got.put);
      await log.append(freshActor(), renamed('of another stream'), 0);
      const actor = freshConversation();
      await log.append(actor, titled('heard'), 0);
      await got.until((items) => items.length === 1);
      await tail.stop();
      expect(titles(got.items)).toEqual(['heard']);
    });
  });
}
