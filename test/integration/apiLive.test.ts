/** The live stream over real sockets and a real log. */
import { beforeEach, expect, test } from 'bun:test';
import { newBatchId } from '../../events/ids.ts';
import { testGateway } from '../support/gateway.ts';
import { keyAdded, put, rested } from '../support/projections.ts';
import { batchOf, requestFinished } from '../support/sampleEvents.ts';
import { until } from '../support/until.ts';
import { readSse, type SseReader } from '../support/sseReader.ts';
import { stoppedAfterAll } from '../support/endings.ts';

const gateway = stoppedAfterAll(testGateway);
/** What one test has heard in this second is not to be counted in the next one. */
beforeEach(() => until('nobody listens any more', nobodyListens));

async function listen(query = '', lastEventId?: string): Promise<SseReader> {
  const answer = await fetch(`${gateway.url()}/api/live${query}`, {
    headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
  });
  if (answer.status !== 200 || !answer.body) throw new Error(`answered ${answer.status}`);
  return readSse(answer.body);
}

const lastSequence = async () => (await gateway.log.state('CONTROL')).lastSequence;
const nobodyListens = () => gateway.app().server?.pendingRequests === 0;
const sequencesOf = ({ items }: SseReader) =>
  items.filter(({ event }) => event === 'transition').map(({ data }) => Number(data['sequence']));

test('greets, and tells of a transition with the status it led to', async () => {
  const answer = await fetch(`${gateway.url()}/api/live`);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': expect.stringContaining('text/event-stream'),
    'cache-control': 'no-store',
  });
  const reader = readSse(answer.body!);
  await reader.until((events) => events.length === 1);
  expect(reader.items[0]).toMatchObject({ event: 'hello', data: { type: 'hello', gap: false } });

  await put(gateway.log, 'provider-key', 'live-1', keyAdded());
  const sequence = await put(gateway.log, 'provider-key', 'live-1', rested(4_102_444_800_000));
  await reader.until((events) => events.length === 3);
  expect(reader.items.slice(1).map(({ data }) => [data['type'], data['status']])).toEqual([
    ['ProviderKeyAdded', 'healthy'],
    ['ProviderKeyRested', 'resting'],
  ]);
  expect(reader.items[2]?.id).toMatch(new RegExp(`^c${sequence}-t\\d+-v\\d+$`));
  expect(reader.items[2]?.data).toMatchObject({
    sequence,
    data: { until_ms: 4_102_444_800_000, rule_id: 'rate-limit' },
  });
  await reader.leave();
});

test('a client that comes and goes sees every transition once, also over a restart of the log', async () => {
  const first = (await lastSequence()) + 1;
  const seen: number[] = [];
  let cursor = `c${first - 1}`;
  const append = async (name: string) => {
    for (let index = 0; index < 75; index += 1) {
      await put(gateway.log, 'provider-key', `${name}-${index}`, keyAdded('openai', name));
    }
  };
  /** Comes back until it has seen everything, five events at a time. */
  const comeAndGo = async (appending: Promise<void>) => {
    let isDone = false;
    while (!isDone) {
      const reader = await listen('', cursor);
      isDone = await Promise.race([
        reader.until(() => sequencesOf(reader).length >= 5).then(() => false),
        appending.then(() => true),
      ]);
      const last = await lastSequence();
      if (isDone)
        await reader.until(() => Number(/^c(\d+)/.exec(reader.lastId() ?? '')?.[1]) >= last);
      await reader.leave();
      seen.push(...sequencesOf(reader));
      cursor = reader.lastId() ?? cursor;
    }
  };
  await comeAndGo(append('before'));

  const through = await listen('', cursor);
  await gateway.nats.restart();
  await until('the log is back', () => lastSequence().then(Boolean, () => false));
  await append('after');
  const last = await lastSequence();
  await through.until(() => sequencesOf(through).at(-1) === last);
  await through.leave();
  seen.push(...sequencesOf(through));
  cursor = through.lastId() ?? cursor;

  await comeAndGo(append('again'));
  expect(seen).toEqual(Array.from({ length: 225 }, (_, index) => first + index));
}, 60_000);

test('the cursor of a list is where the stream goes on', async () => {
  const list = (await (await fetch(`${gateway.url()}/api/logs`)).json()) as { cursor: string };
  const appended = await gateway.log.appendTraffic(batchOf('/v1/after-the-list'));
  const reader = await listen(`?after=${list.cursor}`);
  await reader.until((events) => events.some(({ event }) => event === 'request'));
  const request = reader.items.find(({ data }) => data['route'] === '/v1/after-the-list');
  expect(request?.id).toMatch(new RegExp(`-t${appended}-v\\d+$`));
  await reader.leave();
});

