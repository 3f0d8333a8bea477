/** Whose the conversations of the built-in MCP server are, who may use it, and how it is switched off. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiOf, expectProblem } from '../support/api.ts';
import {
  bearer,
  builtInGateway,
  builtInServer as server,
  builtInTools,
  jsonOf,
  textOf,
  walkers,
  type BuiltInGateway,
} from '../support/builtIn.ts';
import { readConfig } from '../../server/config.ts';
import { testGateway } from '../support/gateway.ts';
import { startProxied } from '../support/proxied.ts';
import { streams } from '../support/talking.ts';
import { until } from '../support/until.ts';

let folder: string;
let gateway: BuiltInGateway;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-users-'));
  const users = join(folder, 'users.json');
  const everything = { name: 'all', allowed_tools: ['*'] };
  const some = { name: 'some', allowed_tools: [`${server}_get_*`] };
  await writeFile(users, JSON.stringify({ ann: everything, bob: everything, cat: some }));
  gateway = await builtInGateway({
    MCP_API_KEYS: 'sk-ann:ann,sk-bob:bob,sk-cat:cat,sk-dan:dan',
    MCP_USERS_PATH: users,
  });
});
afterAll(async () => {
  await gateway.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => gateway.vendor.does(streams('Hel', 'lo')));

const walk = (key: string, path = `/mcp/${server}`) => {
  const connect = walkers['SDK 2 without a session'];
  if (!connect) throw new Error('there is no such client');
  return connect(`${gateway.url()}${path}`, key === '' ? {} : bearer(key));
};

test('what one client says, another neither lists nor reads nor goes on with', async () => {
  const [ann, bob] = await Promise.all([walk('sk-ann'), walk('sk-bob')]);
  const { conversation_id } = jsonOf(await ann.call('send_message', { message: 'Mine' })).data;
  const listed = jsonOf(await bob.call('get_conversations'));
  expect(JSON.stringify(listed)).not.toContain(conversation_id);
  for (const name of ['send_message', 'get_conversation_history']) {
    const refused = await bob.call(name, { conversation_id, message: 'Yours?' });
    expect(textOf(refused)).toContain('CONVERSATION_NOT_FOUND');
  }
  // The same conversation over REST.
  const rest = await apiOf(gateway.url, bearer('sk-ann'))(
    'GET',
    `/api/conversations/${conversation_id}/messages`,
  );
  expect(rest.json.data).toHaveLength(2);
  await Promise.all([ann.close(), bob.close()]);
});

test('who may use some of its tools sees those, who may use none does not see it', async () => {
  const cat = await walk('sk-cat');
  expect((await cat.tools()).map(({ name }) => name)).toEqual(builtInTools.slice(1, 3));
  await expect(cat.call('send_message', { message: 'Hi' })).rejects.toThrow('Unknown tool');
  await cat.close();
  await expect(walk('sk-dan')).rejects.toThrow();
  const dan = await walk('sk-dan', '/mcp');
  expect(await dan.tools()).toEqual([]);
  await dan.close();
});

test('a client that may do one thing at a time can send a message', async () => {
  const keys = await gateway.operator('GET', '/api/keys');
  const ann = keys.json.data.find((key: { client_id: string }) => key.client_id === 'ann');
  const limits = { max_concurrent: 1, requests_per_minute: 600 };
  await gateway.operator('PATCH', `/api/keys/${ann.id}`, limits);
  const walker = await walk('sk-ann');
  expect(jsonOf(await walker.call('send_message', { message: 'Hi' })).success).toBe(true);
  await walker.close();
});

test('it is called over REST, is listed there, and each call is on record without what was said', async () => {
  await gateway.operator('PATCH', '/api/settings/record_tool_calls', { value: true });
  const ann = apiOf(gateway.url, bearer('sk-ann'));
  const servers = await ann('GET', '/api/servers');
  expect(JSON.stringify(servers.json)).toContain(server);
  const tools = await ann('GET', '/api/mcp/tools');
  expect(JSON.stringify(tools.json)).toContain(`${server}_send_message`);
  const sent = await ann('POST', `/api/mcp/${server}`, {
    method: 'call_tool',
    params: { tool_name: 'send_message', arguments: { message: 'canary-in-a-call' } },
  });
  expect(sent.status).toBe(200);
  expect(sent.text).toContain('Hello');
  await gateway.projected();
  const calls = await found(async () => {
    const { json } = await ann('GET', `/api/mcp/calls?server=${server}&tool=send_message`);
    return json.data.find((call: { via: string }) => call.via === 'rest');
  });
  expect(calls).toMatchObject({ client: 'ann', outcome: 'completed', is_error: false });
  const body = await gateway.operator('GET', `/api/mcp/calls/${calls.id}/body`);
  expect(body.status).toBe(404);
  await gateway.operator('DELETE', '/api/settings/record_tool_calls');
});

/** What it finds, once it finds something. */
async function found<T>(find: () => Promise<T | undefined>): Promise<T> {
  let one: T | undefined;
  await until('it is found', async () => (one = await find()) !== undefined);
  if (one === undefined) throw new Error('it is not there');
  return one;
}

