/** Writes the configuration of the embedded nats-server: loopback, one user, every event on disk before its ack. */
import { readdirSync, renameSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

export type NatsFiles = Readonly<{ conf: string; pid: string; store: string }>;

export const natsFiles = (folder: string): NatsFiles => ({
  conf: join(folder, 'nats-server.conf'),
  pid: join(folder, 'nats-server.pid'),
  store: join(folder, 'store'),
});

const gibibyte = 1024 ** 3;

function bytesUnder(folder: string): number {
  try {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true });
    return files
      .filter((one) => one.isFile())
      .reduce((sum, one) => sum + statSync(join(one.parentPath, one.name)).size, 0);
  } catch {
    return 0;
  }
}

/** What the log may take: at most 10 GiB, and a tenth of the free space stays free. */
export function storeBudgetBytes(folder: string, store: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return Math.floor(Math.min(10 * gibibyte, bytesUnder(store) + bavail * bsize * 0.9));
}

/** A port of loopback that was free just now. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });

export type NatsSettings = Readonly<{
  port: number;
  monitorPort: number;
  user: string;
  /** bcrypt: the file does not hold the password. */
  passwordHash: string;
  maxStoreBytes: number;
}>;

/** Written beside and moved over the old one, so that the server never reads half a file. */
export function writeConfiguration(files: NatsFiles, settings: NatsSettings): void {
  const configuration = {
    server_name: 'signalbox',
    host: '127.0.0.1',
    port: settings.port,
    http: `127.0.0.1:${settings.monitorPort}`,
    pid_file: files.pid,
    authorization: { user: settings.user, password: settings.passwordHash },
    // The default of 1 MiB is less than the largest message that a stream allows.
    max_payload: 8 * 1024 * 1024,
    jetstream: {
      store_dir: files.store,
      sync_interval: 'always',
      max_file_store: settings.maxStoreBytes,
      max_memory_store: 64 * 1024 * 1024,
    },
  };
  const draft = `${files.conf}.new`;
  writeFileSync(draft, `${JSON.stringify(configuration, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, files.conf);
}