test('a filter lets through what it names', async () => {
  const transitions = await listen('?kind=provider-key&id=chosen&types=ProviderKeyRested');
  const requests = await listen('?client=chosen');
  for (const id of ['chosen', 'other']) {
    await put(gateway.log, 'provider-key', id, keyAdded('openai', id));
    await put(gateway.log, 'provider-key', id, rested(4_102_444_800_000));
  }
  const events = Array.from({ length: 600 }, (_, index) =>
    requestFinished(`/v1/${index}`, { client: index % 2 === 0 ? 'chosen' : 'other' }),
  );
  await gateway.log.appendTraffic({ id: newBatchId(), gatewayId: 'gateway-1', events });
  await transitions.until((items) => items.length === 2);
  await requests.until((items) => items.length === 301);
  expect(transitions.items[1]?.data).toMatchObject({
    type: 'ProviderKeyRested',
    actor_id: 'chosen',
  });
  expect(new Set(requests.items.slice(1).map(({ data }) => data['client']))).toEqual(
    new Set(['chosen']),
  );
  await transitions.leave();
  await requests.leave();
});

test('beyond 200 requests in a second the totals tell the rest', async () => {
  const reader = await listen();
  const routes = Array.from({ length: 700 }, (_, index) => `/v1/${index}`);
  await gateway.log.appendTraffic(batchOf(...routes));
  await reader.until((events) => events.some(({ event }) => event === 'totals'));
  expect(reader.items.filter(({ event }) => event === 'request')).toHaveLength(200);
  expect(reader.items.at(-1)?.data).toMatchObject({ requests: 700, not_shown: 500 });
  await reader.leave();
});

test('a cursor that is none is refused', async () => {
  for (const cursor of ['12', 'c-t', 'c1-t', 'x', 'c1-t2-3', 'c1-v', 'c1-v2-t3']) {
    const answer = await fetch(`${gateway.url()}/api/live?after=${cursor}`);
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ code: 'INVALID_CURSOR' });
  }
});

test('a reader that takes nothing is cut off and resumes by its cursor', async () => {
  const ended = Promise.withResolvers<void>();
  let isPaused = false;
  const opened = Promise.withResolvers<void>();
  const { port, hostname } = new URL(gateway.url());
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      open(own) {
        own.write('GET /api/live?types=RequestFinished HTTP/1.1\r\nHost: localhost\r\n\r\n');
      },
      data(own) {
        if (!isPaused) own.pause();
        isPaused = true;
        opened.resolve();
      },
      close: () => ended.resolve(),
      error: () => ended.resolve(),
    },
  });
  await opened.promise;
  const quick = await listen('?types=RequestFinished');
  const { lastSequence: before } = await gateway.log.state('TRAFFIC');
  const routes = Array.from({ length: 500 }, (_, index) => `/v1/${index}`);
  for (let turn = 0; turn < 40; turn += 1) await gateway.log.appendTraffic(batchOf(...routes));
  await quick.until((events) => events.length === 20_001, 60_000);
  await quick.leave();
  // The gateway closes the connection without waiting for the reader, who learns of it when it reads on.
  await until('nobody listens any more', nobodyListens);
  socket.resume();
  await ended.promise;

  const again = await listen('?types=RequestFinished', `c0-t${before}`);
  await again.until((events) => events.length === 20_001, 60_000);
  expect(again.items[0]?.data).toMatchObject({ gap: false });
  await again.leave();
}, 120_000);

test('an alias is the same stream, and a stop of the gateway ends both at once', async () => {
  const direct = await listen();
  const alias = readSse((await fetch(`${gateway.url()}/api/v1/live`)).body!);
  await put(gateway.log, 'provider-key', 'last', keyAdded());
  for (const reader of [direct, alias])
    await reader.until((events) => events.some(({ data }) => data['actor_id'] === 'last'));
  const startedMs = performance.now();
  await gateway.restart();
  expect(await direct.ended).toBe('ended');
  expect(await alias.ended).toBe('ended');
  expect(performance.now() - startedMs).toBeLessThan(10_000);
  const back = await listen('', direct.lastId());
  await put(gateway.log, 'provider-key', 'first-after', keyAdded());
  await back.until((events) => events.some(({ data }) => data['actor_id'] === 'first-after'));
  expect(sequencesOf(back)).toEqual([await lastSequence()]);
  await back.leave();
}, 60_000);