test('what was said to it is gone from every file once the conversation is erased', async () => {
  const connect = walkers['SDK 2 in a session'];
  if (!connect) throw new Error('there is no such client');
  const walker = await connect(`${gateway.url()}/mcp`, bearer('sk-bob'));
  const canary = 'canary-4712-Zimtschnecke';
  gateway.vendor.does(streams(`${canary} `, 'answered'));
  const heard: unknown[] = [];
  const sent = await walker.call(
    `${server}_send_message`,
    { message: `${canary} asked`, system_prompt: `${canary} told` },
    { onprogress: (one) => void heard.push(one) },
  );
  const { content, conversation_id } = jsonOf(sent).data;
  expect(content).toContain(canary);
  const bob = apiOf(gateway.url, bearer('sk-bob'));
  expect((await bob('DELETE', `/api/conversations/${conversation_id}`)).status).toBe(204);
  await gateway.projected();
  for (const root of [gateway.dataDir, gateway.nats.folder])
    for (const one of await readdir(root, { recursive: true, withFileTypes: true })) {
      if (!one.isFile()) continue;
      const bytes = await readFile(join(one.parentPath, one.name));
      expect([one.name, bytes.includes(canary)]).toEqual([one.name, false]);
    }
  expect(
    textOf(await walker.call(`${server}_get_conversation_history`, { conversation_id })),
  ).toMatch(/^CONVERSATION_NOT_FOUND/);
  await walker.close();
});

test('an operator switches it off and on, and cannot remove it', async () => {
  const path = `/api/mcp/servers/${server}`;
  const shown = await gateway.operator('GET', path);
  expect(shown.json).toMatchObject({
    source: 'built-in',
    transport: 'built-in',
    status: 'enabled',
    tools_count: 4,
    era: 'modern',
  });
  expectProblem(await gateway.operator('DELETE', path), 422, 'INVALID');
  expect((await gateway.operator('POST', `${path}/disconnect`)).status).toBeLessThan(300);
  await expect(walk('sk-ann')).rejects.toThrow();
  const all = await walk('sk-ann', '/mcp');
  expect(await all.tools()).toEqual([]);
  // What an operator switched off stays so when the gateway starts again.
  await gateway.restart();
  expect((await gateway.operator('GET', path)).json.status).toBe('disabled');
  expect((await gateway.operator('POST', `${path}/connect`)).status).toBeLessThan(300);
  await gateway.ready();
  const own = await walk('sk-ann');
  expect(await own.tools()).toHaveLength(4);
  await own.close();
});

test('a file may name another server so, where that came first', async () => {
  expect(readConfig({ DATA_DIR: folder }).hasBuiltInMcp).toBe(true);
  const MCP_CONFIG_PATH = join(folder, 'mcp.json');
  const mcpServers = { [server]: { url: 'http://127.0.0.1:9/mcp' } };
  await writeFile(MCP_CONFIG_PATH, JSON.stringify({ mcpServers }));
  // Here the gateway's own came first.
  await gateway.restart({ MCP_CONFIG_PATH });
  expect(gateway.output()).toContain('the gateway has this one itself');
  const first = await testGateway({ env: { MCP_BUILT_IN: 'true', MCP_CONFIG_PATH } });
  try {
    const { json } = await apiOf(first.url)('GET', `/api/mcp/servers/${server}`);
    expect(json).toMatchObject({ source: 'file', transport: 'http' });
    expect(first.output()).toContain('the built-in one is not there');
  } finally {
    await first.stop();
  }
  await gateway.restart();
});

test('a variable leaves it out, and brings it back', async () => {
  const path = `/api/mcp/servers/${server}`;
  await gateway.restart({ MCP_BUILT_IN: 'false' });
  expect((await gateway.operator('GET', path)).status).toBe(404);
  await expect(walk('sk-ann')).rejects.toThrow();
  await gateway.restart();
  await gateway.ready();
  const own = await walk('sk-ann');
  expect(await own.tools()).toHaveLength(4);
  await own.close();
  // Its name is free.
  const MCP_CONFIG_PATH = join(folder, 'mcp.json');
  await gateway.restart({ MCP_BUILT_IN: 'false', MCP_CONFIG_PATH });
  expect((await gateway.operator('GET', path)).json.source).toBe('file');
});

test('an open gateway has conversations of nobody in particular, and takes any token', async () => {
  const open = await startProxied({
    keys: { openai: ['k'] },
    env: { MCP_BUILT_IN: 'true', CLAUDE_MODEL: 'gpt-5' },
    script: streams('Hel', 'lo'),
  });
  try {
    const api = apiOf(open.url);
    await until('it is connected', async () => {
      const { json } = await api('GET', `/api/mcp/servers/${server}`);
      return json.connection?.state === 'ready';
    });
    const walker = await walkers['SDK 1']!(`${open.url()}/mcp`, {});
    const call = (name: string, args: object) =>
      walker.call(`${server}_${name}`, { access_token: 'any', ...args });
    const { conversation_id } = jsonOf(await call('send_message', { message: 'Hi' })).data;
    expect(jsonOf(await call('get_conversations', {}))).toMatchObject([{ id: conversation_id }]);
    const shown = await api('GET', `/api/conversations/${conversation_id}`);
    expect(shown.json.owner).toBe('');
    await walker.close();
  } finally {
    await open.stop();
  }
});
