/** Whom a URL of an MCP server may lead to, each time it is dialled. */
import { expect, test } from 'bun:test';
import { createDialUrl } from '../../server/mcp/upstream/dialUrl.ts';

type Sent = Readonly<{ url: string; host: string | null; serverName: unknown }>;

function dialling(addresses: readonly string[], refusing: readonly string[] = []) {
  const sent: Sent[] = [];
  let found = addresses;
  let nowMs = 0;
  const dial = createDialUrl({
    lookUp: async () => found,
    now: () => nowMs,
    isProxied: false,
    async send(url, init) {
      const { tls } = init as { tls?: { serverName: string } };
      const host = new Headers(init.headers).get('host');
      sent.push({ url: url.href, host, serverName: tls?.serverName });
      if (refusing.includes(url.hostname))
        throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
      return new Response(init.redirect);
    },
  });
  const move = (to: readonly string[]) => {
    found = to;
    nowMs += 60_000;
  };
  return { dial, sent, move };
}

test('A name is dialled at the address that was looked at, under its own name', async () => {
  const { dial, sent } = dialling(['10.0.0.7']);
  const response = await dial('https://mcp.example:8443/mcp?x=1');
  expect(sent).toEqual([
    { url: 'https://10.0.0.7:8443/mcp?x=1', host: 'mcp.example:8443', serverName: 'mcp.example' },
  ]);
  expect(await response.text()).toBe('manual');
});

test('A name that leads to a metadata address later is refused then', async () => {
  const { dial, sent, move } = dialling(['203.0.113.9']);
  await dial('http://mcp.example/');
  move(['169.254.169.254']);
  expect(dial('http://mcp.example/')).rejects.toThrow('never dialled');
  move(['203.0.113.9', 'fe80::1']);
  expect(dial('http://mcp.example/')).rejects.toThrow('never dialled');
  expect(sent).toHaveLength(1);
});

test('A metadata address is refused as it is written, this machine and its network are not', async () => {
  const { dial, sent } = dialling([]);
  expect(dial('http://169.254.169.254/latest')).rejects.toThrow('never dialled');
  await dial('http://127.0.0.1:1/mcp');
  await dial('http://192.168.1.2/mcp');
  await dial('http://localhost:1/mcp');
  expect(sent.map(({ url }) => new URL(url).hostname)).toEqual([
    '127.0.0.1',
    '192.168.1.2',
    'localhost',
  ]);
});

test('The next address is tried where nobody listens at the first', async () => {
  const { dial, sent } = dialling(['10.0.0.1', 'fd00::2'], ['10.0.0.1']);
  await dial('http://mcp.example/');
  expect(sent.map(({ url }) => url)).toEqual(['http://10.0.0.1/', 'http://[fd00::2]/']);
});
