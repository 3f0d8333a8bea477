/** The part of the log's contract that is about reading and tailing; see `logContract.ts`. */
import { beforeAll, describe, expect, test } from 'bun:test';
import { newEventId } from '../../events/ids.ts';
import type { ControlMessage, EventLog, TrafficMessage } from '../../events/log.ts';
import { actorSubject, trafficSubject, type StreamName } from '../../events/subjects.ts';
import { inbox } from './inbox.ts';
import { batchOf, freshActor, renamed } from './sampleEvents.ts';

export type LogUnderTest = Readonly<{
  log: EventLog;
  /** Another log over the same messages, to be closed by the test. */
  openAnother: () => Promise<EventLog>;
  putRaw: (stream: StreamName, subject: string, body: string) => Promise<unknown>;
  stop: () => Promise<void>;
}>;

/** The data of the events, in the order they were read. */
export const names = (messages: readonly ControlMessage[]): unknown[] =>
  messages.map((message) => (message.ok ? { ...message.event.data } : message.error.name));

const routes = (messages: readonly TrafficMessage[]): string[] =>
  messages.flatMap((message) =>
    message.events.map((event) => (event.type === 'RequestFinished' ? event.data.route : '')),
  );

/** Appends one event of an actor of its own for each name. */
export async function appendNames(log: EventLog, ...wanted: string[]): Promise<number[]> {
  const sequences: number[] = [];
  for (const name of wanted) sequences.push(await log.append(freshActor(), renamed(name), 0));
  return sequences;
}

export const lastControl = async (log: EventLog): Promise<number> =>
  (await log.state('CONTROL')).lastSequence;

