/** The log in JetStream, against a real server that is stopped, killed and started again. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats } from '../../events/connection.ts';
import type { EventId } from '../../events/ids.ts';
import { openJetStreamLog } from '../../events/jetStreamLog.ts';
import {
  LogUnavailable,
  WrongVersion,
  type ControlMessage,
  type EventLog,
} from '../../events/log.ts';
import { ensureStreams } from '../../events/streams.ts';
import { inbox } from '../support/inbox.ts';
import { describeLogContract } from '../support/logContract.ts';
import { startNatsServer, type TestNatsServer } from '../support/natsServer.ts';
import { batchOf, freshActor, renamed } from '../support/sampleEvents.ts';
import { until } from '../support/until.ts';

type Running = Readonly<{ server: TestNatsServer; nc: NatsConnection; log: EventLog }>;

async function start(): Promise<Running> {
  const server = await startNatsServer();
  const nc = await connectNats(server.connectOptions());
  await ensureStreams(nc, {});
  return { server, nc, log: await openJetStreamLog(nc) };
}

async function stop({ server, nc, log }: Running): Promise<void> {
  await log.close();
  await nc.close();
  await server.stop();
}

describeLogContract('The log in JetStream', async () => {
  const running = await start();
  const js = jetstream(running.nc);
  return {
    log: running.log,
    openAnother: () => openJetStreamLog(running.nc),
    putRaw: (_stream, subject, body) => js.publish(subject, body),
    stop: () => stop(running),
  };
});

describe('A log whose server fails', () => {
  let running: Running;
  beforeAll(async () => {
    running = await start();
  });
  afterAll(() => stop(running));

  test('an append during a stop of three seconds ends with its one event', async () => {
    const { log, server } = running;
    const actors = Array.from({ length: 20 }, freshActor);
    server.pause();
    const appending = actors.map((actor) => log.append(actor, renamed('stalled'), 0, 15_000));
    await Bun.sleep(3_000); // The stop is the fault under test.
    server.resume();
    const sequences = await Promise.all(appending);
    for (const [index, actor] of actors.entries()) {
      const stored = await log.read(actor);
      expect(stored.map((message) => message.ok && message.event.sequence)).toEqual([
        sequences[index]!,
      ]);
    }
  });

  test('an append without an answer in time says so, and its outcome is found later', async () => {
    const { log, server } = running;
    const actor = freshActor();
    const event = renamed('late');
    const batch = batchOf('/v1/late');
    server.pause();
    try {
      await expect(log.append(actor, event, 0, 300)).rejects.toBeInstanceOf(LogUnavailable);
      await expect(log.appendTraffic(batch, 300)).rejects.toBeInstanceOf(LogUnavailable);
    } finally {
      server.resume();
    }
    const sequence = await log.append(actor, event, 0);
    const stored = await log.read(actor);
    expect(stored.map((message) => message.ok && message.event.sequence)).toEqual([sequence]);
    const trafficSequence = await log.appendTraffic(batch);
    expect((await log.state('TRAFFIC')).lastSequence).toBe(trafficSequence);
  });

  test('kills in the middle of appends lose and double nothing', async () => {
    const { log, server } = running;
    const first = (await log.state('CONTROL')).lastSequence;
    let goOn = true;
    const acknowledged: { id: EventId; sequence: number }[] = [];
    const writers = Array.from({ length: 16 }, async () => {
      const actor = freshActor();
      let expected = 0;
      while (goOn) {
        const event = renamed('under fire');
        expected = await log.append(actor, event, expected, 15_000);
        acknowledged.push({ id: event.id, sequence: expected });
      }
    });
    for (let kill = 0; kill < 3; kill++) {
      const before = acknowledged.length;
      await until('200 more are written', () => acknowledged.length >= before + 200);
      await server.restart();
    }
    goOn = false;
    await Promise.all(writers);

    const stored = await log.readControl(first, (await log.state('CONTROL')).lastSequence);
    const ids = stored.map((message) => message.ok && message.event.id);
    expect(new Set(ids).size).toBe(ids.length);
    // Every writer waited for its outcome, so nothing is stored that was not acknowledged.
    const bySequence = acknowledged.toSorted((a, b) => a.sequence - b.sequence);
    expect(ids).toEqual(bySequence.map(({ id }) => id));
  }, 60_000);

  test('a tail has no gap and no repeat over three restarts', async () => {
    const { log, server } = running;
    const start = (await log.state('CONTROL')).lastSequence;
    const heard: boolean[] = [];
    const unsubscribe = log.onConnection((connected) => heard.push(connected));
    const got = inbox<ControlMessage>();
    const tail = await log.tailControl(start, got.put);
    for (let restart = 0; restart < 3; restart++) {
      await log.append(freshActor(), renamed('before the kill'), 0, 10_000);
      await server.restart();
      await log.append(freshActor(), renamed('after the restart'), 0, 10_000);
      await got.until((items) => items.length >= 2 * (restart + 1));
    }
    await tail.stop();
    unsubscribe();
    expect(got.items.map((message) => message.ok && message.event.sequence)).toEqual(
      Array.from({ length: 6 }, (_, index) => start + 1 + index),
    );
    expect(heard).toEqual([false, true, false, true, false, true]);
  }, 60_000);

  test('a long stretch is read whole, and up to its limit', async () => {
    const { log, nc } = running;
    const js = jetstream(nc);
    const start = (await log.state('CONTROL')).lastSequence;
    const event = JSON.stringify(renamed('one of many'));
    await Promise.all(
      Array.from({ length: 3_000 }, (_, index) =>
        js.publish(`sbx.control.provider-key.many-${index}`, event, { timeout: 20_000 }),
      ),
    );
    const end = (await log.state('CONTROL')).lastSequence;
    const all = await log.readControl(start, end + 1_000_000);
    expect(all.map((message) => message.ok && message.event.sequence)).toEqual(
      Array.from({ length: 3_000 }, (_, index) => start + 1 + index),
    );
    expect(await log.readControl(start, end, 2_500)).toEqual(all.slice(0, 2_500));
    expect(await log.readControl(start, start + 1_200)).toEqual(all.slice(0, 1_200));
    expect(await log.readControl(end, end + 5_000)).toEqual([]);
    const live = inbox<ControlMessage>();
    const tail = await log.tailControl(start, live.put);
    await live.until((items) => items.length === 3_000);
    await tail.stop();
    expect(live.items).toEqual(all);
  }, 60_000);
});

describe('An append whose answer was lost', () => {
  let running: Running;
  beforeAll(async () => {
    running = await start();
  });
  afterAll(() => stop(running));

  test('finds its own event although a third writer followed', async () => {
    const { log } = running;
    const actor = freshActor();
    const event = renamed('landed');
    const landed = await log.append(actor, event, 0);
    const followed = await log.append(actor, renamed('followed'), landed);
    await log.append(actor, renamed('and again'), followed);
    expect(await log.append(actor, event, 0)).toBe(landed);
  });

  test('is a conflict when another event stands there, and the actor is left as it is', async () => {
    const { log } = running;
    const actor = freshActor();
    const first = await log.append(actor, renamed('winner'), 0);
    await log.append(actor, renamed('follower'), first);
    await expect(log.append(actor, renamed('loser'), 0)).rejects.toBeInstanceOf(WrongVersion);
    expect(await log.read(actor)).toHaveLength(2);
  });
});
