/** Several gateway processes on one port: whichever answers, the answer is the same. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { finishedRequests, requestId } from '../support/factsOf.ts';
import {
  launchAt,
  newPlace,
  startSharedLog,
  type Launched,
  type Place,
  type SharedLog,
} from '../support/launched.ts';
import { commandLine, processesWith } from '../support/processes.ts';
import { answersWell, bodies, plainPaths } from '../support/proxied.ts';
import { readSse, type SseReader } from '../support/sseReader.ts';
import { until } from '../support/until.ts';
import { startVendor, type Vendor } from '../support/vendor.ts';

describe.each([2, 4])('%i workers', (workers) => {
  let shared: SharedLog;
  let vendor: Vendor;
  let place: Place;
  let box: Launched;

  beforeAll(async () => {
    shared = await startSharedLog();
    vendor = await startVendor(answersWell);
    place = await newPlace();
    box = await launchAt(place, {
      ...shared.env,
      GATEWAY_WORKERS: String(workers),
      OPENAI_API_KEYS: 'sk-first',
      OPENAI_BASE_URL: `${vendor.url}/v1`,
    });
  }, 60_000);
  afterAll(async () => {
    place.remove();
    await vendor.stop();
    await shared.stop();
  });

  /** On a connection of its own, so that any of the workers may answer. */
  const ask = (path: string, method = 'GET', body?: object): Promise<Response> =>
    fetch(`${box.url}${path}`, {
      method,
      keepalive: false,
      headers: { connection: 'close', 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
  const often = Array.from({ length: 12 * workers });
  const seenBy = (path: string) =>
    Promise.all(
      often.map(async () => (await ask(path)).json() as Promise<Record<string, unknown>>),
    );

  test('each has an id, a spool and a snapshot of its own', async () => {
    const ids = new Set<string>();
    await until('every worker answered', async () => {
      const text = await (await ask('/metrics')).text();
      ids.add(String(/signalbox_info\{[^}]*gateway="([^"]+)"/.exec(text)?.[1]));
      return ids.size === workers;
    });
    const spools = readdirSync(join(place.folder, 'data/spool'));
    expect(spools.toSorted()).toEqual(Array.from({ length: workers }, (_, at) => String(at + 1)));
  });

  test('what one is told is soon the same in all: a key, a setting, the live stream', async () => {
    const streams = new Map<string, SseReader>();
    await until('a live stream of every worker', async () => {
      const { body } = await ask('/api/live');
      if (!body) throw new Error('the live stream has no body');
      const reader = readSse(body);
      await reader.until((events) => events.length > 0);
      const id = String(reader.items[0]?.data['gateway_id']);
      if (streams.has(id)) await reader.leave();
      else streams.set(id, reader);
      return streams.size === workers;
    });
    const added = await ask('/api/provider-keys', 'POST', { provider: 'openai', key: 'sk-second' });
    expect(added.status).toBe(201);
    expect((await ask('/api/settings/attempts', 'PATCH', { value: 3 })).status).toBe(200);

    const told = await Promise.all(
      [...streams.values()].map(async (reader) => {
        const changed = (events: typeof reader.items) =>
          events.findLast(({ data }) => data['type'] === 'SettingChanged');
        await reader.until((events) => changed(events) !== undefined);
        const event = changed(reader.items);
        await reader.leave();
        return { id: event?.data['id'], sequence: event?.data['sequence'] };
      }),
    );
    expect(new Set(told.map((event) => JSON.stringify(event))).size).toBe(1);

    await until('all show the key and the setting', async () => {
      const keys = await seenBy('/api/provider-keys');
      const settings = await seenBy('/api/settings/attempts');
      return (
        keys.every(({ data }) => (data as unknown[]).length === 2) &&
        settings.every(({ value }) => value === 3)
      );
    });
  });

  test('requests to any of them are answered, recorded and shown by all', async () => {
    const asked = await Promise.all(often.map(() => ask(plainPaths.openai, 'POST', bodies.openai)));
    expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([200]));
    const ids = asked.map(requestId);
    await until('all are in the log', async () => {
      const recorded = new Set((await finishedRequests(shared)).map(({ id }) => String(id)));
      return ids.every((id) => recorded.has(id));
    });
    await until('all of them show all', async () => {
      const pages = await seenBy('/api/logs?limit=200');
      return pages.every(({ data }) => Array.isArray(data) && data.length === ids.length);
    });
  });

  test('one that is told to end is replaced, and the others answer meanwhile', async () => {
    const gateways = () =>
      processesWith(place.folder).filter((pid) => commandLine(pid).includes('server/main.ts'));
    const [first = 0] = gateways();
    process.kill(first, 'SIGTERM');
    await until('another one runs in its place', async () => {
      // A connection that had just come to the one that goes may be lost with its port.
      const status = await ask('/ready').then(
        (answer) => answer.status,
        () => 0,
      );
      return status === 200 && !gateways().includes(first) && gateways().length === workers;
    });
    expect(box.output()).toContain('the gateway ended and is started again');
    await until('it runs', () => box.output().includes('the gateway runs again'));
  });

  test('they end together, and leave a snapshot each', async () => {
    box.signal('SIGTERM');
    expect(await box.ended).toBe(0);
    const files = readdirSync(join(place.folder, 'data'));
    for (let worker = 1; worker <= workers; worker++)
      expect(files.some((name) => name.startsWith(`snapshot-${worker}`))).toBe(true);
  });
});
