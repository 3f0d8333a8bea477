/** A client that reads slowly slows the vendor down; nothing in between fills up. */
import { describe, expect, test } from 'bun:test';
import { connect, type Socket } from 'node:net';
import { finishedRequests } from '../support/factsOf.ts';
import { keysNamed, startProxied, streamPaths } from '../support/proxied.ts';
import { until } from '../support/until.ts';
import { openAiChat } from '../support/vendorStreams.ts';
import { stoppedAfterAll } from '../support/endings.ts';

const gateway = stoppedAfterAll(() => startProxied({ keys: { openai: keysNamed('one') } }));

describe('A slow reader', () => {
  /** A client that reads nothing until it is told to. */
  const slowClient = (): Socket => {
    const { hostname, port } = new URL(gateway.url());
    const body = JSON.stringify({ model: 'gpt-5', messages: [], stream: true });
    const socket = connect(Number(port), hostname);
    socket.pause();
    socket.write(
      `POST ${streamPaths.openai} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    return socket;
  };

  test('slows the vendor down instead of filling memory, and may leave', async () => {
    const event = openAiChat.chunk([{ index: 0, delta: { content: 'x'.repeat(60_000) } }]);
    let sentBytes = 0;
    let sentAtMs = 0;
    gateway.vendor.does(async (request, reply) => {
      let isOpen = true;
      void request.closed.then(() => (isOpen = false));
      reply.begin();
      // Far more than any buffer on the way should take.
      while (isOpen && sentBytes < 400 * 1024 * 1024) {
        await reply.chunk(event);
        sentBytes += event.length;
        sentAtMs = Date.now();
      }
    });
    Bun.gc(true);
    const before = process.memoryUsage.rss();
    const socket = slowClient();
    await until('the vendor is held up', () => sentAtMs > 0 && Date.now() - sentAtMs > 300);
    expect(sentBytes).toBeLessThan(64 * 1024 * 1024);
    Bun.gc(true);
    expect(process.memoryUsage.rss() - before).toBeLessThan(150 * 1024 * 1024);

    const heldAt = sentBytes;
    socket.resume();
    await until('it goes on', () => sentBytes > heldAt + 10 * 1024 * 1024);
    socket.pause();
    await until('it is held up again', () => Date.now() - sentAtMs > 200);
    const leftMs = Date.now();
    socket.destroy();
    expect((await gateway.vendor.last().closed) - leftMs).toBeLessThan(1_000);
    await until('it is recorded', async () => {
      const all = await finishedRequests(gateway);
      return all.some(
        ({ data }) => data.outcome === 'cancelled' && data.responseBytes > heldAt / 4,
      );
    });
  }, 60_000);
});
