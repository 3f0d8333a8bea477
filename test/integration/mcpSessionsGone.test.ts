/** A thousand clients that are gone without a word: nothing of them is left, neither a program nor a descriptor. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { apiOf, type Api } from '../support/api.ts';
import { mcpClient, mcpGateway, type McpGateway } from '../support/mcp.ts';
import { openRaw } from '../support/mcpRaw.ts';
import { shells, shellServer } from '../support/shellServer.ts';
import { until } from '../support/until.ts';

setDefaultTimeout(60_000);

const sessions = 1_000;
/** As many at once: each has two sockets, a program and three pipes. */
const atOnce = 50;
const mark = `signalbox-gone-${crypto.randomUUID()}`;
let gateway: McpGateway;
let api: Api;
const descriptors = () => readdirSync('/proc/self/fd').length;
const running = () => shells(mark, process.pid).running.length;
const gauge = async (name: string): Promise<number> => {
  const { text } = await api('GET', '/metrics');
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)`, 'm').exec(text)?.[1]);
};

beforeAll(async () => {
  gateway = await mcpGateway({ servers: { shell: shellServer(mark) } });
  api = apiOf(gateway.url);
  await gateway.connected('shell');
});
afterAll(() => gateway?.stop());

/** A socket of its own that is held open, and destroyed without a word. */
async function rawSocket(head: readonly string[]): Promise<Socket> {
  const { hostname, port } = new URL(gateway.url());
  const socket = connect(Number(port), hostname);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('error', reject);
  socket.once('data', () => resolve());
  socket.write(`${head.join('\r\n')}\r\nhost: ${hostname}:${port}\r\n\r\n`);
  await promise;
  socket.on('error', () => {});
  return socket;
}

async function listening(): Promise<Socket> {
  const session = await openRaw({ url: `${gateway.url()}/mcp` });
  await session.ask('tools/call', { name: 'shell_pid', arguments: {} });
  return rawSocket([
    'GET /mcp HTTP/1.1',
    'accept: text/event-stream',
    `mcp-session-id: ${session.id}`,
    'mcp-protocol-version: 2025-11-25',
  ]);
}

test('1,000 sessions whose sockets are destroyed leave no program, no descriptor and no memory', async () => {
  await api('PATCH', '/api/settings/mcp_session_gone_ms', { value: 500 });
  const wave = () => Promise.all(Array.from({ length: atOnce }, listening));
  // What the first ones cause once and for all is not counted: connections of the test that are kept.
  for (const socket of await wave()) socket.destroy();
  await until('the first are gone', async () => (await gauge('signalbox_mcp_sessions')) === 0);
  await until('their programs are gone', () => running() === 1);
  await until('each was reaped', () => shells(mark, process.pid).zombies.length === 0);
  Bun.gc(true);
  const before = { descriptors: descriptors(), bytes: process.memoryUsage.rss() };

  const held: Socket[] = [];
  let most = 0;
  for (let begun = 0; begun < sessions; begun += atOnce) {
    held.push(...(await wave()));
    most = Math.max(most, await gauge('signalbox_mcp_sessions'));
  }
  expect(most).toBe(sessions);
  expect(running()).toBe(sessions + 1);
  for (const socket of held) socket.destroy();

  await until(
    'all sessions are gone',
    async () => (await gauge('signalbox_mcp_sessions')) === 0,
    20_000,
  );
  await until('all programs but the own one are gone', () => running() === 1, 20_000);
  await until('each was reaped', () => shells(mark, process.pid).zombies.length === 0);
  expect(await gauge('signalbox_mcp_client_connections')).toBe(0);
  expect(await gauge('signalbox_mcp_session_bytes')).toBe(0);
  await until('all descriptors are closed', () => descriptors() <= before.descriptors + 16);
  // The test's own half of the sockets and answers is in it; pages are given back a while after they are free.
  const grownBytes = () => {
    Bun.gc(true);
    return process.memoryUsage.rss() - before.bytes;
  };
  await until('memory is back', () => grownBytes() < 120 * 1024 * 1024, 20_000);
});

test('A connection that a client without sessions caused ends once it is idle', async () => {
  const client = await mcpClient(`${gateway.url()}/mcp`, 'modern');
  await client.callTool({ name: 'shell_pid', arguments: {} });
  expect(await gauge('signalbox_mcp_client_connections')).toBe(1);
  await api('PATCH', '/api/settings/mcp_session_idle_ms', { value: 200 });
  await until('it is closed', async () => (await gauge('signalbox_mcp_client_connections')) === 0);
  await until('its program is gone', () => running() === 1);
  const again = await client.callTool({ name: 'shell_pid', arguments: {} });
  expect(again.isError).not.toBe(true);
  await api('DELETE', '/api/settings/mcp_session_idle_ms');
  await client.close();
});
