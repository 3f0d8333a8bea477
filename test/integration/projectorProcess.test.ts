/** The projector as a process over a real log: killed in the middle, it goes on without losing or doubling a row. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { connectNats } from '../../events/connection.ts';
import { openJetStreamLog } from '../../events/jetStreamLog.ts';
import type { EventLog } from '../../events/log.ts';
import { openReadModels } from '../../events/projections/readModels.ts';
import { ensureStreams } from '../../events/streams.ts';
import { startNatsServer, type TestNatsServer } from '../support/natsServer.ts';
import {
  all,
  batch,
  keyAdded,
  put,
  requestAt,
  rested,
  rowsAfterProjecting,
  rowsIn,
  tempDatabase,
} from '../support/projections.ts';
import { until } from '../support/until.ts';

const entry = join(import.meta.dir, '../../events/projections/projector.ts');
let server: TestNatsServer;
let log: EventLog;
let closeConnection: () => Promise<void>;

beforeAll(async () => {
  server = await startNatsServer();
  const connection = await connectNats(server.connectOptions());
  await ensureStreams(connection, {});
  log = await openJetStreamLog(connection);
  closeConnection = () => connection.close();
});
afterAll(async () => {
  await log.close();
  await closeConnection();
  await server.stop();
});

/** Spawns a projector as the launcher does; resolves with its first word. */
async function spawnProjector(databasePath: string, servers = server.url) {
  const told = Promise.withResolvers<{ type: string; message?: string }>();
  const child = Bun.spawn([process.execPath, entry], {
    stdio: ['ignore', 'ignore', 'inherit'],
    ipc: (message: { type: string }) => told.resolve(message),
  });
  const { user, pass } = server;
  child.send({
    type: 'start',
    config: { databasePath, logLevel: 'info' },
    nats: { servers, user, pass, maxStoreBytes: null },
  });
  return { child, first: await told.promise };
}

async function fill(messages: number): Promise<void> {
  await put(log, 'provider-key', 'one', keyAdded());
  await put(log, 'provider-key', 'one', rested(Date.now() + 60_000));
  const atMs = Date.now();
  const waiting = Array.from({ length: messages }, (_, index) =>
    log.appendTraffic(
      batch(...Array.from({ length: 200 }, () => requestAt(atMs, { keyId: `k${index % 7}` }))),
    ),
  );
  await Promise.all(waiting);
}

describe('a projector process', () => {
  test('killed again and again ends with the rows of one that was not', async () => {
    await fill(300);
    const database = tempDatabase();
    const models = openReadModels(database.path);
    const projected = () =>
      models.positions().find((one) => one.stream === 'TRAFFIC')?.sequence ?? 0;
    const { lastSequence } = await log.state('TRAFFIC');

    for (const killAt of [1, 100, 200]) {
      const { child } = await spawnProjector(database.path);
      await until('enough is projected', () => projected() >= killAt);
      child.kill('SIGKILL');
      await child.exited;
      const rows = 'select count(*) as n from request';
      expect(all(database.path, rows)).toEqual([{ n: projected() * 200 }]);
    }

    const { child, first } = await spawnProjector(database.path);
    expect(first).toEqual({ type: 'ready' });
    await until('all is projected', () => projected() === lastSequence);
    child.send({ type: 'stop' });
    expect(await child.exited).toBe(0);
    models.close();

    const other = tempDatabase();
    expect(rowsIn(database.path)).toEqual(await rowsAfterProjecting(log, other.path));
    other.remove();
    database.remove();
  });

  test('goes on after the log was away', async () => {
    const database = tempDatabase();
    const models = openReadModels(database.path);
    const { child } = await spawnProjector(database.path);
    await server.restart();
    await until('the log is back', () => log.isConnected());
    const sequence = await log.appendTraffic(batch(requestAt(Date.now())));
    await until('it is in the file', () =>
      models.positions().some((one) => one.sequence === sequence),
    );
    models.close();
    child.kill();
    await child.exited;
    database.remove();
  });

  test('ends when its launcher is gone', async () => {
    const database = tempDatabase();
    const { child } = await spawnProjector(database.path);
    child.disconnect();
    expect(await child.exited).toBe(1);
    database.remove();
  });

  test('says why it cannot start', async () => {
    const database = tempDatabase();
    const folder = join(database.path, 'in', 'a', 'file');
    await Bun.write(database.path, 'in the way');
    const { child, first } = await spawnProjector(folder);
    expect(first.type).toBe('failed');
    expect(first.message).toContain('ENOTDIR');
    child.kill();
    await child.exited;
    database.remove();
  });
});
