/** Sessions of clients: whose they are, how they end, and how a stream that was cut goes on. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { apiOf, loggedIn, type Api } from '../support/api.ts';
import { everything, mcpGateway, type McpGateway } from '../support/mcp.ts';
import { eventsOf, hello, openRaw, rawSession } from '../support/mcpRaw.ts';
import { shells, shellServer } from '../support/shellServer.ts';
import { until } from '../support/until.ts';

setDefaultTimeout(60_000);

const mark = `signalbox-sessions-${crypto.randomUUID()}`;
let gateway: McpGateway;
let api: Api;
const as = (key: string, path = '/mcp') => ({
  url: `${gateway.url()}${path}`,
  headers: { 'x-api-key': key },
});
const change = async (name: string, value: unknown) => {
  const { status } = await api('PATCH', `/api/settings/${name}`, { value });
  expect(status).toBe(200);
};
const reset = (name: string) => api('DELETE', `/api/settings/${name}`);

beforeAll(async () => {
  gateway = await mcpGateway({
    servers: { everything, shell: shellServer(mark) },
    env: { MCP_API_KEYS: 'key-of-ann:ann,key-of-bob:bob', MIDDLEWARE_PASSWORD: 'a-long-password' },
  });
  api = apiOf(gateway.url, await loggedIn(gateway.url, 'a-long-password'));
  await until('both servers are there', async () => {
    const { json: page } = await api('GET', '/api/actors/mcp-connection');
    return page.data.filter(({ status }: { status: string }) => status === 'ready').length === 2;
  });
});
afterAll(() => gateway?.stop());

test('A session is of the client that opened it, and of its view: to all others it is not there', async () => {
  const own = await openRaw(as('key-of-ann'));
  expect((await own.ask('ping')).status).toBe(200);
  const others = [
    rawSession(own.id, as('key-of-bob')),
    rawSession(own.id, as('key-of-ann', '/mcp/everything')),
    rawSession(`${own.id.slice(0, -4)}0000`, as('key-of-ann')),
    rawSession('not-an-id-of-ours', as('key-of-ann')),
  ];
  for (const other of others) {
    expect(await other.ask('tools/list')).toMatchObject({
      status: 404,
      message: { error: { code: -32001, message: 'Session not found' } },
    });
    expect((await other.listen()).status).toBe(404);
    expect((await other.listen('g1-1')).status).toBe(404);
    expect((await other.end()).status).toBe(404);
  }
  expect((await own.ask('ping')).status).toBe(200);
});

test('DELETE ends it: its streams, the program that served it, and itself', async () => {
  const { running } = shells(mark, process.pid);
  const session = await openRaw(as('key-of-ann'));
  const stream = eventsOf(await session.listen());
  const { message } = await session.ask('tools/call', { name: 'shell_pid', arguments: {} });
  const pid = Number(JSON.stringify(message).match(/"text":"(\d+)"/)?.[1]);
  expect(running).not.toContain(pid);
  expect(shells(mark, process.pid).running).toContain(pid);
  expect((await session.end()).status).toBe(200);
  expect(await stream.ended).toBe('ended');
  expect((await session.ask('ping')).status).toBe(404);
  await until('its program is gone', () => !shells(mark, process.pid).running.includes(pid));
});

test('A client has so many sessions and no more, and is told why', async () => {
  const mine = await openRaw(as('key-of-bob'));
  await change('mcp_sessions_per_client', 1);
  const refused = await rawSession('', as('key-of-bob')).send(hello);
  expect(refused.status).toBe(429);
  expect(await refused.text()).toContain('mcp_sessions_per_client');
  await mine.end();
  await (await openRaw(as('key-of-bob'))).end();
  await reset('mcp_sessions_per_client');
});

test('One that is silent ends, and one with an open stream does not', async () => {
  const silent = await openRaw(as('key-of-ann'));
  const open = await openRaw(as('key-of-ann'));
  const stream = eventsOf(await open.listen());
  await change('mcp_session_idle_ms', 300);
  await until('the silent one is gone', async () => {
    const { json } = await api('GET', '/api/mcp/sessions');
    return !json.data.some(({ id }: { id: string }) => silent.id.startsWith(id));
  });
  expect((await silent.ask('ping')).status).toBe(404);
  expect((await open.ask('ping')).status).toBe(200);
  await reset('mcp_session_idle_ms');
  await stream.leave();
});

test('Operators see them, and not enough of their ids to use one', async () => {
  const session = await openRaw(as('key-of-bob', '/mcp/everything'));
  const stream = eventsOf(await session.listen());
  const { json } = await api('GET', '/api/mcp/sessions');
  const shown = json.data.find(({ id }: { id: string }) => session.id.startsWith(id));
  expect(shown).toMatchObject({
    client: 'bob',
    client_info: { name: 'by hand', version: '1' },
    server: 'everything',
    protocol_version: '2025-11-25',
    streams: 1,
    under_way: 0,
  });
  expect(JSON.stringify(json)).not.toContain(session.id);
  const { text } = await api('GET', '/metrics');
  expect(text).toMatch(/^signalbox_mcp_sessions(\{[^}]*\})? [1-9]/m);
  await stream.leave();
  await session.end();
});

test('A long call that is cut in the middle goes on where it was: each message once, in order', async () => {
  const session = await openRaw(as('key-of-ann'));
  const cut = new AbortController();
  const call = {
    jsonrpc: '2.0',
    id: 7,
    method: 'tools/call',
    params: {
      name: 'everything_trigger-long-running-operation',
      arguments: { duration: 2, steps: 10 },
      _meta: { progressToken: 'far' },
    },
  };
  const first = await session.send(call, cut.signal);
  expect(first.headers.get('x-accel-buffering')).toBe('no');
  const before = eventsOf(first);
  await before.until((events) => events.length > 3);
  const got = [...before.items];
  cut.abort();
  expect(await before.ended).toBe('broken');
  const second = new AbortController();
  const again = eventsOf(await session.listen(got.at(-1)?.id, second.signal));
  await again.until((events) => events.length > 1);
  got.push(...again.items);
  second.abort();
  await again.ended;
  const last = eventsOf(await session.listen(got.at(-1)?.id));
  expect(await last.ended).toBe('ended');
  got.push(...last.items);
  const progress = got.flatMap(({ data }) => {
    const told = data['params'] as { progress?: number } | undefined;
    return data['method'] === 'notifications/progress' ? [told?.progress] : [];
  });
  expect(progress).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(got.at(-1)?.data).toMatchObject({ id: 7, result: { content: [{ type: 'text' }] } });
  expect(new Set(got.map(({ id }) => id)).size).toBe(got.length);
  // From the start once more: all of it, and the end.
  const whole = eventsOf(await session.listen(got[0]?.id));
  expect(await whole.ended).toBe('ended');
  expect(whole.items.map(({ id }) => id)).toEqual(got.slice(1).map(({ id }) => id));
  expect((await session.listen('p99-1')).status).toBe(400);
  await session.end();
});

test('A request that is cancelled gets no answer, and its stream ends for good', async () => {
  const session = await openRaw(as('key-of-ann'));
  const name = 'everything_trigger-long-running-operation';
  const response = await session.send({
    jsonrpc: '2.0',
    id: 'slow',
    method: 'tools/call',
    params: { name, arguments: { duration: 30, steps: 3 } },
  });
  const stream = eventsOf(response);
  await stream.until((events) => events.length > 0);
  const told = await session.send({
    jsonrpc: '2.0',
    method: 'notifications/cancelled',
    params: { requestId: 'slow' },
  });
  expect(told.status).toBe(202);
  expect(await stream.ended).toBe('ended');
  expect(stream.items).toHaveLength(1);
  // A client that takes the end for a cut one comes back, and is not kept waiting.
  const again = await session.listen(stream.lastId());
  expect(again.status).toBe(400);
  await session.end();
});
