/** Brings everything up: configuration, the log, the projector, the gateways; and down again in reverse. */
import { join } from 'node:path';
import { environment, readConfig, urlOf, type Config } from '../config.ts';
import { natsAccessOf } from '../config/places.ts';
import { createLogger, type Logger } from '../logger.ts';
import type { Environment } from '../config/read.ts';
import { announcement } from './announce.ts';
import { keepChild, type Child } from './child.ts';
import type { Flags } from './flags.ts';
import type { LogAccess } from './messages.ts';
import { waitForPort } from './port.ts';
import { boot, type ChildSpec, type Run } from './process.ts';
import { watchSources } from './watchSources.ts';
import { checkServer } from '../nats/checkServer.ts';
import { lockStore } from '../nats/storeLock.ts';
import { startEmbeddedNats } from '../nats/supervise.ts';

const root = join(import.meta.dir, '../..');

/** The files that the children run. */
export type Entries = Readonly<{ gateway: string; projector: string; demo: string }>;
export const entries: Entries = {
  gateway: join(root, 'server/main.ts'),
  projector: join(root, 'events/projections/projector.ts'),
  demo: join(root, 'scripts/demo.ts'),
};

// A gateway's own deadline is 30 s; what is still there after it is not going to end.
const gatewayStopMs = 32_000;
const otherStopMs = 10_000;
const startLimitMs = 120_000;

export type Launched = Readonly<{ config: Config; url: string; stop: () => Promise<void> }>;

type Cleaner = Readonly<{ add: (step: () => unknown) => void; run: () => Promise<void> }>;

/** Steps that undo the start, the newest first; each is run once. */
function cleaner(): Cleaner {
  const steps: (() => unknown)[] = [];
  let running: Promise<void> | undefined;
  const runAll = async (): Promise<void> => {
    for (let step = steps.pop(); step; step = steps.pop()) await step();
  };
  return { add: (step) => void steps.push(step), run: () => (running ??= runAll()) };
}

/** Starts everything; what had started is stopped again when something fails, or when `signal` asks for it. */
export async function launch(flags: Flags, signal: AbortSignal, files: Entries): Promise<Launched> {
  const cleanUp = cleaner();
  try {
    return await start(flags, signal, files, cleanUp);
  } catch (error) {
    await cleanUp.run();
    throw error;
  }
}

async function start(
  flags: Flags,
  signal: AbortSignal,
  files: Entries,
  cleanUp: Cleaner,
): Promise<Launched> {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  aborted.catch(() => {});
  const unlessAborted = <T>(step: Promise<T>): Promise<T> => Promise.race([step, aborted]);

  const own = environment();
  const demo = flags.demo ? bootDemo(files.demo, own, cleanUp) : undefined;
  const added = demo && (await unlessAborted(demo.start({ type: 'start' }))).env;
  const config = readConfig({ ...own, ...added }, flags.config);
  const log = createLogger(config.logLevel, 'launcher');

  const lock = lockStore(config.dataDir);
  cleanUp.add(lock.release);
  await unlessAborted(waitForPort(config.host, config.port));
  const { nats, warnings } = await openLog(config, log, cleanUp);
  signal.throwIfAborted();

  const spec = {
    // Bun would hold back all upstream requests but 256, and it reads this only at its own start.
    env: { ...own, BUN_CONFIG_MAX_HTTP_REQUESTS: '65336' },
    startLimitMs,
    stopLimitMs: otherStopMs,
  };
  const projector = keepChild(
    { ...spec, name: 'projector', entry: files.projector, niceness: 19 },
    log,
  );
  cleanUp.add(projector.stop);
  const gateways = Array.from({ length: config.workers }, () =>
    keepChild({ ...spec, name: 'gateway', entry: files.gateway, stopLimitMs: gatewayStopMs }, log),
  );
  cleanUp.add(() => Promise.all(gateways.map((gateway) => gateway.stop())));

  // They load side by side; the projector makes the tables that the gateways read, so it starts first.
  const message = { type: 'start', config, nats } as const;
  await unlessAborted(projector.start({ ...message, workerNumber: 1 }));
  const ready = await unlessAborted(
    Promise.all(gateways.map((one, index) => one.start({ ...message, workerNumber: index + 1 }))),
  );
  const url = ready[0]?.url ?? urlOf(config.host, config.port);
  if (flags.reload) cleanUp.add(restartOnChange(projector, gateways, log));
  process.stdout.write(announcement(config, url, [...config.warnings, ...warnings]));
  demo?.send({ type: 'gateway', url });
  return { config, url, stop: cleanUp.run };
}

/** The demo comes before the configuration, which it adds to; it is not started again when it ends. */
function bootDemo(entry: string, env: Environment, cleanUp: Cleaner): Run {
  const spec: ChildSpec = { name: 'demo', entry, env, startLimitMs, stopLimitMs: otherStopMs };
  const demo = boot(spec);
  cleanUp.add(demo.stop);
  return demo;
}

type OpenLog = Readonly<{ nats: LogAccess; warnings: readonly string[] }>;

async function openLog(config: Config, log: Logger, cleanUp: Cleaner): Promise<OpenLog> {
  const allowWeak = config.natsAllowWeak;
  if (config.nats.kind === 'outside') {
    const access = natsAccessOf(config.nats.url);
    const { warnings } = await checkServer({ ...access, monitorUrl: null, allowWeak });
    return { nats: { ...access, maxStoreBytes: null }, warnings };
  }
  const embedded = await startEmbeddedNats({
    dataDir: config.dataDir,
    serverBin: config.nats.serverBin,
    log,
  });
  cleanUp.add(embedded.stop);
  const { servers, user, pass, monitorUrl, maxStoreBytes } = embedded;
  // An exit in haste (a second ^C, a bug) does not wait for the steps above.
  const endNow = (): void => {
    if (embedded.pid() !== 0) process.kill(embedded.pid(), 'SIGTERM');
  };
  process.on('exit', endNow);
  const { warnings } = await checkServer({ servers, user, pass, monitorUrl, allowWeak });
  return { nats: { servers, user, pass, maxStoreBytes }, warnings };
}

function restartOnChange(projector: Child, gateways: readonly Child[], log: Logger): () => void {
  return watchSources(root, ['events', 'actors', 'server'], (folders) => {
    log.info({ folders: [...folders] }, 'source files changed: starting again');
    if (folders.has('events')) projector.restart();
    for (const gateway of gateways) gateway.restart();
  });
}