/** Declares the tests; `opened` answers once the suite's log is open. */
export function describeReading(opened: () => LogUnderTest): void {
  let given: LogUnderTest;
  let log: EventLog;
  beforeAll(() => {
    given = opened();
    log = given.log;
  });

  describe('reading', () => {
    test('an actor without events reads as nothing', async () => {
      expect(await log.read(freshActor())).toEqual([]);
    });

    test('an actor can be read after a sequence', async () => {
      const actor = freshActor();
      const first = await log.append(actor, renamed('a'), 0);
      const second = await log.append(actor, renamed('b'), first);
      expect(names(await log.read(actor, first))).toEqual([{ name: 'b' }]);
      expect(await log.read(actor, second)).toEqual([]);
    });

    test('a range of all actors starts after, ends with, and stops at its limit', async () => {
      const [a, , c] = await appendNames(log, 'a', 'b', 'c', 'd');
      const all = [{ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'd' }];
      expect(names(await log.readControl(a! - 1, await lastControl(log)))).toEqual(all);
      expect(names(await log.readControl(a!, c!))).toEqual(all.slice(1, 3));
      expect(names(await log.readControl(a! - 1, c!, 1))).toEqual(all.slice(0, 1));
      expect(await log.readControl(c!, c!)).toEqual([]);
      expect(names(await log.readControl(c!, c! + 1_000_000))).toEqual(all.slice(3));
    });

    test('one message is found by its sequence', async () => {
      const [sequence] = await appendNames(log, 'here');
      const found = await log.readOne(sequence!);
      expect(found?.ok && found.event.data).toEqual({ name: 'here' });
      expect(await log.readOne((await lastControl(log)) + 1000)).toBeUndefined();
    });

    test('an event that cannot be read comes in its place, with its actor', async () => {
      const before = await lastControl(log);
      const actor = freshActor();
      const { data: _, ...withoutData } = renamed('x');
      await given.putRaw('CONTROL', actorSubject(actor), 'not json');
      await given.putRaw('CONTROL', actorSubject(actor), '{"type":"ProviderKeyRenamed"}');
      await given.putRaw(
        'CONTROL',
        actorSubject(actor),
        JSON.stringify({ ...withoutData, data: { name: 7 } }),
      );
      await given.putRaw(
        'CONTROL',
        actorSubject(actor),
        JSON.stringify({ ...renamed('x'), version: 9 }),
      );
      await given.putRaw('CONTROL', 'sbx.control.teapot.one', JSON.stringify(renamed('x')));
      await appendNames(log, 'readable');

      const read = await log.readControl(before, await lastControl(log));
      expect(names(read)).toEqual([...Array(5).fill('UnreadableEvent'), { name: 'readable' }]);
      expect(read.map((message) => !message.ok && message.actor)).toEqual([
        ...Array(4).fill(actor),
        undefined,
        false,
      ]);
      expect(read.map((m) => (m.ok ? m.event.sequence : m.sequence))).toEqual(
        Array.from({ length: 6 }, (_each, index) => before + 1 + index),
      );
      expect(names(await log.read(actor))).toEqual(Array(4).fill('UnreadableEvent'));
      expect((await log.readOne(before + 1))?.ok).toBe(false);
    });
  });

  describe('tailing', () => {
    test('a tail from 0 gives every message there is, in order', async () => {
      await appendNames(log, 'a', 'b');
      const last = await lastControl(log);
      const got = inbox<ControlMessage>();
      const tail = await log.tailControl(0, got.put);
      await got.until((items) => items.length >= last);
      await tail.stop();
      expect(got.items).toEqual(await log.readControl(0, last));
    });

    test('a tail from the middle goes on with what is appended, also while it starts', async () => {
      const [start] = await appendNames(log, 'before', 'old');
      const got = inbox<ControlMessage>();
      const during = Array.from({ length: 100 }, (_, index) => `new ${index}`);
      const appended = Promise.all(during.map((each) => appendNames(log, each)));
      const tail = await log.tailControl(start!, got.put);
      await appended;
      await got.until((items) => items.length >= 101);
      await tail.stop();
      await tail.stop();
      expect(got.items).toEqual(await log.readControl(start!, await lastControl(log)));
    });

    test('a stopped tail is silent, another goes on', async () => {
      const start = await lastControl(log);
      const stopped = inbox<ControlMessage>();
      const running = inbox<ControlMessage>();
      await (await log.tailControl(start, stopped.put)).stop();
      const tail = await log.tailControl(start, running.put);
      await appendNames(log, 'after the stop');
      await running.until((items) => items.length === 1);
      await tail.stop();
      expect(stopped.items).toEqual([]);
    });
  });

  describe('traffic', () => {
    test('a batch is read back whole, its events in their order', async () => {
      const { lastSequence } = await log.state('TRAFFIC');
      const batch = batchOf('/v1/a', '/v1/b');
      const sequence = await log.appendTraffic(batch);
      expect(await log.readTraffic(lastSequence, sequence)).toEqual([
        {
          batchId: batch.id,
          gatewayId: 'gateway-1',
          sequence,
          timeMs: expect.any(Number),
          events: batch.events,
          entries: expect.any(Array),
          strings: expect.any(Array),
          skipped: 0,
        },
      ]);
    });

    test('a batch that is sent again is stored once', async () => {
      const batch = batchOf('/v1/once');
      const sequence = await log.appendTraffic(batch);
      expect(await log.appendTraffic(batch)).toBe(sequence);
      expect((await log.state('TRAFFIC')).lastSequence).toBe(sequence);
    });

    test('events of an unknown type are left out and counted, so is what is no batch', async () => {
      const { lastSequence } = await log.state('TRAFFIC');
      const [known] = batchOf('/v1/known').events;
      const events = [known, { ...known, type: 'TeaBrewed' }, { ...known, data: {} }, 5];
      const subject = trafficSubject('gateway-9');
      await given.putRaw('TRAFFIC', subject, JSON.stringify({ id: newEventId(), events }));
      await given.putRaw('TRAFFIC', subject, '{"id":');
      const read = await log.readTraffic(lastSequence, lastSequence + 10);
      expect(routes(read)).toEqual(['/v1/known']);
      expect(read.map(({ skipped, gatewayId }) => [skipped, gatewayId])).toEqual([
        [3, 'gateway-9'],
        [1, 'gateway-9'],
      ]);
    });

    test('a tail of traffic goes on from where it was told', async () => {
      const start = await log.appendTraffic(batchOf('/v1/seen'));
      const got = inbox<TrafficMessage>();
      const tail = await log.tailTraffic(start, got.put);
      await log.appendTraffic(batchOf('/v1/c'));
      await log.appendTraffic(batchOf('/v1/d', '/v1/e'));
      await got.until((items) => items.length === 2);
      await tail.stop();
      expect(routes(got.items)).toEqual(['/v1/c', '/v1/d', '/v1/e']);
    });
  });
}
