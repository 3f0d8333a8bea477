/** The recorder against a real server that is stopped and killed: every event exactly once. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats } from '../../events/connection.ts';
import { openJetStreamLog } from '../../events/jetStreamLog.ts';
import type { EventLog } from '../../events/log.ts';
import { startRecorder, type Recorder } from '../../events/recorder.ts';
import { ensureStreams } from '../../events/streams.ts';
import { startNatsServer, type TestNatsServer } from '../support/natsServer.ts';
import { requestFinished } from '../support/sampleEvents.ts';
import { until } from '../support/until.ts';

let server: TestNatsServer;
let nc: NatsConnection;
let log: EventLog;
let folder: string;
let startSequence: number;

beforeAll(async () => {
  server = await startNatsServer();
  nc = await connectNats(server.connectOptions());
  await ensureStreams(nc, {});
  log = await openJetStreamLog(nc);
});
afterAll(async () => {
  await log.close();
  await nc.close();
  await server.stop();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-recorder-'));
  startSequence = (await log.state('TRAFFIC')).lastSequence;
});
afterEach(() => rm(folder, { recursive: true }));

const start = (): Promise<Recorder> =>
  startRecorder({ log, gatewayId: 'gateway-1', spoolDir: folder, now: Date.now });

/** Records 2,000 events a second until told to stop, and answers with their routes. */
function record(recorder: Recorder) {
  const routes: string[] = [];
  const timer = setInterval(() => {
    for (let index = 0; index < 20; index++) {
      const route = `/v1/${routes.length}`;
      routes.push(route);
      recorder.record(requestFinished(route));
    }
  }, 10);
  return () => {
    clearInterval(timer);
    return routes;
  };
}

/** The routes of all events in the log since the test began; fails on a batch that is there twice. */
async function stored(): Promise<string[]> {
  const messages = await log.readTraffic(startSequence, (await log.state('TRAFFIC')).lastSequence);
  const ids = messages.map(({ batchId }) => batchId);
  expect(new Set(ids).size).toBe(ids.length);
  return messages.flatMap(({ events }) =>
    events.map((event) => (event.type === 'RequestFinished' ? event.data.route : event.type)),
  );
}

const isDrained = (recorder: Recorder) => () => {
  const { pending, spooledBytes, away } = recorder.stats();
  return pending === 0 && spooledBytes === 0 && !away;
};

/** Stops it with nothing left to send; what it was told of these routes is in the log, each once. */
async function endsWhole(recorder: Recorder, routes: readonly string[]): Promise<void> {
  await recorder.flush();
  await until('the spool is empty', isDrained(recorder));
  await recorder.stop();
  expect((await stored()).toSorted()).toEqual(routes.toSorted());
}

describe('A batch that the log does not answer for', () => {
  test('is on disk long before its time is over, and in the log once', async () => {
    const recorder = await start();
    server.pause();
    recorder.record(requestFinished('/v1/unanswered'));
    await until('it is on disk', () => recorder.stats().spooledBytes > 0, 700);
    expect(recorder.stats().away).toBe(false);
    server.resume();
    await until('the spool is empty', isDrained(recorder));
    await recorder.stop();
    expect(await stored()).toEqual(['/v1/unanswered']);
  });

  test('is on disk at once when the connection is lost', async () => {
    const recorder = await start();
    server.pause();
    const sent = nc.stats().outMsgs;
    recorder.record(requestFinished('/v1/cut'));
    await until('it is under way', () => nc.stats().outMsgs > sent);
    await server.kill9();
    await until('it is on disk', () => recorder.stats().spooledBytes > 0, 700);
    await server.restart();
    await until('the spool is empty', isDrained(recorder));
    await recorder.stop();
    expect(await stored()).toEqual(['/v1/cut']);
  });
});

describe('Every recorded event is in the log exactly once', () => {
  test('after the server stood still for five seconds', async () => {
    const recorder = await start();
    const stopRecording = record(recorder);
    await until('some traffic', async () => (await stored()).length > 500);
    server.pause();
    await Bun.sleep(5_000); // The stop is the fault under test.
    await until('much is spooled', () => recorder.stats().spooledBytes > 1_000_000);
    expect(recorder.stats()).toMatchObject({ away: true, dropped: 0 });
    server.resume();
    await until('the log is back', () => !recorder.stats().away);
    await endsWhole(recorder, stopRecording());
  }, 60_000);

  test('after the server was killed three times', async () => {
    const recorder = await start();
    const stopRecording = record(recorder);
    for (let kill = 1; kill <= 3; kill++) {
      const before = (await stored()).length;
      await until('more traffic', async () => (await stored()).length > before + 500);
      await server.kill9();
      await until('the recorder notices', () => recorder.stats().spooledBytes > 0);
      await server.restart();
      await until('the log is back', () => !recorder.stats().away);
    }
    await endsWhole(recorder, stopRecording());
  }, 60_000);

  test('when the gateway is killed while the server is away, and started again', async () => {
    const { host } = new URL(server.url);
    const gateway = Bun.spawn(
      [
        process.execPath,
        join(import.meta.dir, '../fixtures/recorderProcess.ts'),
        `nats://${server.user}:${server.pass}@${host}`,
        folder,
      ],
      { stdout: 'pipe', stderr: 'inherit' },
    );
    let safe = 0;
    const reading = (async () => {
      for await (const chunk of gateway.stdout) {
        const line = new TextDecoder().decode(chunk).trim().split('\n').at(-1);
        safe = Number(line);
      }
    })();
    await until('it has recorded', () => safe > 50);
    server.pause();
    const before = safe;
    await until('it has recorded to disk', () => safe > before + 50);
    gateway.kill('SIGKILL');
    await gateway.exited;
    await reading;
    server.resume();

    const next = await start();
    await until('the spool is empty', isDrained(next));
    await next.stop();
    const counts = new Map<string, number>();
    for (const route of await stored()) counts.set(route, (counts.get(route) ?? 0) + 1);
    // Ten events of each flush that was confirmed; the one that was under way may be there or not.
    expect(Array.from({ length: safe }, (_, index) => counts.get(`/v1/${index + 1}`))).toEqual(
      Array<number>(safe).fill(10),
    );
    expect([...counts.values()].every((count) => count <= 10)).toBe(true);
  }, 60_000);
});
