/** The embedded nats-server: a real child, killed, halted, orphaned, and looked after. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { checkServer } from '../../server/nats/checkServer.ts';
import { becameHealthy } from '../../server/nats/health.ts';
import { resolveServerBin } from '../../server/nats/resolve.ts';
import { lockStore } from '../../server/nats/storeLock.ts';
import { startEmbeddedNats, type EmbeddedNats } from '../../server/nats/supervise.ts';
import { freePort } from '../support/freePort.ts';
import { commandLine } from '../support/processes.ts';
import { until } from '../support/until.ts';
import { afterEachOf } from '../support/endings.ts';

const log = pino({ level: 'silent' });
const atEnd = afterEachOf();
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'signalbox-embedded-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

async function start(probeHealth = true): Promise<EmbeddedNats> {
  const nats = await startEmbeddedNats({ dataDir, serverBin: null, log, probeHealth });
  atEnd(nats.stop);
  return nats;
}

async function connected({ servers, user, pass }: EmbeddedNats) {
  const nc = await connect({
    servers,
    user,
    pass,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 50,
  });
  atEnd(() => nc.close());
  return nc;
}

const isBack = (nats: EmbeddedNats, before: number) => () =>
  nats.pid() !== 0 && nats.pid() !== before;

describe('a started server', () => {
  test('is on loopback, needs its password, and has every event on disk before the ack', async () => {
    const nats = await start();
    const check = await checkServer({ ...nats, allowWeak: false });
    expect(check.warnings).toEqual([]);
    expect(nats.servers).toStartWith('127.0.0.1:');
    await expect(
      connect({ servers: nats.servers, user: nats.user, pass: 'wrong', reconnect: false }),
    ).rejects.toThrow();
    const conf = join(dataDir, 'nats', 'nats-server.conf');
    expect(statSync(conf).mode & 0o777).toBe(0o600);
    expect(readFileSync(conf, 'utf8')).not.toContain(nats.pass);
  });

  test('comes back on its port after kill -9, with what it had acknowledged', async () => {
    const nats = await start();
    const nc = await connected(nats);
    await (await jetstreamManager(nc)).streams.add({ name: 'KEPT', subjects: ['kept'] });
    await jetstream(nc).publish('kept', 'one');
    const before = nats.pid();
    let exits = 0;
    nats.onExit(() => exits++);
    process.kill(before, 'SIGKILL');
    await until('the server runs again', isBack(nats, before));
    await until('the client is back', () =>
      nc.flush().then(
        () => true,
        () => false,
      ),
    );
    const { state } = await (await jetstreamManager(nc)).streams.info('KEPT');
    expect(state.messages).toBe(1);
    expect(exits).toBe(1);
  });

  test('is killed and started again when it answers no health probe', async () => {
    const nats = await start();
    const before = nats.pid();
    process.kill(before, 'SIGSTOP');
    await until('the halted server was replaced', isBack(nats, before), 25_000);
    await until('the new one answers', () =>
      checkServer({ ...nats, allowWeak: false }).then(
        () => true,
        () => false,
      ),
    );
  }, 60_000);

  test('ends when it is stopped, also when asked twice', async () => {
    const nats = await start();
    const pid = nats.pid();
    await Promise.all([nats.stop(), nats.stop()]);
    expect(commandLine(pid)).toBe('');
    expect(nats.pid()).toBe(0);
  });
});

describe('one store, one server', () => {
  test('the server of a launcher that was killed is ended before the next one starts', async () => {
    const orphan = Promise.withResolvers<number>();
    const holder = Bun.spawn(
      [process.execPath, join(import.meta.dir, '../fixtures/natsHolder.ts'), dataDir],
      {
        stdio: ['ignore', 'inherit', 'inherit'],
        ipc: (message: { pid: number }) => orphan.resolve(message.pid),
      },
    );
    const orphanPid = await orphan.promise;
    holder.kill('SIGKILL');
    await holder.exited;
    expect(commandLine(orphanPid)).toContain(dataDir);
    lockStore(dataDir).release();
    const nats = await start();
    expect(commandLine(orphanPid)).toBe('');
    expect(commandLine(nats.pid())).toContain(dataDir);
  });

  test('a stale pid file that names somebody else harms nobody', async () => {
    await (await start()).stop();
    const other = Bun.spawn(['sleep', '60']);
    atEnd(() => other.kill());
    writeFileSync(join(dataDir, 'nats', 'nats-server.pid'), String(other.pid));
    await start();
    expect(commandLine(other.pid)).toContain('sleep');
  });

  test('a second launcher is refused with the folder and the process that holds it', () => {
    const first = lockStore(dataDir);
    expect(() => lockStore(dataDir)).toThrow(
      `the data folder ${dataDir} is in use by another Signalbox (process ${process.pid})`,
    );
    first.release();
    lockStore(dataDir).release();
  });

  test('a store of a newer server line is refused', async () => {
    await (await start()).stop();
    writeFileSync(join(dataDir, 'nats', 'version'), '3.1.4\n');
    await expect(start()).rejects.toThrow('was written by nats-server 3.1.4');
  });
});

describe('a server that is not good enough', () => {
  const isRefused = (given: string) => expect(resolveServerBin(given)).rejects;

  test('a named binary that is none is refused', async () => {
    await isRefused('/absent').toThrow('NATS_SERVER_BIN names /absent');
    await isRefused('/bin/true').toThrow('no nats-server that runs here');
  });

  test('a binary that is too old is refused', async () => {
    const old = join(dataDir, 'nats-server');
    writeFileSync(old, '#!/bin/sh\necho nats-server: v2.9.10\n', { mode: 0o755 });
    await isRefused(old).toThrow('which is nats-server 2.9.10: at least 2.11.0 is needed');
  });

  test('an outside server that syncs late is refused, and accepted with a warning on request', async () => {
    const [port, monitorPort] = [freePort(), freePort()];
    const conf = join(dataDir, 'weak.conf');
    writeFileSync(
      conf,
      JSON.stringify({
        host: '127.0.0.1',
        port,
        http: `127.0.0.1:${monitorPort}`,
        jetstream: { store_dir: dataDir },
      }),
    );
    const child = Bun.spawn([(await resolveServerBin(null)).path, '-c', conf], {
      stderr: 'ignore',
    });
    atEnd(() => child.kill());
    const monitorUrl = `http://127.0.0.1:${monitorPort}`;
    expect(await becameHealthy(monitorUrl, () => false, 10_000)).toBe(true);
    const weak = { servers: `127.0.0.1:${port}`, user: '', pass: '', monitorUrl };
    await expect(checkServer({ ...weak, allowWeak: false })).rejects.toThrow(
      'sync_interval: always',
    );
    expect((await checkServer({ ...weak, allowWeak: true })).warnings).toHaveLength(1);
    const unseen = await checkServer({ ...weak, monitorUrl: null, allowWeak: false });
    expect(unseen.warnings.join()).toContain('cannot be seen from here');
  });

  test('a server that is not there is one clear error', async () => {
    const absent = {
      servers: '127.0.0.1:1',
      user: '',
      pass: '',
      monitorUrl: null,
      allowWeak: false,
    };
    await expect(checkServer({ ...absent, connectTimeoutMs: 100 })).rejects.toThrow(
      'NATS at 127.0.0.1:1 did not answer',
    );
  });
});
