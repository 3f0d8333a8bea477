/** A session is held by one gateway process, and reached through all of them. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  launchAt,
  newPlace,
  startSharedLog,
  type Launched,
  type Place,
  type SharedLog,
} from '../support/launched.ts';
import { everything } from '../support/mcp.ts';
import { eventsOf, openRaw, rawSession, type RawSession } from '../support/mcpRaw.ts';
import { commandLine, processesWith } from '../support/processes.ts';
import { until } from '../support/until.ts';

setDefaultTimeout(60_000);

const slow = 'everything_trigger-long-running-operation';

describe.each([2, 4])('%i workers', (workers) => {
  let shared: SharedLog;
  let place: Place;
  let box: Launched;
  const raw = (key = 'key-of-ann') => ({
    url: `${box.url}/mcp`,
    headers: { 'x-api-key': key },
    apart: true,
  });
  const often = Array.from({ length: 8 * workers }, (_, at) => at + 1);
  const holderOf = ({ id }: RawSession): string => id.split('-').slice(0, 2).join('-');
  const gateways = () =>
    processesWith(place.folder).filter((pid) => commandLine(pid).includes('server/main.ts'));

  /** A session in each of them. */
  const oneInEach = async (): Promise<RawSession[]> => {
    const found = new Map<string, RawSession>();
    await until('a session in every worker', async () => {
      const session = await openRaw(raw()).catch(() => undefined);
      if (session) found.set(holderOf(session), session);
      return found.size === workers;
    });
    return [...found.values()];
  };
  const statuses = async (session: RawSession): Promise<number[]> => [
    ...new Set(
      await Promise.all(often.map(async (id) => (await session.ask('ping', {}, id)).status)),
    ),
  ];

  beforeAll(async () => {
    shared = await startSharedLog();
    place = await newPlace();
    const path = join(place.folder, 'mcp_config.json');
    writeFileSync(path, JSON.stringify({ mcpServers: { everything } }));
    box = await launchAt(place, {
      ...shared.env,
      GATEWAY_WORKERS: String(workers),
      MCP_CONFIG_PATH: path,
      MCP_API_KEYS: 'key-of-ann:ann,key-of-bob:bob',
    });
    await until('every worker reaches the server', async () => {
      const sessions = await oneInEach();
      const answers = await Promise.all(
        sessions.map((one) =>
          one.ask('tools/call', { name: 'everything_echo', arguments: { message: 'Hi' } }),
        ),
      );
      await Promise.all(sessions.map((one) => one.end()));
      return answers.every(({ message }) => JSON.stringify(message).includes('Echo: Hi'));
    });
  }, 60_000);
  afterAll(async () => {
    place?.remove();
    await shared?.stop();
  });

  test('POST, GET and DELETE of a session work through any of them', async () => {
    for (const session of await oneInEach()) {
      expect(await statuses(session)).toEqual([200]);
      const streams = await Promise.all(often.slice(0, 4).map(() => session.listen()));
      expect(streams.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      const readers = streams.map(eventsOf);
      expect((await session.end()).status).toBe(200);
      expect(await Promise.all(readers.map(({ ended }) => ended))).toEqual(
        Array.from({ length: 4 }, () => 'ended'),
      );
      expect(await statuses(session)).toEqual([404]);
    }
  });

  test("another client's key opens no session, whichever of them it asks", async () => {
    const [session] = await oneInEach();
    if (!session) throw new Error('no session');
    const thief = rawSession(session.id, raw('key-of-bob'));
    expect(await statuses(thief)).toEqual([404]);
    const forged = { ...raw('key-of-bob').headers, 'x-signalbox-owner': 'ann' };
    expect(await statuses(rawSession(session.id, { ...raw(), headers: forged }))).toEqual([404]);
    expect(await statuses(rawSession(session.id, raw('no-key-at-all')))).toEqual([401]);
    const cuts = await Promise.all(often.map(() => thief.end()));
    expect(new Set(cuts.map(({ status }) => status))).toEqual(new Set([404]));
    expect(await statuses(session)).toEqual([200]);
    await session.end();
  });

  /** Each request on a connection of its own. */
  const apart = (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set('connection', 'close');
    headers.set('x-api-key', 'key-of-ann');
    return fetch(url, { ...init, headers, keepalive: false });
  };
  const identity = { name: 'test', version: '1' };
  const answerIt = () => ({
    model: 'test',
    role: 'assistant' as const,
    content: { type: 'text' as const, text: 'sampled' },
  });
  const clients = {
    'SDK 2': async () => {
      const client = new Client(identity, { capabilities: { sampling: {} } });
      client.setRequestHandler('sampling/createMessage', answerIt);
      const url = new URL(`${box.url}/mcp`);
      await client.connect(new StreamableHTTPClientTransport(url, { fetch: apart }));
      return client;
    },
    'SDK 1': async () => {
      const { CreateMessageRequestSchema } = await import('@modelcontextprotocol/sdk/types.js');
      const client = new OldClient(identity, { capabilities: { sampling: {} } });
      client.setRequestHandler(CreateMessageRequestSchema, answerIt);
      const transport = new OldTransport(new URL(`${box.url}/mcp`), { fetch: apart });
      // Its own types do not fit each other under exactOptionalPropertyTypes.
      await client.connect(transport as Parameters<OldClient['connect']>[0]);
      return client;
    },
  };

  test.each(['SDK 1', 'SDK 2'] as const)(
    '%s lists, calls and is asked through any',
    async (which) => {
      const client = await clients[which]();
      for (const at of often) {
        const { tools } = await client.listTools();
        expect(tools.length).toBeGreaterThan(5);
        const message = `no. ${at}`;
        const said = await client.callTool({ name: 'everything_echo', arguments: { message } });
        expect(JSON.stringify(said.content)).toContain(message);
      }
      const sampling = 'everything_trigger-sampling-request';
      const sampled = await client.callTool({ name: sampling, arguments: { prompt: 'Hi' } });
      expect(JSON.stringify(sampled.content)).toContain('sampled');
      await client.close();
    },
  );

  test('a stream that is handed over comes as it is sent, and is cut for its holder too', async () => {
    for (const session of await oneInEach()) {
      const cut = new AbortController();
      const response = await session.send(
        {
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: {
            name: slow,
            arguments: { duration: 1.5, steps: 6 },
            _meta: { progressToken: 1 },
          },
        },
        cut.signal,
      );
      const before = eventsOf(response);
      await before.until((events) => events.length > 2);
      cut.abort();
      await before.ended;
      const after = eventsOf(await session.listen(before.lastId()));
      expect(await after.ended).toBe('ended');
      const all = [...before.items, ...after.items];
      const progress = all.map(({ data }) => (data['params'] as Json | undefined)?.['progress']);
      expect(progress.filter((one) => one !== undefined)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(all.at(-1)?.data).toMatchObject({ id: 1, result: {} });
      await session.end();
    }
  });

  test('one that is told to end answers what is under way; its sessions end with that', async () => {
    const sessions = await oneInEach();
    const called = sessions.map(async (session) => {
      const params = { name: slow, arguments: { duration: 4, steps: 2 } };
      return (await session.ask('tools/call', params)).message;
    });
    const streams = await Promise.all(sessions.map(async (one) => eventsOf(await one.listen())));
    const [first = 0] = gateways();
    process.kill(first, 'SIGTERM');
    const ended = await Promise.race(streams.map(async ({ ended: over }, at) => [at, await over]));
    const gone = sessions[Number(ended[0])];
    if (!gone) throw new Error('no stream ended');
    for (const message of await Promise.all(called)) expect(message).toHaveProperty('result');
    await until('its sessions are gone', async () => {
      const { status } = await gone.ask('ping').catch(() => ({ status: 0 }));
      return status === 404;
    });
    await until('another runs in its place', () => gateways().length === workers);
    for (const session of sessions)
      if (session !== gone) expect((await session.ask('ping')).status).toBe(200);
    await Promise.all(streams.map(({ leave }) => leave()));
  });

  test('the sessions of one that was killed are gone, and its clients begin anew', async () => {
    const sessions = await oneInEach();
    const [first = 0] = gateways();
    process.kill(first, 'SIGKILL');
    await until('the sessions of one are gone, and those of the others are not', async () => {
      const now = await Promise.all(
        sessions.map(async (one) => (await one.ask('ping').catch(() => ({ status: 0 }))).status),
      );
      return (
        now.filter((status) => status === 404).length === 1 &&
        now.filter((status) => status === 200).length === workers - 1
      );
    });
    expect((await openRaw(raw())).id).not.toBe('');
  });
});

type Json = Readonly<Record<string, unknown>>;
