/** What servers offer, as the gateway keeps it: through errors, through lists of any size, and what an operator switches. */
import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test';
import { apiOf, expectProblem } from '../support/api.ts';
import { namedTool, paged, startListServer, type ListServer } from '../support/listServer.ts';
import { mcpClient, mcpGateway, type McpGateway } from '../support/mcp.ts';
import { until } from '../support/until.ts';

setDefaultTimeout(120_000);

let server: ListServer;
let gateway: McpGateway;
const ask = apiOf(() => gateway.url());

beforeEach(() => {
  server = startListServer();
});
afterEach(async () => {
  await gateway?.stop();
  await server.stop();
});

const start = async () => {
  gateway = await mcpGateway({ servers: { lists: { url: server.url } } });
  await gateway.connected('lists');
};
const listed = async (): Promise<{ name: string; hash: string; enabled: boolean }[]> =>
  (await ask('GET', '/api/mcp/servers/lists/tools')).json.data;
const names = async () => (await listed()).map(({ name }) => name);
const faults = async (): Promise<object[]> =>
  (await ask('GET', '/api/mcp/servers/lists/status')).json.list_faults;
const readAgain = async () => {
  const before = (await ask('GET', '/api/mcp/servers/lists/status')).json.ready_since;
  await ask('POST', '/api/mcp/servers/lists/connect');
  await until('it is connected anew', async () => {
    const { json } = await ask('GET', '/api/mcp/servers/lists/status');
    return json.state === 'ready' && json.ready_since !== before;
  });
};

test('a list that is refused stays as it was, and its server says why', async () => {
  server.answers.set('tools/list', paged('tools', [namedTool('a'), namedTool('b')], 1));
  server.answers.set('prompts/list', paged('prompts', [{ name: 'ask' }], 10));
  await start();
  expect(await names()).toEqual(['a', 'b']);
  expect(await faults()).toEqual([]);

  const error = { code: -32603, message: 'the database is away' };
  server.answers.set('tools/list', (cursor) =>
    cursor === undefined ? { result: { tools: [namedTool('c')], nextCursor: '1' } } : { error },
  );
  server.answers.set('prompts/list', () => ({ result: {} }));
  await readAgain();
  expect(await names()).toEqual(['a', 'b']);
  expect(await faults()).toMatchObject([
    { list: 'tools', reason: 'tools/list was refused: the database is away (-32603)' },
    { list: 'prompts', reason: 'prompts/list was answered without prompts' },
  ]);

  // Who knows nothing of prompts has none.
  server.answers.set('tools/list', paged('tools', [namedTool('c')], 10));
  server.answers.delete('prompts/list');
  await readAgain();
  expect(await names()).toEqual(['c']);
  expect(await faults()).toEqual([]);
  expect((await ask('GET', '/api/mcp/servers/lists')).json.prompts_count).toBe(0);
});

test('a catalog of thousands of tools with large schemas is there whole, also after a restart', async () => {
  const many = (text: string) =>
    Array.from({ length: 3_000 }, (_, n) =>
      namedTool(`tool-${n}`, { description: `${n === 7 ? text : ''}${'x'.repeat(2_000)}` }),
    );
  const before = many('before');
  server.answers.set('tools/list', paged('tools', before, 500));
  await start();
  const all = before.map(({ name }) => name);
  expect(await names()).toEqual(all);
  expect(await faults()).toEqual([]);
  const client = await mcpClient(`${gateway.url()}/mcp/lists`, 'legacy');
  const { tools } = await client.listTools();
  expect(tools.find(({ name }) => name === 'tool-2999')?.description).toHaveLength(2_000);

  const old = new Map((await listed()).map(({ name, hash }) => [name, hash]));
  const after = many('after').filter(({ name }) => name !== 'tool-9');
  server.answers.set('tools/list', paged('tools', [...after, namedTool('new')], 500));
  await readAgain();
  expect(await names()).toEqual([...all.filter((name) => name !== 'tool-9'), 'new']);
  const changed = (await listed()).filter(({ name, hash }) => old.get(name) !== hash);
  expect(changed.map(({ name }) => name)).toEqual(['tool-7', 'new']);
  const { json } = await ask('GET', '/api/mcp/servers/lists/changes?limit=2');
  const said = json.data.map(({ name, change }: Record<string, string>) => `${name} ${change}`);
  expect(said.toSorted()).toEqual(['new added', 'tool-7 changed', 'tool-9 removed']);

  await client.close();
  await gateway.restart();
  await gateway.connected('lists');
  expect(await names()).toHaveLength(3_000);
});

