/** Backends that keep sessions: who stays where, who moves, and what becomes of a backend that is not named any more. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { testBackend, type TestBackend } from '../support/backends.ts';
import { mcpClient, mcpGateway, type McpGateway } from '../support/mcp.ts';
import { callText } from '../support/mcpProgram.ts';
import { until } from '../support/until.ts';

setDefaultTimeout(120_000);

const folder = await mkdtemp(join(tmpdir(), 'signalbox-backends-'));
const ledger = join(folder, 'carried-out');
let primary: TestBackend;
let secondary: TestBackend;
let gateway: McpGateway;
const clients: Client[] = [];

const fileOf = (...backends: TestBackend[]) => ({
  backends: backends.map(({ name, url }) => ({ name, url, weight: name === 'primary' ? 2 : 1 })),
  load_balancer: { health_check_interval: 0.1, unhealthy_threshold: 2, healthy_threshold: 1 },
});

beforeAll(async () => {
  primary = await testBackend({ name: 'primary', ledger, era: 'legacy' });
  secondary = await testBackend({ name: 'secondary', ledger, era: 'legacy' });
  for (const backend of [primary, secondary]) await backend.behave({ servers: ['files', 'web'] });
  gateway = await mcpGateway({ more: fileOf(primary, secondary) });
  await gateway.connected('files');
  await gateway.connected('web');
  await state('primary', 'healthy');
  await state('secondary', 'healthy');
});
afterAll(async () => {
  for (const client of clients) await client.close();
  await gateway?.stop();
  await primary?.kill();
  await secondary?.kill();
  await rm(folder, { recursive: true, force: true });
});

const json = async <Body>(path: string): Promise<Body> =>
  (await (await fetch(gateway.url() + path)).json()) as Body;
const state = (name: string, wanted: string) =>
  until(`${name} is ${wanted}`, async () => {
    const { data } = await json<{ data: { id: string; status: string }[] }>(
      '/api/actors/mcp-backend',
    );
    return data.some(({ id, status }) => id.startsWith(`${name}-`) && status === wanted);
  });
const newClient = async (): Promise<Client> => {
  const client = await mcpClient(`${gateway.url()}/mcp/files`, 'legacy');
  clients.push(client);
  return client;
};
const who = (client: Client): Promise<string> => callText(client, 'who');

test('Servers keep the names that the backends give them', async () => {
  const { servers } = await json<{ servers: { name: string; last_health_check: string | null }[] }>(
    '/api/servers',
  );
  expect(servers.map(({ name }) => name)).toEqual(['files', 'web']);
  for (const { last_health_check: at } of servers) expect(at).not.toBeNull();
});

test('New sessions go by weight, and each stays where it began', async () => {
  const homes: string[] = [];
  for (let n = 0; n < 6; n++) homes.push(await who(await newClient()));
  expect(homes.filter((name) => name === 'primary')).toHaveLength(4);
  for (const [n, client] of clients.entries())
    for (let again = 0; again < 3; again++) expect(await who(client)).toBe(homes[n] ?? '');
});

test('A backend that is out of use keeps its sessions, and gets no new one', async () => {
  const homes = await Promise.all(clients.map(who));
  await primary.behave({ servers: ['files', 'web'], badHealth: true });
  await state('primary', 'unhealthy');
  for (let n = 0; n < 4; n++) expect(await who(await newClient())).toBe('secondary');
  for (const [n, home] of homes.entries()) {
    const client = clients[n];
    if (client) expect(await who(client)).toBe(home);
  }
  await primary.behave({ servers: ['files', 'web'] });
  await state('primary', 'healthy');
});

test('A backend that the file names no more drains, and is gone with its last session', async () => {
  const homes = await Promise.all(clients.map(who));
  await gateway.configure({}, fileOf(secondary));
  await state('primary', 'draining');
  expect(await who(await newClient())).toBe('secondary');
  for (const [n, home] of homes.entries()) {
    const client = clients[n];
    if (client) expect(await who(client)).toBe(home);
  }
  for (const [n, home] of homes.entries()) {
    const client = clients[n];
    const transport = client?.transport;
    if (home === 'primary' && transport && 'terminateSession' in transport)
      await (transport.terminateSession as () => Promise<void>)();
  }
  await state('primary', 'gone');
});

test('A backend that is named again is tested, used, and its servers known after a restart', async () => {
  await gateway.configure({}, fileOf(primary, secondary));
  await state('primary', 'healthy');
  await primary.kill();
  await state('primary', 'unhealthy');
  await gateway.restart();
  expect(await who(await newClient())).toBe('secondary');
});
