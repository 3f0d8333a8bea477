/** Commands and configurations that people bring along from other gateways: they run here as they stand. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testGateway, type TestGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';

setDefaultTimeout(60_000);

const apiKey = 'sk-0123456789abcdef0123456789abcdef';
const password = 'your_secure_password';
const prefix = '3434dc5d-349b-401c-8071-7589df9a0bce';
let gateway: TestGateway;
let folder: string;
let session: string;

/** A command as it is written, but for the port and the secrets. */
async function run(command: string): Promise<string> {
  const written = command
    .replaceAll(/http:\/\/localhost:\d+/g, gateway.url())
    .replaceAll('$API_KEY', apiKey)
    .replaceAll('your-api-key', apiKey)
    .replaceAll('YOUR_SESSION_TOKEN', session);
  const child = Bun.spawn(['sh', '-c', written.replace(/^curl /, 'curl -s ')], {
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const text = await new Response(child.stdout).text();
  expect(await child.exited).toBe(0);
  return text;
}
const answer = async (command: string) => JSON.parse(await run(command)) as Record<string, unknown>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-seeds-'));
  const config = join(folder, 'mcp_config.json');
  const keys = join(folder, 'api_keys.json');
  const users = join(folder, 'users.json');
  const program = Bun.resolveSync('@modelcontextprotocol/server-filesystem/dist/index.js', '.');
  const filesystem = { command: process.execPath, args: [program, '/tmp'] };
  await writeFile(config, JSON.stringify({ mcpServers: { filesystem } }));
  await writeFile(
    keys,
    JSON.stringify({
      'sk-abc123def456': { client_id: 'letta-cloud', scopes: ['*'] },
      'sk-xyz789uvw012': { client_id: 'local-development', scopes: ['*'] },
    }),
  );
  await writeFile(
    users,
    JSON.stringify({
      'test-client': { name: 'Client Name', allowed_tools: ['*'] },
      'letta-cloud': { name: 'Client Name', allowed_tools: ['*'] },
    }),
  );
  gateway = await testGateway({
    env: {
      MCP_API_KEYS: `${apiKey}:test-client`,
      MCP_API_KEYS_PATH: keys,
      MCP_USERS_PATH: users,
      MCP_CONFIG_PATH: config,
      MCP_LIVE_RELOAD: 'true',
      MIDDLEWARE_PASSWORD: password,
    },
  });
  const login = await fetch(`${gateway.url()}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ password }),
  });
  const told = (await login.json()) as { token: string };
  session = told.token;
  await until('the server is healthy', async () => {
    const { servers } = await answer(
      'curl -H "X-API-Key: your-api-key" http://localhost:8080/api/servers',
    );
    return (servers as { status: string }[])[0]?.status === 'healthy';
  });
});
afterAll(async () => {
  await gateway?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('commands of a proxy for MCP', () => {
  test('ask for health, with and without a key', async () => {
    expect(await answer('curl http://localhost:8080/health')).toMatchObject({ status: 'healthy' });
    const known = 'curl -H "Authorization: Bearer $API_KEY" http://localhost:8080/health';
    expect(await answer(known)).toMatchObject({ status: 'healthy' });
  });

  test('list the tools at /mcp in one POST', async () => {
    const { result } = await answer(`curl -H "Authorization: Bearer $API_KEY" \\
  -H "Content-Type: application/json" \\
  -X POST http://localhost:8080/mcp \\
  -d '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}'`);
    expect(JSON.stringify(result)).toContain('"filesystem_read_text_file"');
  });
});

describe('commands of a gateway for MCP servers', () => {
  test('list the servers', async () => {
    const { servers } = await answer(
      'curl -H "X-API-Key: your-api-key" http://localhost:8080/api/servers',
    );
    expect(servers).toMatchObject([
      {
        name: 'filesystem',
        backend: expect.any(String),
        status: 'healthy',
        tools_count: expect.any(Number),
        last_health_check: expect.any(String),
      },
    ]);
  });

  test('list the tools of a server', async () => {
    const { result } = await answer(`curl -X POST "http://localhost:8080/api/mcp/filesystem" \\
  -H "X-API-Key: your-api-key" \\
  -H "Content-Type: application/json" \\
  -d '{"method": "list_tools", "params": {}}'`);
    expect(JSON.stringify(result)).toContain('"read_text_file"');
  });

  test('call a tool, also under a version', async () => {
    const body = {
      method: 'call_tool',
      params: { tool_name: 'list_allowed_directories', arguments: {} },
    };
    for (const path of ['/api/mcp/filesystem', '/api/v1/mcp/filesystem']) {
      expect(
        await answer(
          `curl -X POST "http://localhost:8080${path}" -H "X-API-Key: your-api-key" -H "Content-Type: application/json" -d '${JSON.stringify(body)}'`,
        ),
      ).toMatchObject({
        result: [{ type: 'text', text: expect.stringContaining('/tmp') }],
        backend: expect.any(String),
        response_time: expect.any(Number),
        cached: false,
      });
    }
  });
});

describe('commands of a middleware with a session', () => {
  test('list tools, and execute the first one by its number', async () => {
    const { data } = await answer(`curl -H "Authorization: Bearer YOUR_SESSION_TOKEN" \\
     http://localhost:5000/middleware/api/mcp/tools`);
    const first = (data as { number: number; name: string }[]).find(({ number }) => number === 1);
    expect(first?.name).toBe('read_file');
    await writeFile('/tmp/test.txt', 'what the file says');
    const done = await answer(`curl -X POST \\
     -H "Authorization: Bearer YOUR_SESSION_TOKEN" \\
     -H "Content-Type: application/json" \\
     -d '{"path": "/tmp/test.txt"}' \\
     http://localhost:5000/middleware/api/mcp/tools/1/execute`);
    await rm('/tmp/test.txt');
    expect(done).toMatchObject({ result: [{ type: 'text', text: 'what the file says' }] });
  });

  test.each([
    {
      name: 'filesystem-server',
      transport_type: 'stdio',
      command: 'npx',
      args: ['-y', '@modelcontextprotocol/server-filesystem', '/tmp/mcp-files'],
      env: { NODE_ENV: 'production' },
    },
    {
      name: 'weather-server',
      transport_type: 'sse',
      url: 'http://localhost:8080/sse',
      headers: { Authorization: 'Bearer your-api-token' },
    },
  ])('add the server $name', async (server) => {
    // Switched off at once: what it names is not installed here.
    const send = (method: string, path: string, body?: object) =>
      fetch(`${gateway.url()}/middleware/api/mcp/servers${path}`, {
        method,
        headers: { authorization: `Bearer ${session}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
    const added = await send('POST', '', { ...server, disabled: true });
    expect(added.status).toBe(201);
    expect(await added.json()).toMatchObject({ transport: server.transport_type });
    expect((await send('GET', `/${server.name}/status`)).status).toBe(200);
    expect((await send('GET', `/${server.name}/tools`)).status).toBe(200);
    expect(
      (await send('PUT', `/${server.name}`, { ...server, name: undefined, disabled: true })).status,
    ).toBe(200);
    expect((await send('DELETE', `/${server.name}`)).status).toBe(204);
  });

  test('ask how the MCP side is', async () => {
    expect(
      await answer(
        'curl -H "Authorization: Bearer YOUR_SESSION_TOKEN" http://localhost:5000/middleware/api/mcp/status',
      ),
    ).toMatchObject({ status: 'healthy', servers: { total: expect.any(Number) } });
  });
});

describe('a path prefix', () => {
  test('moves MCP there after a restart', async () => {
    await gateway.restart({ MCP_PATH_PREFIX: prefix });
    const list = (path: string) =>
      run(`curl -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $API_KEY" -H "Content-Type: application/json" \\
  -X POST http://localhost:8080${path} -d '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}'`);
    expect(await list('/mcp')).toBe('404');
    expect(await list(`/${prefix}/mcp`)).toBe('200');
  });
});
