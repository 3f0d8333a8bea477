/** Which connections the HTTP client of the request path uses again, and which it does not. */
import { afterEach, describe, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UpstreamRequest } from '../../server/proxy/upstream.ts';
import type { UpstreamClient } from '../../server/upstream/client.ts';
import {
  answerText,
  asking,
  faultOf,
  never,
  textOf,
  upstreamBench,
} from '../support/upstreamBench.ts';

const bench = upstreamBench();
const { client: newClient, serverThat } = bench;
afterEach(bench.stop);

describe('a connection', () => {
  /** A server that says on which connection a request came, and the how manieth it was there. */
  const counting = (headers = '') =>
    serverThat((socket, nth) => {
      let count = 0;
      socket.on('data', () => socket.write(answerText(`${nth}.${++count}`, headers)));
    });

  const ask = async (client: UpstreamClient, port: number, more: Partial<UpstreamRequest> = {}) =>
    textOf(await client.send(asking(`http://127.0.0.1:${port}/`, more), never()));

  test('serves one request after the other', async () => {
    const port = await counting();
    const client = newClient();
    expect([await ask(client, port), await ask(client, port)]).toEqual(['1.1', '1.2']);
  });

  test('is a new one for what may be sent only once', async () => {
    const port = await counting();
    const client = newClient();
    await ask(client, port);
    expect(await ask(client, port, { isRepeatable: false })).toBe('2.1');
  });

  test.each(['connection: close\r\n', 'keep-alive: timeout=1\r\n'])(
    'is not used again after %j',
    async (header) => {
      const port = await counting(header);
      const client = newClient();
      expect([await ask(client, port), await ask(client, port)]).toEqual(['1.1', '2.1']);
    },
  );

  test('that carries more than its answer is not used again', async () => {
    const port = await serverThat((socket, nth) => {
      socket.on('data', () => socket.write(`${answerText(String(nth))}${answerText('smuggled')}`));
    });
    const client = newClient();
    expect([await ask(client, port), await ask(client, port)]).toEqual(['1', '2']);
  });

  test('that the vendor closed under a request is replaced, once', async () => {
    const port = await serverThat((socket, nth) => {
      let count = 0;
      socket.on('data', () => {
        if (++count > 1) socket.destroy();
        else socket.write(answerText(String(nth)));
      });
    });
    const client = newClient();
    expect([await ask(client, port), await ask(client, port)]).toEqual(['1', '2']);
  });

  test('that closes before its first answer fails the request', async () => {
    let connections = 0;
    const port = await serverThat((socket) => {
      connections += 1;
      socket.once('data', () => socket.destroy());
    });
    expect(await faultOf(ask(newClient(), port))).toBe('reset');
    expect(connections).toBe(1);
  });

  test('that the vendor closed while idle is forgotten', async () => {
    const sockets: Socket[] = [];
    const port = await serverThat((socket, nth) => {
      sockets.push(socket);
      socket.on('data', () => socket.write(answerText(String(nth))));
    });
    const client = newClient();
    await ask(client, port);
    const closed = new Promise((resolve) => sockets[0]?.once('close', resolve));
    sockets[0]?.end();
    await closed;
    expect(await ask(client, port)).toBe('2');
  });

  test('is not used again when the answer came before all of the request was sent', async () => {
    const port = await serverThat((socket, nth) => {
      socket.once('data', () => {
        socket.pause();
        socket.write(answerText(String(nth)));
      });
    });
    const client = newClient();
    const body = new Uint8Array(32 * 1024 * 1024);
    expect([await ask(client, port, { body }), await ask(client, port)]).toEqual(['1', '2']);
  });

  test('with TLS is only made with whom it trusts', async () => {
    const { key, cert } = await import('../fixtures/selfSigned.ts');
    const server = Bun.serve({ port: 0, tls: { key, cert }, fetch: () => new Response('hi') });
    const answer = newClient().send(asking(`https://localhost:${server.port}/`), never());
    expect(await faultOf(answer)).toBe('tls');
    await server.stop(true);
  });

  test('with TLS trusts what the machine was told to trust', async () => {
    const { key, cert } = await import('../fixtures/selfSigned.ts');
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-tls-'));
    await Bun.write(join(folder, 'ca.pem'), cert);
    const server = Bun.serve({ port: 0, tls: { key, cert }, fetch: () => new Response('hi') });
    const child = Bun.spawn(
      [
        process.execPath,
        join(import.meta.dir, '../fixtures/upstreamChild.ts'),
        `https://localhost:${server.port}/`,
      ],
      { env: { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') }, stderr: 'inherit' },
    );
    expect(await new Response(child.stdout).text()).toBe('200 hi\n');
    await server.stop(true);
    await rm(folder, { recursive: true });
  });
});