test('what is too large for any log is left out, named, and takes nothing else with it', async () => {
  const huge = namedTool('huge', { description: 'x'.repeat(300 * 1024) });
  server.answers.set('tools/list', paged('tools', [namedTool('a'), huge, namedTool('b')], 10));
  await start();
  expect(await names()).toEqual(['a', 'b']);
  expect(await faults()).toMatchObject([
    { list: 'tools', reason: 'huge: larger than 150 KiB, left out' },
  ]);
});

test('a list without an end is read up to a limit, and said to go on', async () => {
  let at = 0;
  server.answers.set('tools/list', () => {
    at += 1;
    return { result: { tools: [namedTool(`tool-${at}`)], nextCursor: 'again' } };
  });
  await start();
  expect(await names()).toEqual(['tool-1', 'tool-2']);
  expect(await faults()).toMatchObject([
    { reason: 'it goes on after 2 items: the rest is left out' },
  ]);
});

test('a tool of a server of the file is switched off and on by an operator, and stays so', async () => {
  server.answers.set('tools/list', paged('tools', [namedTool('a'), namedTool('b/c')], 10));
  gateway = await mcpGateway({ servers: { lists: { url: server.url, disabled_tools: ['a'] } } });
  await gateway.connected('lists');
  const offered = async () => {
    const client = await mcpClient(`${gateway.url()}/mcp`, 'legacy');
    const { tools } = await client.listTools();
    await client.close();
    return tools.map(({ name }) => name);
  };
  const put = (tool: string, body: object) =>
    ask('PUT', `/api/mcp/servers/lists/tools/${encodeURIComponent(tool)}`, body);
  const execute = () =>
    ask('POST', '/api/mcp/lists', {
      method: 'call_tool',
      params: { tool_name: 'b/c', arguments: {} },
    });
  expect((await execute()).status).toBe(200);
  expect((await put('b/c', { enabled: false })).json).toEqual({ name: 'b/c', enabled: false });
  expect((await put('a', { enabled: true })).json).toEqual({ name: 'a', enabled: true });
  expect(await offered()).toEqual(['lists_a']);
  expect((await execute()).status).toBe(404);
  expect((await ask('GET', '/api/mcp/servers/lists')).json.disabled_tools).toEqual(['b/c']);
  expectProblem(await put('nobody', { enabled: true }), 404, 'TOOL_NOT_FOUND');
  expectProblem(await put('a', { on: true }), 422, 'INVALID_BODY');

  await gateway.restart();
  await gateway.connected('lists');
  expect(await offered()).toEqual(['lists_a']);
  await put('b/c', { enabled: true });
  expect(await offered()).toHaveLength(2);
  expect((await execute()).status).toBe(200);
  await until('each switch is an event with who did it', async () => {
    const { json } = await ask('GET', '/api/events?type=McpToolSwitched');
    const said = json.data.map((event: { by: { kind: string }; data: Record<string, unknown> }) =>
      [event.by.kind, event.data['tool'], event.data['is_enabled']].join(' '),
    );
    return Bun.deepEquals(said, ['operator b/c false', 'operator a true', 'operator b/c true']);
  });
});

test('each connection that is opened for one client is traffic, with what came of it', async () => {
  server.answers.set('tools/list', paged('tools', [namedTool('a')], 10));
  await start();
  const opened = async () => {
    const { lastSequence } = await gateway.log.state('TRAFFIC');
    const messages = await gateway.log.readTraffic(0, lastSequence);
    return messages
      .flatMap(({ events }) => events)
      .flatMap((event) => (event.type === 'McpConnectionOpened' ? [event.data] : []));
  };
  const first = await mcpClient(`${gateway.url()}/mcp/lists`, 'legacy');
  await first.callTool({ name: 'a', arguments: {} });
  await first.callTool({ name: 'a', arguments: {} });
  await until('one is recorded', async () => (await opened()).length === 1);
  server.answers.set('initialize', () => ({ error: { code: -32603, message: 'it is full' } }));
  const second = await mcpClient(`${gateway.url()}/mcp/lists`, 'legacy');
  await second.callTool({ name: 'a', arguments: {} }).catch(() => undefined);
  await until('the other is recorded', async () => (await opened()).length === 2);
  const usual = { client: '', server: 'lists', backend: '', transport: 'http' };
  expect(await opened()).toMatchObject([
    { ...usual, isOpen: true, error: '' },
    { ...usual, isOpen: false, error: 'it refused to begin: it is full' },
  ]);
  await first.close();
  await second.close();
});
