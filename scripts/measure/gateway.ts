/** A whole Signalbox for measuring: launcher, log, projector and gateways, as a user would start it. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../server/nats/configure.ts';
import { temporaryFolder } from './leftovers.ts';

export type MeasuredGateway = Readonly<{
  port: number;
  dataDir: string;
  /** Of the launcher. */
  pid: number;
  /** Keeps the data folder when asked to, for another start. */
  stop: (keepData?: boolean) => Promise<void>;
  /** Ends the launcher without a chance to end anything itself; the data folder stays. */
  kill9: () => Promise<void>;
}>;

export const clientKey = 'sk-bench-client';
/** With a million events in the log it takes its time. */
const startLimitMs = 120_000;
const launcher = join(import.meta.dir, '../../server/launch.ts');

/** Where the system lets it. */
const withOpenFiles = (count: number): string[] => [
  'sh',
  '-c',
  `(ulimit -n ${count}) 2>/dev/null && ulimit -n ${count}; exec "$@"`,
  'sh',
];

/** Resolves as soon as a request through the gateway can be answered. */
export async function startGateway(
  env: Readonly<Record<string, string>>,
  given?: Readonly<{ dataDir?: string; port?: number; openFiles?: number }>,
): Promise<MeasuredGateway> {
  const folder = given?.dataDir === undefined ? temporaryFolder('measured') : undefined;
  const dataDir = given?.dataDir ?? folder?.path ?? '';
  const port = given?.port ?? (await freePort());
  const wrapper = given?.openFiles === undefined ? [] : withOpenFiles(given.openFiles);
  const child = Bun.spawn([...wrapper, process.execPath, launcher, '--port', String(port)], {
    env: {
      PATH: Bun.env['PATH'] ?? '',
      HOME: dataDir,
      DATA_DIR: dataDir,
      LOG_LEVEL: 'warn',
      MCP_API_KEYS: `${clientKey}:bench`,
      ...env,
    },
    cwd: dataDir,
    stdout: 'ignore',
    stderr: 'inherit',
  });
  const deadlineMs = performance.now() + startLimitMs;
  const isUp = () =>
    fetch(`http://127.0.0.1:${port}/ready`).then(
      () => true,
      () => false,
    );
  while (!(await isUp())) {
    if (child.exitCode !== null) throw new Error(`the gateway ended with ${child.exitCode}`);
    if (performance.now() > deadlineMs) {
      child.kill();
      throw new Error(`the gateway was not up within ${startLimitMs} ms`);
    }
    await Bun.sleep(5);
  }
  return {
    port,
    dataDir,
    pid: child.pid,
    async stop(keepData = false) {
      child.kill('SIGTERM');
      await child.exited;
      if (keepData) return;
      if (folder) folder.remove();
      else await rm(dataDir, { recursive: true, force: true });
    },
    async kill9() {
      child.kill('SIGKILL');
      await child.exited;
    },
  };
}
