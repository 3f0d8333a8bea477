/** Runs nats-server as a child: starts it, keeps it up under the same address, and stops it last. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../logger.ts';
import { restartBackoff } from '../launcher/backoff.ts';
import { StartError } from '../launcher/startError.ts';
import { freePort, natsFiles, storeBudgetBytes, writeConfiguration } from './configure.ts';
import { removeAccess, writeAccess } from './accessFile.ts';
import { becameHealthy, watchHealth } from './health.ts';
import { reapOrphan } from './orphan.ts';
import { resolveServerBin } from './resolve.ts';
import { followServerLog, type ServerLog } from './serverLog.ts';
import { refuseDowngrade } from './version.ts';

/** A large store takes its time until it is read. */
const startLimitMs = 120_000;
const stopLimitMs = 15_000;
const portTries = 3;

export type EmbeddedNats = Readonly<{
  /** `127.0.0.1:<port>`, the same over restarts of the child. */
  servers: string;
  user: string;
  pass: string;
  monitorUrl: string;
  /** What the log may take on this disk, in all. */
  maxStoreBytes: number;
  /** Of the child that runs now; 0 while there is none. */
  pid: () => number;
  /** Calls back whenever the child ended without being asked to; returns an idempotent unsubscribe. */
  onExit: (listener: () => void) => () => void;
  /** Ends the child in order; may be called twice. */
  stop: () => Promise<void>;
}>;

type Options = Readonly<{
  dataDir: string;
  serverBin: string | null;
  log: Logger;
  /** Off for tests that halt the server on purpose. */
  probeHealth?: boolean;
}>;

type Child = Readonly<{ process: Bun.Subprocess; log: ServerLog }>;

/** The caller holds the lock of the data folder. @throws {StartError} */
export async function startEmbeddedNats(options: Options): Promise<EmbeddedNats> {
  const { log } = options;
  const folder = join(options.dataDir, 'nats');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = natsFiles(folder);
  const bin = await resolveServerBin(options.serverBin);
  refuseDowngrade(folder, bin.version);
  await reapOrphan(files, log);

  const user = 'signalbox';
  const pass = randomBytes(24).toString('base64url');
  const passwordHash = await Bun.password.hash(pass, { algorithm: 'bcrypt', cost: 4 });
  const maxStoreBytes = storeBudgetBytes(folder, files.store);
  let port = 0;
  let monitorUrl = '';
  const choosePorts = async (): Promise<void> => {
    port = await freePort();
    const monitorPort = await freePort();
    monitorUrl = `http://127.0.0.1:${monitorPort}`;
    writeConfiguration(files, { port, monitorPort, user, passwordHash, maxStoreBytes });
  };

  // Detached: ^C in a terminal goes to the whole group, and the log must outlive the gateways.
  const spawn = (): Child => {
    const child = Bun.spawn([bin.path, '-c', files.conf], {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    return { process: child, log: followServerLog(child.stderr, log) };
  };
  const hasEnded = (child: Child): boolean =>
    child.process.exitCode !== null || child.process.signalCode !== null;
  const isUp = (child: Child): Promise<boolean> =>
    becameHealthy(monitorUrl, () => hasEnded(child), startLimitMs);

  const startFirst = async (): Promise<Child> => {
    for (let tries = 1; ; tries++) {
      await choosePorts();
      const child = spawn();
      if (await isUp(child)) return child;
      child.process.kill('SIGKILL');
      await child.process.exited;
      const reason = child.log.lastLines();
      // Somebody else may have taken the port since it was found free.
      if (tries < portTries && reason.includes('address already in use')) continue;
      throw new StartError(
        `nats-server (${bin.path}) did not start: ${reason || `it ended with ${child.process.exitCode}`}; its files are in ${folder}`,
      );
    }
  };

  let child = await startFirst();
  writeAccess(options.dataDir, { servers: `127.0.0.1:${port}`, user, pass });
  const listeners = new Set<() => void>();
  const stopping = Promise.withResolvers<void>();
  let isStopping = false;

  const keepUp = async (): Promise<void> => {
    const backoff = restartBackoff();
    while (!isStopping) {
      backoff.started();
      const running = child;
      const unwatch =
        options.probeHealth === false
          ? () => {}
          : watchHealth(monitorUrl, () => {
              log.error('nats-server failed three health probes and is restarted');
              running.process.kill('SIGKILL');
            });
      await running.process.exited;
      unwatch();
      if (isStopping) return;
      const waitMs = backoff.nextMs();
      log.error({ code: running.process.exitCode, waitMs }, 'nats-server ended and is restarted');
      for (const listener of listeners) listener();
      await Promise.race([Bun.sleep(waitMs), stopping.promise]);
      if (isStopping) return;
      child = spawn();
      if (await isUp(child)) log.info({ pid: child.process.pid }, 'nats-server is back');
      else child.process.kill('SIGKILL');
    }
  };
  const kept = keepUp();
  kept.catch((error: unknown) => log.fatal({ error }, 'nats-server is no longer looked after'));

  const end = async (): Promise<void> => {
    isStopping = true;
    stopping.resolve();
    child.process.kill('SIGTERM');
    const killer = setTimeout(() => child.process.kill('SIGKILL'), stopLimitMs);
    await Promise.allSettled([child.process.exited, kept]);
    clearTimeout(killer);
    rmSync(files.pid, { force: true });
    removeAccess(options.dataDir);
  };
  let ending: Promise<void> | undefined;
  return {
    servers: `127.0.0.1:${port}`,
    user,
    pass,
    monitorUrl,
    maxStoreBytes,
    pid: () => (hasEnded(child) ? 0 : child.process.pid),
    onExit: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: () => (ending ??= end()),
  };
}
