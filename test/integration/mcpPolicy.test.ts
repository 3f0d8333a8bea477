/** What a client may use of MCP servers: the same on /mcp and over REST. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { everything, mcpClient, mcpGateway, type McpGateway } from '../support/mcp.ts';
import { until } from '../support/until.ts';

setDefaultTimeout(60_000);

const prefix = '3434dc5d-349b-401c-8071-7589df9a0bce';
let gateway: McpGateway;
let folder: string;
const users = {
  all: { name: 'All', allowed_tools: ['*'] },
  some: { name: 'Some', allowed_tools: ['one_echo', 'one_get-*'] },
  none: { name: 'None', allowed_tools: [] },
};
const writeUsers = (named: object) => writeFile(join(folder, 'users.json'), JSON.stringify(named));

const rest = async (key: string, method: string, path: string, body?: unknown) => {
  const response = await fetch(`${gateway.url()}${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer key-${key}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
};
const rpc = async (key: string, method: string, params: object = {}, path = '/mcp') => {
  const body = { jsonrpc: '2.0', id: 1, method, params };
  const { status, json } = await rest(key, 'POST', `/${prefix}${path}`, body);
  return { status, ...json } as Readonly<{
    status: number;
    result?: Record<string, unknown>;
    error?: { code: number; message: string };
  }>;
};
const namesOf = async (key: string, method: string, field: string): Promise<unknown[]> => {
  const { result } = await rpc(key, method);
  return ((result?.[field] ?? []) as { name: string }[]).map(({ name }) => name);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-users-'));
  await writeUsers(users);
  const cached = { tool_settings: { echo: { cache_seconds: 60 } }, max_concurrent: 4 };
  gateway = await mcpGateway({
    servers: { one: { ...everything, ...cached }, two: everything },
    env: {
      MCP_API_KEYS: 'key-all:all,key-some:some,key-none:none,key-unlisted:unlisted',
      MCP_USERS_PATH: join(folder, 'users.json'),
      MCP_PATH_PREFIX: prefix,
    },
  });
  await until('both servers are healthy', async () => {
    const { json } = await rest('all', 'GET', '/api/mcp/status');
    return (json['servers'] as { healthy: number }).healthy === 2;
  });
});
afterAll(async () => {
  await gateway?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('a client that may use some tools', () => {
  test('sees those alone, on /mcp and over REST', async () => {
    const seen = await namesOf('some', 'tools/list', 'tools');
    expect(seen).toContain('one_echo');
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.filter((name) => !/^one_(echo$|get-)/.test(String(name)))).toEqual([]);
    const { json } = await rest('some', 'GET', '/api/mcp/tools');
    const listed = (json['data'] as { id: string }[]).map(({ id }) => id);
    expect(listed.toSorted()).toEqual(seen.map(String).toSorted());
    const servers = await rest('some', 'GET', '/api/servers');
    expect(servers.json['servers']).toMatchObject([{ name: 'one', tools_count: seen.length }]);
  });

  test('calls those, and no other', async () => {
    const given = { message: 'hi' };
    const mine = await rpc('some', 'tools/call', { name: 'one_echo', arguments: given });
    expect(mine.result?.['content']).toMatchObject([{ text: 'Echo: hi' }]);
    const other = await rpc('some', 'tools/call', { name: 'two_echo', arguments: given });
    expect(other.error).toMatchObject({ code: -32602, message: 'Unknown tool: two_echo' });
    const call = { method: 'call_tool', params: { name: 'echo', arguments: given } };
    expect((await rest('some', 'POST', '/api/mcp/one', call)).status).toBe(200);
    expect((await rest('some', 'POST', '/api/mcp/two', call)).status).toBe(404);
    expect((await rest('some', 'POST', '/api/mcp/tools/two_echo/execute', given)).status).toBe(404);
  });

  test('sees resources and prompts of the servers of its tools alone', async () => {
    const own = await namesOf('some', 'prompts/list', 'prompts');
    expect(own.length).toBeGreaterThan(0);
    expect(own.every((name) => String(name).startsWith('one_'))).toBe(true);
    const prompt = await rpc('some', 'prompts/get', { name: 'two_simple-prompt' });
    expect(prompt.error?.code).toBe(-32602);
    expect((await rpc('some', 'tools/list', {}, '/mcp/two')).status).toBe(404);
    const { result } = await rpc('all', 'resources/list');
    const second = ((result?.['resources'] ?? []) as { uri: string }[]).find(({ uri }) =>
      uri.startsWith('mcp+two:'),
    );
    const read = await rpc('some', 'resources/read', { uri: second?.uri });
    expect(read.error?.code).toBe(-32002);
  });

  test.each(['none', 'unlisted'])(
    'is another one than the client "%s", who has no tool',
    async (key) => {
      expect(await namesOf(key, 'tools/list', 'tools')).toEqual([]);
      const call = { name: 'one_echo', arguments: { message: 'x' } };
      expect((await rpc(key, 'tools/call', call)).error?.code).toBe(-32602);
      expect((await rest(key, 'GET', '/api/servers')).json).toEqual({ servers: [] });
    },
  );
});

describe('the list of users', () => {
  test('is read again when it changes, and a broken one changes nothing', async () => {
    await writeFile(join(folder, 'users.json'), '{"none": 7}');
    await until('the fault is in the log', () =>
      Promise.resolve(gateway.output().includes('stays as it was')),
    );
    expect((await namesOf('all', 'tools/list', 'tools')).length).toBeGreaterThan(10);
    await writeUsers({ ...users, none: { allowed_tools: ['two_echo'] } });
    await until('the client has a tool', async () => {
      const names = await namesOf('none', 'tools/list', 'tools');
      return names.length === 1 && names[0] === 'two_echo';
    });
    await writeUsers(users);
  });
});

describe('arguments that do not fit', () => {
  const call = { name: 'one_echo', arguments: { message: 7 } };

  test('are told in a result to clients of the newest revisions', async () => {
    const { result } = await rpc('all', 'tools/call', call);
    expect(result).toMatchObject({ isError: true });
    expect(JSON.stringify(result)).toContain('message must be string');
    const client = await mcpClient(`${gateway.url()}/${prefix}/mcp`, 'modern', {
      authorization: 'Bearer key-all',
    });
    const modern = await client.callTool(call);
    expect(modern).toMatchObject({ isError: true });
    await client.close();
  });
});

describe('a result that is kept', () => {
  const echo = (key: string, message: string) =>
    rest(key, 'POST', '/api/mcp/tools/one_echo/execute', { message });

  test('serves its own client again, and no other', async () => {
    expect((await echo('all', 'kept')).json).toMatchObject({ cached: false });
    expect((await echo('all', 'kept')).json).toMatchObject({
      cached: true,
      result: [{ type: 'text', text: 'Echo: kept' }],
    });
    expect((await echo('all', 'other')).json).toMatchObject({ cached: false });
    expect((await echo('some', 'kept')).json).toMatchObject({ cached: false });
  });
});

describe('what is too much', () => {
  test('a message that nests too deep is refused', async () => {
    const deep = `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":${'['.repeat(200)}${']'.repeat(200)}}`;
    const response = await fetch(`${gateway.url()}/${prefix}/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'key-all' },
      body: deep,
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('deeper than 100 levels');
  });

  test('a name that is too long is refused', async () => {
    const { error } = await rpc('all', 'tools/call', { name: 'x'.repeat(300) });
    expect(error).toEqual({
      code: -32602,
      message: 'Invalid params: name is longer than 256 characters',
    });
  });
});

describe('a path of its own', () => {
  test('is the only one that MCP is at, and is written nowhere', async () => {
    const { status } = await rest('all', 'POST', '/mcp', {});
    expect(status).toBe(404);
    expect((await rpc('all', 'ping')).status).toBe(200);
    expect(gateway.output()).not.toContain(prefix);
    const read = async (path: string) => (await fetch(`${gateway.url()}${path}`)).text();
    for (const path of ['/docs/json', '/metrics', '/health'])
      expect(await read(path)).not.toContain(prefix);
  });
});
