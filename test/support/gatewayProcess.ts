/** A gateway in a process of its own, which a test can kill; several may share one nats-server. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectNats } from '../../events/connection.ts';
import { ensureStreams } from '../../events/streams.ts';
import { readConfig } from '../../server/config.ts';
import type { FromChild, StartMessage } from '../../server/launcher/messages.ts';
import { startNatsServer, type TestNatsServer } from './natsServer.ts';
import { startVendor, type Script, type Vendor } from './vendor.ts';

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

async function startGatewayProcess(
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

export type TwoGateways = Readonly<{
  nats: TestNatsServer;
  vendor: Vendor;
  one: GatewayProcess;
  other: GatewayProcess;
  stop: () => Promise<void>;
}>;

/** On one log and one vault, before one vendor. */
export async function startTwoGateways(
  script: Script,
  more: Readonly<Record<string, string>> = {},
): Promise<TwoGateways> {
  const nats = await startNatsServer();
  const nc = await connectNats(nats.connectOptions());
  await ensureStreams(nc);
  await nc.close();
  const vendor = await startVendor(script);
  const env = {
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    OPENAI_API_KEYS: 'test-key-openai',
    OPENAI_BASE_URL: `${vendor.url}/v1`,
    CACHE_ENABLED: 'false',
    ...more,
  };
  const one = await startGatewayProcess(nats, env);
  const other = await startGatewayProcess(nats, env);
  return {
    nats,
    vendor,
    one,
    other,
    async stop() {
      await Promise.all([one.stop(), other.stop()]);
      await vendor.stop();
      await nats.stop();
    },
  };
}
