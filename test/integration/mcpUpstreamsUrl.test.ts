/** Servers behind URLs that forget, send on, or want a credential; and what is left when the gateway itself is killed. */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { everythingServer } from '../support/everythingServer.ts';
import { launchAt, newPlace, startSharedLog } from '../support/launched.ts';
import { mcpClient, mcpGateway } from '../support/mcp.ts';
import { callText, lives, program } from '../support/mcpProgram.ts';
import { commandLine, processesWith } from '../support/processes.ts';
import { until } from '../support/until.ts';

setDefaultTimeout(60_000);

const ends: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

/** A server that counts, and forgets its sessions when it is told to. */
function forgetful() {
  let session = '';
  let isForgotten = false;
  const seen = { initialized: 0, called: 0, refused: 0, authorization: new Set<string | null>() };
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      seen.authorization.add(request.headers.get('authorization'));
      if (request.method !== 'POST') return new Response(null, { status: 405 });
      const { id, method } = (await request.json()) as { id?: number; method: string };
      const answer = (result: object, headers = {}) =>
        Response.json({ jsonrpc: '2.0', id, result }, { headers });
      if (method === 'initialize') {
        seen.initialized += 1;
        isForgotten = false;
        session = crypto.randomUUID();
        const serverInfo = { name: 'forgetful', version: '1' };
        const capabilities = { tools: {} };
        const result = { protocolVersion: '2025-11-25', capabilities, serverInfo };
        return answer(result, { 'mcp-session-id': session });
      }
      const given = request.headers.get('mcp-session-id');
      if (given === null) return new Response('no session', { status: 400 });
      if (isForgotten || given !== session) {
        seen.refused += 1;
        return Response.json({ error: 'Session not found' }, { status: 404 });
      }
      if (id === undefined) return new Response(null, { status: 202 });
      if (method === 'tools/list')
        return answer({ tools: [{ name: 'count', inputSchema: { type: 'object' } }] });
      if (method === 'tools/call') seen.called += 1;
      return answer({ content: [{ type: 'text', text: `call ${seen.called}` }] });
    },
  });
  ends.push(() => server.stop(true));
  return {
    url: `http://127.0.0.1:${server.port}/mcp`,
    seen,
    forget: () => {
      isForgotten = true;
    },
  };
}

test('A session that a server forgot is opened again once, and the call is made once', async () => {
  const upstream = forgetful();
  const headers = { authorization: 'Bearer of-the-operator' };
  const gateway = await mcpGateway({
    servers: { forgetful: { url: upstream.url, headers, stateless: true } },
  });
  ends.push(gateway.stop);
  await gateway.connected('forgetful');
  const client = await mcpClient(`${gateway.url()}/mcp/forgetful`, 'legacy');
  ends.push(() => client.close());
  expect(await callText(client, 'count')).toBe('call 1');
  const { initialized } = upstream.seen;
  upstream.forget();
  expect(await callText(client, 'count')).toBe('call 2');
  expect(upstream.seen).toMatchObject({ initialized: initialized + 1, called: 2 });
  expect([...upstream.seen.authorization]).toEqual(['Bearer of-the-operator']);
});

test('A server that was started anew says 400 to a session it does not know: that is forgotten too', async () => {
  const upstream = await everythingServer('http');
  const gateway = await mcpGateway({ servers: { http: { url: upstream.url } } });
  ends.push(gateway.stop);
  await gateway.connected('http');
  const client = await mcpClient(`${gateway.url()}/mcp/http`, 'legacy');
  ends.push(() => client.close());
  expect(await callText(client, 'echo', { message: 'one' })).toBe('Echo: one');
  await upstream.kill();
  const again = await everythingServer('http', Number(new URL(upstream.url).port));
  ends.push(again.kill);
  expect(await callText(client, 'echo', { message: 'two' })).toBe('Echo: two');
});

test('A server that sends on is not followed; one that wants a credential waits for it', async () => {
  let followed = 0;
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === '/closed') return new Response(null, { status: 401 });
      if (pathname === '/there') followed += 1;
      return Response.redirect('/there', 307);
    },
  });
  ends.push(() => server.stop(true));
  const at = (path: string) => ({ url: `http://127.0.0.1:${server.port}${path}` });
  const gateway = await mcpGateway({ servers: { sent: at('/here'), closed: at('/closed') } });
  ends.push(gateway.stop);
  await gateway.connected('sent', 'backoff');
  await gateway.connected('closed', 'needsAuth');
  const status = await fetch(`${gateway.url()}/api/mcp/servers/sent/status`);
  expect(await status.text()).toContain('is not followed');
  expect(followed).toBe(0);
});

test('A gateway that is killed leaves no program behind, and its successor starts them again', async () => {
  const shared = await startSharedLog();
  ends.push(shared.stop);
  const place = await newPlace();
  ends.push(place.remove);
  const mark = `mark-${crypto.randomUUID()}`;
  const path = join(place.folder, 'mcp_config.json');
  await writeFile(path, JSON.stringify({ mcpServers: { tree: program('tree', mark) } }));
  const launched = await launchAt(place, { ...shared.env, MCP_CONFIG_PATH: path });
  ends.push(async () => {
    launched.signal('SIGTERM');
    await launched.ended;
  });
  const marked = () => processesWith(mark).filter(lives);
  await until('the program and what it started are there', () => marked().length === 3);
  // A program that ends with its gateway, in the middle of an answer, leaves what left its group to nobody.
  await until('it is connected', async () => {
    const status = await fetch(`${launched.url}/api/mcp/servers/tree/status`).catch(
      () => undefined,
    );
    return (await status?.text())?.includes('"ready"') ?? false;
  });
  const before = marked();
  const gateway = processesWith(place.folder).find((pid) =>
    commandLine(pid).includes('server/main.ts'),
  );
  if (gateway === undefined) throw new Error('the gateway has no process');
  process.kill(gateway, 'SIGKILL');
  await until('nothing of it is left', () => !before.some(lives));
  await until('it is there again', () => marked().length === 3, 30_000);
});
