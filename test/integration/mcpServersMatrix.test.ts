/** Real servers behind real clients: each client does all it can with each server, and again after the servers were killed. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { everythingServer, type EverythingServer } from '../support/everythingServer.ts';
import { everything, mcpGateway, type McpGateway } from '../support/mcp.ts';
import { lives } from '../support/mcpProgram.ts';
import { processesWith } from '../support/processes.ts';
import { realClients, type RealClient } from '../support/realMcpClients.ts';
import { until } from '../support/until.ts';

setDefaultTimeout(60_000);

const folder = await mkdtemp(join(tmpdir(), 'signalbox-matrix-'));
const modules = join(import.meta.dir, '../../node_modules/@modelcontextprotocol');
const note = join(folder, 'note.txt');

type Row = Readonly<{
  server: string;
  tool: Readonly<{ name: string; args: Record<string, unknown>; says: string }>;
  /** Has resources, prompts and a tool that takes its time. */
  isFull: boolean;
}>;

const echo = { name: 'echo', args: { message: 'matrix' }, says: 'Echo: matrix' };
const rows: readonly Row[] = [
  { server: 'stdio', tool: echo, isFull: true },
  { server: 'sse', tool: echo, isFull: true },
  { server: 'http', tool: echo, isFull: true },
  {
    server: 'files',
    tool: { name: 'read_text_file', args: { path: note }, says: 'a note of the matrix' },
    isFull: false,
  },
  {
    server: 'memory',
    tool: { name: 'search_nodes', args: { query: 'nothing' }, says: 'entities' },
    isFull: false,
  },
];
const slow = { name: 'trigger-long-running-operation', args: { duration: 0.2, steps: 2 } };
const endless = { ...slow, args: { duration: 60, steps: 600 } };

let gateway: McpGateway;
let upstreams: EverythingServer[];
const clients = new Map<string, RealClient>();
const names = rows.map(({ server }) => server);
const ready = () => Promise.all(names.map((name) => gateway.connected(name)));

beforeAll(async () => {
  await writeFile(note, 'a note of the matrix');
  upstreams = await Promise.all([everythingServer('sse'), everythingServer('http')]);
  const [sse, http] = upstreams;
  const marked = { MATRIX: folder };
  const of = (name: string, ...args: string[]) => ({
    command: process.execPath,
    args: [join(modules, name, 'dist/index.js'), ...args],
    env: { ...marked, MEMORY_FILE_PATH: join(folder, 'memory.jsonl') },
  });
  gateway = await mcpGateway({
    servers: {
      stdio: { ...everything, env: marked },
      sse: { url: sse?.url ?? '', transport: 'sse' },
      http: { url: http?.url ?? '' },
      files: of('server-filesystem', folder),
      memory: of('server-memory'),
    },
  });
  await ready();
  for (const { name, connect } of realClients)
    clients.set(name, await connect(`${gateway.url()}/mcp`));
});
afterAll(async () => {
  await Promise.all([...clients.values()].map(({ close }) => close()));
  await gateway?.stop();
  await Promise.all((upstreams ?? []).map(({ kill }) => kill()));
  await rm(folder, { recursive: true, force: true });
});

const clientOf = (name: string): RealClient => {
  const client = clients.get(name);
  if (!client) throw new Error(`there is no client ${name}`);
  return client;
};
const calls = async (client: RealClient, { server, tool }: Row) =>
  expect(await client.call(`${server}_${tool.name}`, tool.args)).toContain(tool.says);

const full = rows.filter(({ isFull }) => isFull);
const prompts = async (client: RealClient, of: readonly Row[]) => {
  const said = of.map(({ server }) => client.prompt(`${server}_args-prompt`, { city: 'Ulm' }));
  for (const text of await Promise.all(said)) expect(text).toContain('Ulm');
};
const tellsProgress = async (client: RealClient, losesLast = false) => {
  if (!client.progress) return;
  for (const { server } of full) {
    const told = await client.progress(`${server}_${slow.name}`, slow.args);
    expect(losesLast ? told.slice(0, 1) : told).toEqual(losesLast ? [1] : [1, 2]);
  }
};

describe.each(realClients)('With $name', ({ name, isSlow, losesLast }) => {
  test('the tools of every server are listed and called', async () => {
    const client = clientOf(name);
    const listed = await client.tools();
    for (const { server, tool } of rows) expect(listed).toContain(`${server}_${tool.name}`);
    await Promise.all(rows.map((row) => calls(client, row)));
  });

  test('a resource is read, and prompts are filled in', async () => {
    const client = clientOf(name);
    await prompts(client, isSlow ? full.slice(0, 1) : full);
    expect(await client.read('demo://resource/dynamic/text/1')).toContain('dynamic/text/1');
  });

  test('progress is told and calls are cancelled, where it can', async () => {
    const client = clientOf(name);
    await tellsProgress(client, losesLast);
    if (!client.cancel) return;
    for (const { server } of full)
      expect(await client.cancel(`${server}_${endless.name}`, endless.args)).toContain('enough');
    await Promise.all(rows.map((row) => calls(client, row)));
  });
});

describe('After every server was killed', () => {
  beforeAll(async () => {
    const programs = processesWith(`MATRIX=${folder}`);
    expect(programs.length).toBeGreaterThan(rows.length);
    for (const pid of programs) process.kill(pid, 'SIGKILL');
    const ports = upstreams.map(({ url }) => Number(new URL(url).port));
    await Promise.all(upstreams.map(({ kill }) => kill()));
    await until('all of them are gone', () => !programs.some(lives));
    const [sse, http] = ports;
    upstreams = await Promise.all([everythingServer('sse', sse), everythingServer('http', http)]);
    await until('the loss of those that have a connection is in the log', async () => {
      const events = await fetch(`${gateway.url()}/api/events?kind=mcp-connection&limit=1000`);
      return (await events.text()).split('"McpConnectionLost"').length > 4;
    });
    await ready();
  });

  test.each(realClients)('$name goes on as before', async ({ name, isSlow, losesLast }) => {
    const client = clientOf(name);
    await Promise.all((isSlow ? rows.slice(2, 4) : rows).map((row) => calls(client, row)));
    if (isSlow) return;
    const listed = await client.tools();
    for (const { server, tool } of rows) expect(listed).toContain(`${server}_${tool.name}`);
    await prompts(client, full);
    expect(await client.read('demo://resource/dynamic/text/1')).toContain('dynamic/text/1');
    await tellsProgress(client, losesLast);
  });
});
