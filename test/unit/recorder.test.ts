/** The recorder over a log in memory: batching, splitting, and what is lost. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryLog } from '../../events/memoryLog.ts';
import { startRecorder, type RecorderOptions } from '../../events/recorder.ts';
import { requestFinished } from '../support/sampleEvents.ts';
import { until } from '../support/until.ts';

let folder: string;
let log: ReturnType<typeof memoryLog>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-recorder-'));
  log = memoryLog();
});
afterEach(() => rm(folder, { recursive: true }));

const start = (options: Partial<RecorderOptions> = {}) =>
  startRecorder({
    log,
    gatewayId: 'gateway-1',
    spoolDir: join(folder, 'worker-1'),
    now: () => 42,
    ...options,
  });

const batches = async () =>
  (await log.readTraffic(0, Number.MAX_SAFE_INTEGER)).map((m) => m.events);
const routes = async () =>
  (await batches()).flat().map((event) => ('route' in event.data ? event.data.route : event.type));

describe('Recorded events', () => {
  test('travel together, one batch for each flush window', async () => {
    const recorder = await start();
    const events = ['/v1/a', '/v1/b', '/v1/c'].map((route) => requestFinished(route));
    for (const event of events) recorder.record(event);
    expect(recorder.stats()).toEqual({ pending: 3, spooledBytes: 0, away: false, dropped: 0 });
    await until('the window ends', async () => (await batches()).length > 0);
    expect(await batches()).toEqual([events]);
    expect(recorder.stats().pending).toBe(0);
    await recorder.stop();
  });

  test('may be completed before they are written, and are written whatever comes of it', async () => {
    const errors: unknown[] = [];
    const recorder = await start({
      onError: (error) => errors.push(error),
      onFlush(events) {
        for (const { data } of events) {
          if (!('route' in data)) continue;
          if (data.route === '/v1/fails') throw new Error('no price');
          Object.assign(data, { costMicroUsd: 7 });
        }
      },
    });
    recorder.record(requestFinished('/v1/a'));
    await recorder.flush();
    recorder.record(requestFinished('/v1/fails'));
    await recorder.stop();
    expect(await batches()).toMatchObject([
      [{ data: { route: '/v1/a', costMicroUsd: 7 } }],
      [{ data: { route: '/v1/fails', costMicroUsd: null } }],
    ]);
    expect(errors).toHaveLength(1);
  });

  test('leave earlier when the batch is full, by events and by bytes', async () => {
    const byEvents = await start({ flushMs: 60_000, maxEvents: 2 });
    for (const route of ['/v1/a', '/v1/b', '/v1/c']) byEvents.record(requestFinished(route));
    await until('the full batch', async () => (await routes()).length === 2);
    await byEvents.stop();
    expect(await routes()).toEqual(['/v1/a', '/v1/b', '/v1/c']);

    const byBytes = await start({ flushMs: 60_000, maxBytes: 300 });
    for (const route of ['/v1/d', '/v1/e']) byBytes.record(requestFinished(route));
    await until('the large batch', async () => (await routes()).length === 5);
    await byBytes.stop();
  });

  test('too many bytes for one message are split, and what fits into none is counted', async () => {
    const errors: unknown[] = [];
    const recorder = await start({ onError: (error) => errors.push(error) });
    const long = 'x'.repeat(300_000);
    for (const route of ['1', '2', '3', '4', '5']) recorder.record(requestFinished(route + long));
    recorder.record(requestFinished('x'.repeat(2_000_000)));
    await recorder.flush();
    expect((await routes()).map((route) => route[0])).toEqual(['1', '2', '3', '4', '5']);
    expect((await batches()).length).toBeGreaterThan(1);
    expect(recorder.stats().dropped).toBe(1);
    expect(String(errors[0])).toContain('too many for one message');
    await recorder.stop();
    const [last] = (await batches()).flat().slice(-1);
    expect(last).toMatchObject({
      type: 'TrafficDropped',
      atMs: 42,
      data: { count: 1, requests: 1, failures: 0, inputTokens: 10, outputTokens: 5 },
    });
  });
});

describe('While the log is away', () => {
  test('events wait on disk and come once it is back', async () => {
    const recorder = await start();
    log.setAway(true);
    recorder.record(requestFinished('/v1/a'));
    await recorder.flush();
    expect(recorder.stats()).toMatchObject({ pending: 0, away: true });
    expect(recorder.stats().spooledBytes).toBeGreaterThan(0);
    log.setAway(false);
    await until('the spool is empty', () => recorder.stats().spooledBytes === 0);
    expect(await routes()).toEqual(['/v1/a']);
    expect(recorder.stats().away).toBe(false);
    await recorder.stop();
  });

  test('a full spool keeps the totals of what it drops', async () => {
    const recorder = await start({ spoolMaxBytes: 50_000, maxEvents: 4 });
    log.setAway(true);
    for (let index = 0; index < 600; index++) {
      recorder.record(requestFinished(`/v1/${index}`));
      if (index % 20 === 0) await recorder.flush();
    }
    await recorder.flush();
    expect(recorder.stats().spooledBytes).toBeLessThanOrEqual(60_000);
    log.setAway(false);
    await until('the spool is empty', () => recorder.stats().spooledBytes === 0);
    const { dropped } = recorder.stats();
    await recorder.stop();
    const events = (await batches()).flat();
    const finished = events.filter((event) => event.type === 'RequestFinished');
    const counts = events.flatMap((event) => (event.type === 'TrafficDropped' ? [event.data] : []));
    expect(dropped).toBeGreaterThan(0);
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(dropped);
    expect(finished.length + dropped).toBe(600);
    expect(counts.reduce((sum, { inputTokens }) => sum + inputTokens, 0)).toBe(10 * dropped);
  });

  test('a stop leaves everything to the next start on the same folder', async () => {
    const first = await start();
    log.setAway(true);
    first.record(requestFinished('/v1/a'));
    await first.stop();
    await first.stop();
    first.record(requestFinished('/v1/too-late'));
    expect(first.stats().dropped).toBe(1);
    log.setAway(false);

    const second = await start();
    await until('the spool is empty', () => second.stats().spooledBytes === 0);
    second.record(requestFinished('/v1/b'));
    await second.stop();
    expect(await routes()).toEqual(['/v1/a', '/v1/b']);
  });

  test('a disk that fails as well costs the details and keeps the totals', async () => {
    const errors: unknown[] = [];
    const recorder = await start({ onError: (error) => errors.push(error) });
    log.setAway(true);
    await rm(join(folder, 'worker-1'), { recursive: true });
    recorder.record(requestFinished('/v1/a'));
    await recorder.flush();
    expect(recorder.stats().dropped).toBe(1);
    expect(String(errors[0])).toContain('ENOENT');
    log.setAway(false);
    await recorder.stop();
    expect(await routes()).toEqual(['TrafficDropped']);
    expect(recorder.stats().dropped).toBe(1);
  });
});
