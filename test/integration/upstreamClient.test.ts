/** Requests and answers of the HTTP client of the request path, with servers that do what servers do. */
import { afterEach, describe, expect, test } from 'bun:test';
import { readerOf } from '../../server/proxy/upstream.ts';
import {
  answerText,
  asking,
  bytesOf,
  faultOf,
  never,
  textOf,
  upstreamBench,
} from '../support/upstreamBench.ts';
import { until } from '../support/until.ts';
import { sha256, startVendor } from '../support/vendor.ts';

const bench = upstreamBench();
const { client: newClient, vendorThat, serverThat } = bench;
afterEach(bench.stop);

describe('an answer', () => {
  test('comes with its status, headers and bytes', async () => {
    const vendor = await vendorThat((_, reply) => reply.send(201, 'made', { 'x-a': 'b' }));
    const answer = await newClient().send(asking(`${vendor.url}/v1/x?y=1`), never());
    expect([answer.status, answer.headers.get('x-a'), await textOf(answer)]).toEqual([
      201,
      'b',
      'made',
    ]);
    const { method, path, headers, body } = vendor.last();
    expect([method, path, body.toString()]).toEqual(['POST', '/v1/x?y=1', 'ask']);
    expect(headers.get('host')).toBe(vendor.url.slice('http://'.length));
    expect(headers.get('content-length')).toBe('3');
  });

  test('is the same when it comes byte by byte, after 100 and 103', async () => {
    const wire = `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`;
    const port = await serverThat((socket) => {
      socket.setNoDelay(true);
      const answer = async () => {
        for (const byte of wire) await new Promise((done) => void socket.write(byte, done));
      };
      socket.once('data', () => void answer());
    });
    const answer = await newClient().send(asking(`http://127.0.0.1:${port}/`), never());
    expect([answer.status, answer.headers.get('link'), await textOf(answer)]).toEqual([
      200,
      null,
      'abcde',
    ]);
  });

  test('without a length ends with the connection, and is broken when that breaks', async () => {
    const port = await serverThat((socket, nth) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\nall there is', () => {
          if (nth === 1) socket.end();
          else socket.resetAndDestroy();
        });
      });
    });
    const client = newClient();
    const whole = await client.send(asking(`http://127.0.0.1:${port}/`), never());
    expect(await textOf(whole)).toBe('all there is');
    const broken = client.send(asking(`http://127.0.0.1:${port}/`), never());
    expect(await faultOf(broken.then(bytesOf))).toBe('reset');
  });

  test('that is cut short is broken, not shorter', async () => {
    const port = await serverThat((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'));
    });
    const answer = await newClient().send(asking(`http://127.0.0.1:${port}/`), never());
    const reader = answer.body && readerOf(answer.body);
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('half');
    expect(await faultOf(Promise.resolve(reader?.read()))).toBe('reset');
  });

  test('that is no HTTP fails the request', async () => {
    const port = await serverThat((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n\r\n'));
    const answer = newClient().send(asking(`http://127.0.0.1:${port}/`), never());
    expect(await faultOf(answer)).toBe('other');
  });

  test('to HEAD has no body, whatever length it names', async () => {
    const vendor = await vendorThat((_, reply) =>
      reply.raw(answerText('', 'x: y\r\n').replace('0', '7')),
    );
    const client = newClient();
    const head = { method: 'HEAD', body: null };
    expect(await textOf(await client.send(asking(vendor.url, head), never()))).toBe('');
    expect(await textOf(await client.send(asking(vendor.url, head), never()))).toBe('');
  });

  test('that nobody reads stops its sender', async () => {
    let sent = 0;
    const piece = Buffer.alloc(64 * 1024);
    const full = Promise.withResolvers<void>();
    const port = await serverThat((socket) => {
      const answer = async () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        for (let count = 0; count < 1_024; count++) {
          const isFull = !socket.write(piece);
          sent += piece.length;
          if (!isFull) continue;
          full.resolve();
          await new Promise((resolve) => void socket.once('drain', resolve));
        }
        socket.end();
      };
      socket.once('data', () => void answer());
    });
    const answer = await newClient().send(asking(`http://127.0.0.1:${port}/`), never());
    await full.promise;
    // What both kernels hold, and what waits here: far from all of it.
    let before = -1;
    await until('the sender waits', () => {
      const isStill = sent === before;
      before = sent;
      return isStill;
    });
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    expect((await bytesOf(answer)).byteLength).toBe(64 * 1024 * 1024);
  });
});

describe('a request', () => {
  test('of 20 MB arrives as it was', async () => {
    const vendor = await vendorThat((_, reply) => reply.send(200, 'ok'));
    const body = new Uint8Array(20 * 1024 * 1024).map((_, index) => (index * 31) % 251);
    const answer = await newClient().send(asking(vendor.url, { body }), never());
    expect(await textOf(answer)).toBe('ok');
    expect(vendor.last().bodySha256).toBe(sha256(body));
  });

  test('finds a server that listens on 127.0.0.1 only under the name localhost', async () => {
    const vendor = await vendorThat((_, reply) => reply.send(200, 'ok'));
    const answer = await newClient().send(
      asking(vendor.url.replace('127.0.0.1', 'localhost')),
      never(),
    );
    expect(await textOf(answer)).toBe('ok');
  });

  test('that finds nobody is refused, and one to no host is a fault of DNS', async () => {
    const vendor = await startVendor((_, reply) => reply.send(200, ''));
    await vendor.stop();
    const client = newClient();
    expect(await faultOf(client.send(asking(vendor.url), never()))).toBe('refused');
    expect(await faultOf(client.send(asking('http://nowhere.invalid/'), never()))).toBe('dns');
  });

  test('gets no connection in time where nobody answers the handshake', async () => {
    const left = Promise.withResolvers<void>();
    const port = await serverThat((socket) => {
      socket.on('data', () => {});
      socket.on('close', () => left.resolve());
    });
    const answer = newClient(50).send(asking(`https://127.0.0.1:${port}/`), never());
    expect(await faultOf(answer)).toBe('unreachable');
    await left.promise;
  });

  test.each(['before it is sent', 'before the head', 'in the body'])(
    'is given up %s',
    async (when) => {
      const gone = Promise.withResolvers<void>();
      const port = await serverThat((socket) => {
        socket.on('close', () => gone.resolve());
        socket.once('data', () => {
          if (when === 'in the body')
            socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf');
          else abort.abort(new Error('given up'));
        });
      });
      const abort = new AbortController();
      if (when === 'before it is sent') abort.abort(new Error('given up'));
      const answer = newClient().send(asking(`http://127.0.0.1:${port}/`), abort.signal);
      const whole = answer.then((opened) => {
        const bytes = bytesOf(opened);
        abort.abort(new Error('given up'));
        return bytes;
      });
      expect(whole).rejects.toThrow('given up');
      await whole.catch(() => {});
      if (when !== 'before it is sent') await gone.promise;
    },
  );
});
