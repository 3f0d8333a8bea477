/** Signalbox as it is run: the launcher with all its processes, on a log that the test can read. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectNats } from '../../events/connection.ts';
import { openJetStreamLog } from '../../events/jetStreamLog.ts';
import type { EventLog } from '../../events/log.ts';
import { ensureStreams } from '../../events/streams.ts';
import { freePort } from './freePort.ts';
import { startNatsServer } from './natsServer.ts';
import { processesWith } from './processes.ts';
import { until } from './until.ts';

const entry = join(import.meta.dir, '../../server/launch.ts');

export type SharedLog = Readonly<{
  log: EventLog;
  /** What every launcher on this log is started with. */
  env: Readonly<Record<string, string>>;
  stop: () => Promise<void>;
}>;

export async function startSharedLog(): Promise<SharedLog> {
  const nats = await startNatsServer();
  const connection = await connectNats(nats.connectOptions());
  await ensureStreams(connection, {});
  return {
    log: await openJetStreamLog(connection),
    env: {
      NATS_URL: nats.url.replace('://', `://${nats.user}:${nats.pass}@`),
      NATS_ALLOW_WEAK: 'true',
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      JWT_SECRET_KEY: randomBytes(32).toString('hex'),
    },
    async stop() {
      await connection.close();
      await nats.stop();
    },
  };
}

export type Launched = Readonly<{
  url: string;
  pid: number;
  output: () => string;
  signal: (name: 'SIGTERM' | 'SIGKILL') => void;
  /** Resolves to the exit code. */
  ended: Promise<number>;
}>;

export type Place = Readonly<{
  folder: string;
  port: number;
  /** Ends what still runs there, and removes its files. */
  remove: () => void;
}>;

/** A data folder and a port, for a launcher and for the one that comes after it. */
export async function newPlace(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-launched-'));
  return {
    folder,
    port: freePort(),
    remove() {
      for (const pid of processesWith(folder)) process.kill(pid, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves once it listens. */
export async function launchAt(
  { folder, port }: Place,
  env: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Promise<Launched> {
  const child = Bun.spawn([process.execPath, entry, ...flags], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      DATA_DIR: join(folder, 'data'),
      PORT: String(port),
      LOG_LEVEL: 'info',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const read = async (stream: ReadableStream<Uint8Array>) => {
    for await (const chunk of stream) output += Buffer.from(chunk).toString();
  };
  void read(child.stdout);
  void read(child.stderr);
  await until(
    'the launcher listens',
    () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${output}`);
      return output.includes('listens on');
    },
    30_000,
  );
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    output: () => output,
    signal: (name) => child.kill(name),
    ended: child.exited,
  };
}
