/** Programs as servers: what they get, what is heard of them, what ends with them; and whom a bad one disturbs. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Client } from '@modelcontextprotocol/client';
import { everything, mcpClient, mcpGateway, type McpGateway } from '../support/mcp.ts';
import { callText, lives, program } from '../support/mcpProgram.ts';
import { until } from '../support/until.ts';

setDefaultTimeout(60_000);

let gateway: McpGateway;
const clients: Client[] = [];
beforeAll(async () => {
  gateway = await mcpGateway({
    servers: {
      good: everything,
      tree: program('tree'),
      hangs: program('hangs'),
      floods: program('floods'),
      garbage: program('garbage'),
      talks: { ...program('talks'), env: { ACCESS: 'my-access-word' } },
      shared: { ...program('well'), stateless: true },
      missing: { command: 'no-such-program-anywhere' },
    },
  });
  const body = JSON.stringify({ value: 3_000 });
  const headers = { 'content-type': 'application/json' };
  await fetch(`${gateway.url()}/api/settings/mcp_connect_ms`, { method: 'PUT', headers, body });
  // The dial that is under way has the limit of before.
  await fetch(`${gateway.url()}/api/mcp/servers/hangs/connect`, { method: 'POST' });
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await gateway?.stop();
});

const clientOf = async (server: string): Promise<Client> => {
  await gateway.connected(server);
  const client = await mcpClient(`${gateway.url()}/mcp/${server}`, 'legacy');
  clients.push(client);
  return client;
};
const get = async (path: string) =>
  (await (await fetch(`${gateway.url()}${path}`)).json()) as Record<string, unknown>;
const linesOf = async (server: string) =>
  (await get(`/api/mcp/servers/${server}/stderr`))['data'] as string[];

describe('A program', () => {
  test('gets nothing of the environment but what every program needs, and its own', async () => {
    const names = (await callText(await clientOf('talks'), 'environment')).split(' ');
    const usual = new Set(['PATH', 'HOME', 'LANG', 'TZ', 'ACCESS']);
    expect(names.filter((name) => !usual.has(name))).toEqual([]);
    expect(names).toContain('ACCESS');
  });

  test('is heard on its stderr, without its secrets', async () => {
    await gateway.connected('talks');
    await until('it has said something', async () => (await linesOf('talks')).length > 0);
    expect((await linesOf('talks'))[0]).toBe('listening with [redacted] as Bearer [redacted]');
    expect(gateway.output()).toContain('listening with [redacted]');
    expect(gateway.output()).not.toContain('my-access-word');
  });

  test('ends with all that it started, also what left its group', async () => {
    const pids = (await callText(await clientOf('tree'), 'pids')).split(' ').map(Number);
    expect(pids).toHaveLength(3);
    expect(pids.every(lives)).toBe(true);
    await fetch(`${gateway.url()}/api/mcp/servers/tree/disconnect`, { method: 'POST' });
    await until('nothing of it is left', () => !pids.some(lives));
  });

  test('may print on stdout what is no message: it is shown, and the rest is heard', async () => {
    expect(await callText(await clientOf('garbage'), 'echo', { text: 'heard' })).toBe('heard');
    expect(await linesOf('garbage')).toContain('[stdout] Server is starting...');
  });

  test('may answer with very much', async () => {
    const client = await clientOf('shared');
    const huge = 'ü'.repeat(4_000_000);
    expect((await callText(client, 'echo', { text: huge })) === huge).toBe(true);
  });

  test('that is not there says so', async () => {
    await gateway.connected('missing', 'backoff');
    const { reason } = await get('/api/mcp/servers/missing/status');
    expect(String(reason)).toContain('no-such-program-anywhere');
  });
});

describe('A bad server disturbs nobody else', () => {
  test('when it never answers: it is tried again later, and says why', async () => {
    await until('it was given up', async () => {
      const { failures } = await get('/api/mcp/servers/hangs/status');
      return Number(failures) > 0;
    });
    const { reason } = await get('/api/mcp/servers/hangs/status');
    expect(String(reason)).toContain('initialize was not answered');
    const events = await get('/api/events?kind=mcp-connection&limit=1000');
    expect(JSON.stringify(events)).toContain('McpConnectionFailed');
  });

  test('when it writes without end: others answer as fast, and it does too', async () => {
    const flood = await clientOf('floods');
    const good = await clientOf('good');
    expect(await callText(flood, 'echo', { text: 'above the noise' })).toBe('above the noise');
    await callText(good, 'echo', { message: 'first' });
    const startedMs = performance.now();
    for (let call = 0; call < 20; call++)
      expect(await callText(good, 'echo', { message: 'calm' })).toBe('Echo: calm');
    expect(performance.now() - startedMs).toBeLessThan(20_000);
    const lines = await linesOf('floods');
    expect(lines.join('\n').length).toBeLessThanOrEqual(64 * 1024);
    await fetch(`${gateway.url()}/api/mcp/servers/floods/disconnect`, { method: 'POST' });
  });

  test('when it is busy: a list comes from what is known, other tools answer', async () => {
    const all = await mcpClient(`${gateway.url()}/mcp`, 'modern');
    clients.push(all);
    expect(await callText(all, 'good_echo', { message: 'here' })).toBe('Echo: here');
    const busy = callText(await clientOf('shared'), 'blocks', { ms: 4_000 });
    const { tools } = await all.listTools();
    expect(tools.map(({ name }) => name)).toContain('shared_blocks');
    let isOver = false;
    const over = busy.then((said) => {
      isOver = true;
      return said;
    });
    expect(await callText(all, 'good_echo', { message: 'now' })).toBe('Echo: now');
    expect(isOver).toBe(false);
    expect(await over).toBe('awake');
  });
});

describe('A program that is killed while it works on a call', () => {
  test('is an error to its client, waits, is ready again, and all is in the log', async () => {
    const client = await clientOf('shared');
    const pid = Number(await callText(client, 'pids'));
    const call = callText(client, 'never').catch((error: unknown) => String(error));
    await until('the call is there', async () =>
      (await linesOf('shared')).some((line) => line.includes('never ends has begun')),
    );
    process.kill(pid, 'SIGKILL');
    expect(await call).toContain('MCP server shared went away before it answered');
    expect(await call).toContain('the program was ended by SIGKILL');
    await gateway.connected('shared', 'backoff');
    const status = await get('/api/mcp/servers/shared/status');
    expect(status).toMatchObject({ reason: 'the program was ended by SIGKILL', failures: 1 });
    expect(status['next_attempt_at']).toBeString();
    await gateway.connected('shared');
    expect(await callText(client, 'echo', { text: 'again' })).toBe('again');
    const { data } = await get('/api/actors/mcp-connection');
    const id = (data as { id: string }[]).find((one) => one.id.startsWith('shared-'))?.id;
    const { data: events } = await get(`/api/actors/mcp-connection/${id}/events?limit=100`);
    const types = (events as { type: string }[]).map(({ type }) => type);
    expect(types.filter((type) => type.startsWith('McpConnection')).join()).toContain('Lost');
    expect(types.filter((type) => type === 'McpConnectionReady')).toHaveLength(2);
  });
});
