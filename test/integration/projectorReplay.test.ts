/** `bun run replay`: the read models against the log, and actors as they were. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Database } from 'bun:sqlite';
import { dirname, join } from 'node:path';
import { connectNats } from '../../events/connection.ts';
import { openJetStreamLog } from '../../events/jetStreamLog.ts';
import type { EventLog } from '../../events/log.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import { compareWithRebuild, NotComparable } from '../../events/projections/rebuild.ts';
import { ensureStreams } from '../../events/streams.ts';
import { startNatsServer, type TestNatsServer } from '../support/natsServer.ts';
import {
  batch,
  keyAdded,
  put,
  requestAt,
  rested,
  rowsAfterProjecting,
  rowsIn,
  runProjector,
  tempDatabase,
  withTrafficFrom,
} from '../support/projections.ts';

const script = join(import.meta.dir, '../../scripts/replay.ts');
const noonMs = Date.parse('2026-11-19T12:00:00Z');

async function fill(log: EventLog): Promise<void> {
  await put(log, 'provider-key', 'one', keyAdded());
  await put(log, 'provider-key', 'one', rested(noonMs + 60_000));
  await log.appendTraffic(batch(requestAt(noonMs), requestAt(noonMs)));
  await log.appendTraffic(batch(requestAt(noonMs)));
}

describe('a comparison with the log', () => {
  test('finds every table equal, also while newer events arrive', async () => {
    const log = memoryLog({ now: () => noonMs });
    const database = tempDatabase();
    await fill(log);
    await rowsAfterProjecting(log, database.path);
    const before = rowsIn(database.path);
    await log.appendTraffic(batch(requestAt(noonMs)));
    const tables = await compareWithRebuild(log, database.path);
    expect(tables.filter((one) => !one.isEqual)).toEqual([]);
    expect(tables.find((one) => one.table === 'request')).toMatchObject({
      rows: 3,
      rebuiltRows: 3,
    });
    expect(rowsIn(database.path)).toEqual(before);
    database.remove();
  });

  test('names the table in which one number was changed', async () => {
    const log = memoryLog({ now: () => noonMs });
    const database = tempDatabase();
    await fill(log);
    await rowsAfterProjecting(log, database.path);
    const client = new Database(database.path);
    client.run('update request set duration_ms = duration_ms + 1 where n = 1024');
    client.close();
    const tables = await compareWithRebuild(log, database.path);
    expect(tables.filter((one) => !one.isEqual).map((one) => one.table)).toEqual(['request']);
    database.remove();
  });

  test('passes over single requests that the log has dropped', async () => {
    const nextDayMs = noonMs + 24 * 3_600_000;
    let clockMs = noonMs;
    const log = memoryLog({ now: () => clockMs });
    const database = tempDatabase();
    await fill(log);
    clockMs = nextDayMs;
    await log.appendTraffic(batch(requestAt(nextDayMs)));
    const projector = await runProjector(log, database.path, nextDayMs);
    await projector.caughtUp();
    await projector.stop();
    await rowsAfterProjecting(log, database.path);
    const tables = await compareWithRebuild(withTrafficFrom(log, 2), database.path);
    expect(tables.filter((one) => !one.isEqual)).toEqual([]);
    expect(tables.find((one) => one.table === 'request')).toMatchObject({ rows: 2 });
    database.remove();
  });

  test('refuses a database of another log', async () => {
    const database = tempDatabase();
    const log = memoryLog({ now: () => noonMs });
    await fill(log);
    await rowsAfterProjecting(log, database.path);
    const another = memoryLog({ now: () => noonMs + 1 });
    expect(compareWithRebuild(another, database.path)).rejects.toBeInstanceOf(NotComparable);
    database.remove();
  });
});

describe('the script', () => {
  let server: TestNatsServer;
  let log: EventLog;
  let close: () => Promise<void>;
  const database = tempDatabase();

  beforeAll(async () => {
    server = await startNatsServer();
    const connection = await connectNats(server.connectOptions());
    await ensureStreams(connection, {});
    log = await openJetStreamLog(connection);
    close = () => connection.close();
    await fill(log);
    await rowsAfterProjecting(log, database.path);
  });
  afterAll(async () => {
    await close();
    await server.stop();
    database.remove();
  });

  async function replay(...options: string[]) {
    const address = server.url.replace('//', `//${server.user}:${server.pass}@`);
    const child = Bun.spawn([process.execPath, script, ...options], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        NATS_URL: address,
        DATA_DIR: dirname(database.path),
        DATABASE_URL: `sqlite:///${database.path}`,
        ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
        JWT_SECRET_KEY: 'a-secret-of-the-test-that-is-long-enough',
      },
    });
    const [out, error] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    return { out, error, exitCode: await child.exited };
  }

  test('says table by table that the database is what the log gives', async () => {
    const { out, error, exitCode } = await replay();
    expect(error).toBe('');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^request +3 rows {2}equal$/m);
    expect(out).toContain('the database is what the log gives');
  });

  test('prints an actor as it is, and as it was at a sequence', async () => {
    const now = await replay('--actor', 'provider-key/one');
    expect(JSON.parse(now.out)).toMatchObject({ sequence: 2, status: 'resting' });
    const then = await replay('--actor', 'provider-key/one', '--at', '1');
    expect(JSON.parse(then.out)).toMatchObject({ sequence: 1, status: 'healthy' });
    const before = await replay('--actor', 'provider-key/one', '--at', '2001-01-01T00:00:00Z');
    expect(before).toMatchObject({ out: '', exitCode: 1 });
    expect(before.error).toContain('provider-key/one had no event at 2001');
  });

  test('says what is wrong with its options', async () => {
    const kind = await replay('--actor', 'teapot/one');
    expect(kind.error).toContain('the kind one of provider, provider-key');
    const time = await replay('--actor', 'provider-key/one', '--at', 'noon');
    expect(time.error).toContain('is no sequence and no time');
    expect(await replay('--at', '1')).toMatchObject({ exitCode: 2 });
  });

  test('finds a database that says something else, and exits with 1', async () => {
    const client = new Database(database.path);
    client.run(`update provider_key set name = 'Forged'`);
    client.close();
    const { out, exitCode } = await replay();
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^provider_key .*DIFFERENT/m);
  });
});
