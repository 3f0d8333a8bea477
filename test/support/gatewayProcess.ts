/** A gateway in a process of its own, which a test can kill; several may share one nats-server. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FromChild, StartMessage } from '../../server/launcher/messages.ts';
import { readConfig } from '../../server/config.ts';
import type { TestNatsServer } from './natsServer.ts';

export type GatewayProcess = Readonly<{
  url: () => string;
  dataDir: string;
  /** As a power cut would. */
  kill9: () => Promise<void>;
  /** On the same data; kills it first where it still runs. */
  restart: () => Promise<void>;
  /** Ends it, and removes its files. */
  stop: () => Promise<void>;
}>;

const program = join(import.meta.dir, '../../server/main.ts');
const startWithinMs = 30_000;

export async function startGatewayProcess(
  nats: TestNatsServer,
  env: Readonly<Record<string, string>>,
): Promise<GatewayProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'signalbox-process-'));
  const config = readConfig({ PORT: '0', LOG_LEVEL: 'error', ...env, DATA_DIR: dataDir });
  const { url: servers, user, pass } = nats;
  const message: StartMessage = {
    type: 'start',
    config,
    nats: { servers, user, pass, maxStoreBytes: null },
    workerNumber: 1,
  };
  let url = '';

  const spawn = async (): Promise<Bun.Subprocess> => {
    const ready = Promise.withResolvers<string>();
    const child = Bun.spawn([process.execPath, program], {
      cwd: dataDir,
      stdio: ['ignore', 'inherit', 'inherit'],
      ipc: (told: FromChild) => {
        if (told.type === 'ready') ready.resolve(told.url ?? '');
        if (told.type === 'failed') ready.reject(new Error(told.message));
      },
    });
    child.send(message);
    const late = setTimeout(() => ready.reject(new Error('it did not start')), startWithinMs);
    url = await ready.promise.finally(() => clearTimeout(late));
    return child;
  };
  let child = await spawn();
  const endWithTests = () => child.kill('SIGKILL');
  process.on('exit', endWithTests);
  const kill9 = async () => {
    child.kill('SIGKILL');
    await child.exited;
  };

  return {
    url: () => url,
    dataDir,
    kill9,
    async restart() {
      await kill9();
      child = await spawn();
    },
    async stop() {
      process.off('exit', endWithTests);
      child.kill('SIGTERM');
      await child.exited;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
