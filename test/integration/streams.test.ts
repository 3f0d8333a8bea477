/** The streams and the connection, against a real server. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { jetstreamManager, type StreamConfig } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats, NatsUnreachable } from '../../events/connection.ts';
import { openJetStreamLog } from '../../events/jetStreamLog.ts';
import { ensureStreams, StreamMismatch } from '../../events/streams.ts';
import { startNatsServer, type TestNatsServer } from '../support/natsServer.ts';
import { batchOf, freshActor, renamed } from '../support/sampleEvents.ts';

describe('The streams', () => {
  let server: TestNatsServer;
  let nc: NatsConnection;
  beforeAll(async () => {
    server = await startNatsServer();
    nc = await connectNats(server.connectOptions());
    await ensureStreams(nc, {});
  });
  afterAll(async () => {
    await nc.close();
    await server.stop();
  });

  const change = async (stream: string, config: Partial<StreamConfig>) =>
    (await jetstreamManager(nc)).streams.update(stream, config);

  test('are left alone when they are right, also with limits of the operator', async () => {
    await change('TRAFFIC', { max_age: 3_600e9, max_bytes: 256 * 1024 * 1024 });
    await ensureStreams(nc, {});
    const manager = await jetstreamManager(nc);
    const { config } = await manager.streams.info('TRAFFIC');
    expect([config.max_age, config.max_bytes]).toEqual([3_600e9, 256 * 1024 * 1024]);
  });

  test('are refused, by name, when they promise less', async () => {
    const weaker: Partial<StreamConfig>[] = [
      { max_msgs: 1 },
      { max_age: 3_600e9 },
      { max_msgs_per_subject: 1 },
      { duplicate_window: 1e9 },
      { allow_rollup_hdrs: true, deny_purge: true },
    ];
    for (const config of weaker) {
      const before = (await (await jetstreamManager(nc)).streams.info('CONTROL')).config;
      // The server refuses some of these by itself; those that it takes have to be seen here.
      const taken = await change('CONTROL', config).then(
        () => true,
        () => false,
      );
      if (!taken) continue;
      const refused = await ensureStreams(nc, {}).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(StreamMismatch);
      expect(refused).toMatchObject({ stream: 'CONTROL', field: Object.keys(config)[0]! });
      await change('CONTROL', before);
    }
    await ensureStreams(nc, {});
  });

  test('that are missing are a mistake of the program and not an absence of the log', async () => {
    const bare = await startNatsServer();
    const toBare = await connectNats(bare.connectOptions());
    const log = await openJetStreamLog(toBare);
    try {
      const asked = [
        () => log.append(freshActor(), renamed('x'), 0),
        () => log.appendTraffic(batchOf('/v1/x')),
        () => log.read(freshActor()),
        () => log.state('TRAFFIC'),
        () => log.tailControl(0, () => undefined),
      ];
      for (const ask of asked) {
        await expect(ask()).rejects.toThrow(/does not exist .* ensureStreams/);
      }
    } finally {
      await log.close();
      await toBare.close();
      await bare.stop();
    }
  });
});

describe('Connecting', () => {
  test('gives up after the time limit and names the server without its password', async () => {
    const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
    const servers = `nats://someone:hidden@127.0.0.1:${listener.port}`;
    const tried = connectNats({ servers, name: 'test', connectTimeoutMs: 600 });
    const error = await tried.catch((failure: unknown) => failure);
    listener.stop(true);
    expect(error).toBeInstanceOf(NatsUnreachable);
    expect(String(error)).toContain(`127.0.0.1:${listener.port}`);
    expect(String(error)).not.toContain('hidden');
  });

  test('says at once that the credentials are refused, and takes them from the address', async () => {
    const server = await startNatsServer();
    const { host } = new URL(server.url);
    const wrong = connectNats({ ...server.connectOptions(), pass: 'wrong' });
    await expect(wrong).rejects.toThrow(/refused the user or password/);
    const servers = `nats://${server.user}:${server.pass}@${host}`;
    const nc = await connectNats({ servers, name: 'test' });
    expect(nc.isClosed()).toBe(false);
    await nc.close();
    await server.stop();
  });
});
