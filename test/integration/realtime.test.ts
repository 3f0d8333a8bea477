/** Realtime sessions through a whole gateway, from a real WebSocket to a real one. */
import { afterEach, describe, expect, test } from 'bun:test';
import {
  authorized,
  clientKey,
  realtimeKeys,
  realtimePath,
  startRealtimeBench,
} from '../support/realtimeBench.ts';
import { until } from '../support/until.ts';
import { stoppedAfterAll } from '../support/endings.ts';

const bench = stoppedAfterAll(startRealtimeBench);
afterEach(() => bench.forget());

const usage = (tokens: number) => ({
  type: 'response.done',
  response: {
    id: 'resp_1',
    usage: {
      total_tokens: tokens * 2,
      input_tokens: tokens,
      output_tokens: tokens,
      input_token_details: { cached_tokens: 1, audio_tokens: 2 },
    },
  },
});
describe('A session', () => {
  test('passes text and bytes both ways, and its end, and is recorded once', async () => {
    bench.vendor.does({
      protocol: 'realtime',
      onOpen: ({ socket }) => void socket.send('{"type":"session.created"}'),
      onMessage: ({ socket }, message) => void socket.send(message),
    });
    const client = await bench.dial('/v1/realtime?model=openai/gpt-realtime&x=1', {
      headers: { ...authorized, 'openai-beta': 'realtime=v1', origin: 'https://app.example' },
      protocols: ['realtime', 'openai-beta.realtime-v1'],
    });
    expect(client.socket.protocol).toBe('realtime');
    const bytes = Buffer.from([0, 255, 1, 128]);
    client.socket.send('grüße 🚀');
    client.socket.send(bytes);
    await client.got(3);
    expect(client.messages).toEqual(['{"type":"session.created"}', 'grüße 🚀', bytes]);
    bench.session().socket.send(JSON.stringify(usage(10)));
    bench.session().socket.send(JSON.stringify(usage(5)));
    await client.got(5);
    client.socket.close(4001, 'enough');
    expect(await bench.session().closed).toEqual({ code: 4001, reason: 'enough' });

    const { headers, path: asked } = bench.session();
    expect(asked).toBe('/v1/realtime?model=gpt-realtime&x=1');
    expect([`Bearer ${realtimeKeys.one}`, `Bearer ${realtimeKeys.two}`]).toContain(
      headers.get('authorization') ?? '',
    );
    expect(headers.get('openai-beta')).toBe('realtime=v1');
    expect(headers.get('origin')).toBeNull();
    expect(headers.get('sec-websocket-protocol')).toBe('realtime, openai-beta.realtime-v1');
    expect(JSON.stringify([...headers])).not.toContain(clientKey);
    const data = await bench.recorded();
    expect(data).toMatchObject({
      client: 'alice',
      dialect: 'openai',
      method: 'GET',
      route: '/v1/realtime',
      model: 'gpt-realtime',
      provider: 'openai',
      status: 101,
      outcome: 'completed',
      streamed: true,
      requestBytes: Buffer.byteLength('grüße 🚀') + 4,
      usage: { inputTokens: 15, outputTokens: 15, cachedTokens: 2 },
    });
    expect(data.attempts).toMatchObject([{ status: 101, verdict: 'ok' }]);
  });

  test('is opened with the key in a subprotocol, which goes no further', async () => {
    const client = await bench.dial(realtimePath, {
      protocols: ['realtime', `openai-insecure-api-key.${clientKey}`],
    });
    expect(client.socket.protocol).toBe('realtime');
    expect(bench.session().headers.get('sec-websocket-protocol')).toBe('realtime');
    expect(JSON.stringify([...bench.session().headers])).not.toContain(clientKey);
    client.socket.close();
    expect((await bench.session().closed).code).toBe(1005);
    expect((await bench.recorded()).client).toBe('alice');
  });

  test("ends with the vendor's code and reason", async () => {
    const client = await bench.dial(realtimePath);
    bench.session().socket.close(3001, 'session expired');
    expect(await client.closed).toEqual({ code: 3001, reason: 'session expired' });
    expect((await bench.recorded()).outcome).toBe('failed');
  });

  test('that the vendor breaks off is truncated, and the client is told', async () => {
    const client = await bench.dial(realtimePath);
    bench.session().socket.terminate();
    expect((await client.closed).code).toBe(1011);
    expect((await bench.recorded()).outcome).toBe('truncated');
  });

  test('that the client breaks off is cancelled, and the vendor is left', async () => {
    const client = await bench.dial(realtimePath);
    client.socket.terminate();
    expect((await bench.session().closed).code).toBe(1001);
    expect((await bench.recorded()).outcome).toBe('cancelled');
  });

  test('that the vendor closes before the client is in ends the same way', async () => {
    bench.vendor.does({
      onOpen({ socket }) {
        socket.send('last words');
        socket.close(1008, 'no');
      },
    });
    const client = await bench.dial(realtimePath);
    expect(await client.closed).toEqual({ code: 1008, reason: 'no' });
    expect(client.messages).toEqual(['last words']);
    await bench.recorded();
  });

  test('goes at the pace of a slow client, and nothing is lost', async () => {
    const parts = 200;
    const part = Buffer.alloc(256 * 1024, 'x');
    const client = await bench.dial(realtimePath);
    client.socket.pause();
    const { socket } = bench.session();
    for (let sent = 0; sent < parts; sent += 1) socket.send(part);
    // Fifty megabytes do not fit on the way: the vendor has to wait.
    await until('the vendor is held back', () => socket.getBufferedAmount() > 16 * 1024 * 1024);
    client.socket.resume();
    await client.got(parts);
    expect(client.messages.every((message) => message.length === part.length)).toBe(true);
    client.socket.close();
    expect((await bench.recorded()).responseBytes).toBe(parts * part.length);
  });

  test('goes at the pace of a slow bench.vendor, and nothing is lost', async () => {
    const parts = 200;
    const part = Buffer.alloc(256 * 1024, 'x');
    const client = await bench.dial(realtimePath);
    bench.session().socket.pause();
    for (let sent = 0; sent < parts; sent += 1) client.socket.send(part);
    await until('the client is held back', () => client.socket.bufferedAmount > 16 * 1024 * 1024);
    bench.session().socket.resume();
    await until('all of it arrived', () => bench.session().received.length === parts);
    client.socket.close();
    await bench.recorded();
  });

  test('of a message too large for anybody ends with 1009', async () => {
    const client = await bench.dial(realtimePath);
    client.socket.send(Buffer.alloc(33 * 1024 * 1024));
    expect((await client.closed).code).toBe(1009);
    await bench.recorded();
  });
});
