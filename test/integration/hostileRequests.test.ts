/** Paths that climb and headers that lie: refused, or passed without what makes them dangerous. */
import { describe, expect, test } from 'bun:test';
import { connect } from 'node:net';
import { keysNamed, startProxied } from '../support/proxied.ts';
import { stoppedAfterAll } from '../support/endings.ts';

const keys = keysNamed('one');
const clientKey = 'client-key-of-alice';
const gateway = stoppedAfterAll(() =>
  startProxied({
    keys: { openai: keys, anthropic: keys, gemini: keys },
    env: { MCP_API_KEYS: `${clientKey}:alice` },
  }),
);

/** Sends bytes as they are and reads the status of what comes back. */
const sendRaw = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(gateway.url());
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let got = '';
    socket.setTimeout(5_000, () => reject(new Error('no answer')));
    socket.on('data', (data) => {
      got += data.toString();
      if (got.includes('\r\n\r\n')) socket.destroy();
    });
    socket.on('close', () => resolve(got));
    socket.on('error', reject);
  });

const stillServes = async () => {
  const headers = { authorization: `Bearer ${clientKey}` };
  expect((await gateway.ask('openai', {}, { headers })).status).toBe(200);
};

describe('A path', () => {
  const climbing = [
    '/v1/..%2f..%2fadmin',
    '/v1/%2e%2e/%2e%2e/etc/passwd',
    '/v1/chat/..%5c..%5cadmin',
    '/v1/%252e%252e%252fadmin',
    '/v1/files/%00',
    '/v1/%zz',
    '/v1beta/models/..%2f..%2fx:generateContent',
  ];
  test.each(climbing)('that climbs or is malformed reaches no vendor: %s', async (path) => {
    const before = gateway.vendor.arrived.length;
    const head = await sendRaw(
      `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${clientKey}\r\n\r\n`,
    );
    expect(head).toMatch(/^HTTP\/1\.1 (400|404)/);
    expect(gateway.vendor.arrived).toHaveLength(before);
  });

  test('with dots that the client itself resolved goes where it then points', async () => {
    const head = await sendRaw(
      `GET /v1/../v1/../../api/settings HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${clientKey}\r\n\r\n`,
    );
    expect(head).toMatch(/^HTTP\/1\.1 (400|401|403|404)/);
  });
});

describe('Headers', () => {
  const raw = (headers: string, body = '{"model":"m","messages":[]}') =>
    sendRaw(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\n${headers}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );

  test('that appear twice cannot smuggle a client key or a host to the vendor', async () => {
    const head = await raw(
      `authorization: Bearer ${clientKey}\r\nauthorization: Bearer other\r\nx-api-key: ${clientKey}\r\nX-Api-Key: again\r\nhost: evil.example\r\n`,
    );
    expect(head).toMatch(/^HTTP\/1\.1 (200|400|401)/);
    if (!head.startsWith('HTTP/1.1 200')) return;
    const { headers } = gateway.vendor.last();
    expect(headers.get('authorization')).toBe(`Bearer ${keys[0]}`);
    expect(headers.get('x-api-key')).toBeNull();
    expect(headers.get('host')).not.toContain('evil');
  });

  test('named by Connection, and those of a proxy, stay here', async () => {
    await raw(
      `authorization: Bearer ${clientKey}\r\nconnection: close, x-hop\r\nx-hop: 1\r\nte: trailers\r\nx-forwarded-for: 192.0.2.1\r\nproxy-authorization: Basic eA==\r\nx-signalbox-anything: 1\r\n`,
    );
    const { headers } = gateway.vendor.last();
    for (const name of [
      'x-hop',
      'te',
      'x-forwarded-for',
      'proxy-authorization',
      'x-signalbox-anything',
    ])
      expect([name, headers.get(name)]).toEqual([name, null]);
  });

  const hostile: [string, string][] = [
    ['two lengths that differ', 'content-length: 3\r\n'],
    ['a length and chunks', 'transfer-encoding: chunked\r\n'],
    ['a length that is none', 'content-length: -1\r\n'],
    ['a name with a space', 'x bad: 1\r\n'],
    ['a NUL', 'x-nul: a\u0000b\r\n'],
    ['32 KB of one', `x-big: ${'b'.repeat(32_768)}\r\n`],
  ];
  test.each(hostile)('with %s are refused', async (_what, header) => {
    const before = gateway.vendor.arrived.length;
    const head = await raw(`authorization: Bearer ${clientKey}\r\n${header}`).catch(() => '');
    expect(head).toMatch(/^(HTTP\/1\.1 4\d\d|)/);
    expect(head).not.toContain('200');
    expect(gateway.vendor.arrived).toHaveLength(before);
    await stillServes();
  });
});
