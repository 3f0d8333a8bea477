/** MCP servers by API: added, asked, changed, switched off and removed; and by file, while the gateway runs. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { everythingServer, type EverythingServer } from '../support/everythingServer.ts';
import { everything, mcpClient, mcpGateway, type McpGateway } from '../support/mcp.ts';
import { until } from '../support/until.ts';

setDefaultTimeout(60_000);

let gateway: McpGateway;
let upstream: EverythingServer;
beforeAll(async () => {
  upstream = await everythingServer('http');
  gateway = await mcpGateway();
});
afterAll(async () => {
  await gateway?.stop();
  await upstream?.kill();
});

const api = async (method: string, path: string, body?: object) => {
  const response = await fetch(`${gateway.url()}/api/mcp/servers${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { status: response.status, json };
};

const toolNames = async (): Promise<string[]> => {
  const client = await mcpClient(`${gateway.url()}/mcp`, 'modern');
  const { tools } = await client.listTools();
  await client.close();
  return tools.map(({ name }) => name);
};

describe('a server that is added by API', () => {
  test('is connected, shows its tools, and keeps its secrets to itself', async () => {
    const added = await api('POST', '', {
      name: 'Remote One',
      url: `${upstream.url}?key=query-secret`,
      headers: { authorization: 'Bearer header-secret' },
    });
    expect(added.status).toBe(201);
    expect(added.json).toMatchObject({ id: 'remote-one', source: 'api', transport: 'http' });
    await gateway.connected('remote-one');
    const { json } = await api('GET', '/remote-one/tools');
    expect(JSON.stringify(json)).toContain('"echo"');
    expect(await toolNames()).toContain('remote-one_echo');
    const everywhere = await Promise.all(
      ['/api/mcp/servers', '/api/events?limit=1000', '/api/actors/mcp-server'].map(async (path) =>
        (await fetch(`${gateway.url()}${path}`)).text(),
      ),
    );
    for (const secret of ['query-secret', 'header-secret']) {
      expect(everywhere.join() + gateway.output()).not.toContain(secret);
    }
  });

  test('is switched off and on; its tools go and come', async () => {
    await api('POST', '/remote-one/disconnect');
    await gateway.connected('remote-one', 'disabled');
    expect(await toolNames()).not.toContain('remote-one_echo');
    await api('POST', '/remote-one/connect');
    await gateway.connected('remote-one');
    expect(await toolNames()).toContain('remote-one_echo');
  });

  test('shows why it is not reached, and when it is tried again', async () => {
    await upstream.kill();
    await api('POST', '/remote-one/connect');
    await gateway.connected('remote-one', 'backoff');
    const { json } = await api('GET', '/remote-one/status');
    expect(json['reason']).toContain('cannot be reached');
    expect(json['next_attempt_at']).toBeString();
    expect(await toolNames()).toContain('remote-one_echo');
    upstream = await everythingServer('http', Number(new URL(upstream.url).port));
    await gateway.connected('remote-one');
  });

  test('is removed, with its secrets', async () => {
    expect((await api('DELETE', '/remote-one')).status).toBe(204);
    expect((await api('GET', '/remote-one')).status).toBe(404);
    expect(await toolNames()).toEqual([]);
    await until('the secret is erased', async () => {
      const events = await fetch(`${gateway.url()}/api/events?kind=mcp-server&limit=1000`);
      return (await events.text()).includes('McpServerSecretErased');
    });
  });

  test('starts no program while nobody has to show a password', async () => {
    const { status, json } = await api('POST', '', { name: 'program', ...everything });
    expect(status).toBe(403);
    expect(json['code']).toBe('COMMANDS_NEED_PASSWORD');
  });

  test('has a name that is free, and no field that nobody knows', async () => {
    expect((await api('POST', '', { name: 'tools', url: upstream.url })).status).toBe(422);
    expect((await api('POST', '', { name: 'one', url: upstream.url, colour: 'red' })).status).toBe(
      422,
    );
    expect((await api('POST', '', { name: 'one', url: 'ftp://host/' })).status).toBe(422);
  });
});

describe('the file', () => {
  test('is taken over while the gateway runs, and a broken one changes nothing', async () => {
    await gateway.configure({ here: everything });
    await gateway.connected('here');
    await gateway.configure({ here: { ...everything, command: 7 } });
    await until('the file is refused', () => gateway.output().includes('changes nothing'));
    expect((await api('GET', '/here')).json).toMatchObject({ source: 'file', status: 'enabled' });
    await gateway.configure({});
    await until('the server has left', async () => {
      const { json } = await api('GET', '/here');
      return json['status'] === 'left';
    });
    await gateway.configure({ here: everything });
    await gateway.connected('here');
  });

  test('is followed by what was there before, after a restart', async () => {
    await gateway.restart();
    await gateway.connected('here');
    expect(await toolNames()).toContain('here_echo');
  });
});
