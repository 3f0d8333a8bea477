/** The built-in MCP server as a program on stdio, walked by the official clients of both lines. */
import { beforeEach, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { freePort } from '../support/freePort.ts';
import { apiOf } from '../support/api.ts';
import {
  bearer,
  builtInGateway,
  builtInServer as server,
  builtInTools,
  jsonOf,
  walkerOf,
  type Told,
  type Walker,
} from '../support/builtIn.ts';
import { byHand, streams } from '../support/talking.ts';
import { until } from '../support/until.ts';
import { stoppedAfterAll } from '../support/endings.ts';

const root = join(import.meta.dir, '../..');
const identity = { name: 'test', version: '1' };
type Program = Readonly<{ command: string; args: string[]; cwd: string }>;

const script: Program = {
  command: process.execPath,
  args: [join(root, 'scripts/mcpStdio.ts')],
  cwd: root,
};
/** As the guide of the server has it. */
const python: Program = { command: 'python3', args: ['claude-api-gateway_server.py'], cwd: root };

const gateway = stoppedAfterAll(() => builtInGateway({ PORT: String(freePort()) }));
beforeEach(() => gateway.vendor.does(streams('Hel', 'lo')));

const envOf = (key: string, url = gateway.url()) => ({
  PATH: process.env['PATH'] ?? '',
  HOME: process.env['HOME'] ?? '',
  SIGNALBOX_URL: url,
  SIGNALBOX_CLIENT_KEY: key,
});
type Start = (program: Program, env: Record<string, string>) => Promise<Walker>;
const line2 =
  (pin?: '2026-07-28'): Start =>
  async (program, env) => {
    const client = new Client(identity, pin && { versionNegotiation: { mode: { pin } } });
    await client.connect(new StdioClientTransport({ ...program, env }));
    return walkerOf(client);
  };
const line1: Start = async (program, env) => {
  const client = new Client1(identity);
  await client.connect(new Transport1({ ...program, env }));
  return walkerOf(client);
};

describe.each([
  ['SDK 2 of the older era', line2()],
  ['SDK 2 of the newer era', line2('2026-07-28')],
  ['SDK 1', line1],
] as const)('%s', (_name, start) => {
  test('walks it under its prefixed names', async () => {
    const walker = await start(script, envOf('sk-ann'));
    const names = (await walker.tools()).map(({ name }) => name);
    expect(names).toEqual(builtInTools.map((name) => `${server}_${name}`));
    const call = (name: string, args = {}) => walker.call(`${server}_${name}`, args);
    const { conversation_id } = jsonOf(await call('send_message', { message: 'Hi' })).data;
    const history = jsonOf(await call('get_conversation_history', { conversation_id }));
    expect(history.map((one: { content: string }) => one.content)).toEqual(['Hi', 'Hello']);
    const [newest] = jsonOf(await call('get_conversations'));
    expect(newest).toMatchObject({ id: conversation_id, title: 'Hi', message_count: 2 });
    expect(jsonOf(await call('health_check')).status).toBe('healthy');
    expect((await walker.resources()).map(({ uri }) => uri)).toEqual([`mcp://${server}/metrics`]);
    const [metrics] = await walker.read(`mcp://${server}/metrics`);
    expect((metrics as { text: string }).text).toContain('total_conversations');
    await walker.close();
  });

  test('hears the text as it is written, and can end it', async () => {
    const { script: byHandScript, opened } = byHand();
    gateway.vendor.does(byHandScript);
    const walker = await start(script, envOf('sk-ann'));
    const told: Told[] = [];
    const leave = new AbortController();
    const options = {
      signal: leave.signal,
      onprogress(one: Told) {
        told.push(one);
        if (told.length === 2) leave.abort('enough');
      },
    };
    const answer = walker.call(`${server}_send_message`, { message: 'Count' }, options).then(
      () => 'answered',
      () => 'cancelled',
    );
    await until('the vendor is asked', () => opened.length === 1);
    await opened[0]?.say('One, ');
    await until('it is told', () => told.length === 1);
    await opened[0]?.say('two');
    expect(await answer).toBe('cancelled');
    expect(told.map(({ message }) => message).join('')).toBe('One, two');
    await opened[0]?.arrived.closed;
    await walker.close();
  });
});

test('it answers all that was piped into it before it ends', async () => {
  const message = { message: 'Hi' };
  const asked = [
    {
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', clientInfo: identity },
    },
    { id: 2, method: 'tools/list' },
    { id: 3, method: 'tools/call', params: { name: `${server}_send_message`, arguments: message } },
  ].map((request) => JSON.stringify({ jsonrpc: '2.0', ...request }));
  const program = Bun.spawn([script.command, ...script.args], {
    cwd: script.cwd,
    env: envOf('sk-ann'),
    stdin: Buffer.from(asked.join('\n')),
  });
  const told = (await new Response(program.stdout).text()).trim().split('\n');
  expect(await program.exited).toBe(0);
  const answers = told.map((line) => JSON.parse(line)).filter(({ id }) => id !== undefined);
  expect(new Set(answers.map(({ id }) => id))).toEqual(new Set([1, 2, 3]));
  expect(JSON.stringify(answers.find(({ id }) => id === 3))).toContain('Hello');
});

test('it starts by the command of the guide', async () => {
  const walker = await line1(python, envOf('sk-bob'));
  const sent = jsonOf(await walker.call(`${server}_send_message`, { message: 'Hi' }));
  expect(sent.data.content).toBe('Hello');
  const bob = apiOf(gateway.url, bearer('sk-bob'));
  const { json } = await bob('GET', `/api/conversations/${sent.data.conversation_id}`);
  expect(json.owner).toBe('bob');
  await walker.close();
});

test('it goes on with a gateway that was started anew', async () => {
  const walker = await line1(script, envOf('sk-ann', gateway.url()));
  await walker.tools();
  await gateway.restart();
  await gateway.ready();
  expect(await walker.tools()).toHaveLength(builtInTools.length);
  await walker.close();
});

test('it says what is wrong with the key, or with the address', async () => {
  await expect(line1(script, envOf('sk-wrong'))).rejects.toThrow('SIGNALBOX_CLIENT_KEY');
  const nobody = `http://127.0.0.1:${freePort()}`;
  await expect(line1(script, envOf('sk-ann', nobody))).rejects.toThrow('start it');
});
