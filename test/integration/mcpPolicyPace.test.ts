/** How many requests a client may make counts on /mcp and over REST as it does for models. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { everything, mcpGateway, type McpGateway } from '../support/mcp.ts';
import { until } from '../support/until.ts';

setDefaultTimeout(60_000);

let gateway: McpGateway;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-pace-'));
  const path = join(folder, 'keys.json');
  const slow = { requests_per_minute: 1, burst: 3 };
  await writeFile(
    path,
    JSON.stringify({
      paced: { client_id: 'paced', ...slow },
      limited: { client_id: 'limited', allowed_tools: ['one_echo'] },
    }),
  );
  gateway = await mcpGateway({ servers: { one: everything }, env: { MCP_API_KEYS_PATH: path } });
  await until('the server is healthy', async () => {
    const response = await send('limited', '/api/servers');
    return (await response.text()).includes('"healthy"');
  });
});
afterAll(async () => {
  await gateway?.stop();
  await rm(folder, { recursive: true, force: true });
});

const send = (key: string, path: string, body?: object) =>
  fetch(`${gateway.url()}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    ...(body && { body: JSON.stringify(body) }),
  });
const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

test('requests of /mcp and of REST are counted together, and what is too much is told when to come back', async () => {
  expect((await send('paced', '/mcp', list)).status).toBe(200);
  expect((await send('paced', '/api/mcp/one', { method: 'list_tools' })).status).toBe(200);
  const last = await send('paced', '/mcp', list);
  expect(last.headers.get('x-ratelimit-remaining-requests')).toBe('0');
  const refused = await send('paced', '/mcp', list);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await send('paced', '/api/mcp/one', { method: 'list_tools' })).status).toBe(429);
  const notification = { jsonrpc: '2.0', method: 'notifications/initialized' };
  expect((await send('paced', '/mcp', notification)).status).toBe(202);
});

test('a key that names its tools has no others', async () => {
  const listed = (await (await send('limited', '/mcp', list)).json()) as {
    result: { tools: { name: string }[] };
  };
  expect(listed.result.tools.map(({ name }) => name)).toEqual(['one_echo']);
});
