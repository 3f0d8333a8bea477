/** A whole gateway inside the test: real nats-server, real files, a real socket, a projector beside it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectNats } from '../../events/connection.ts';
import { openJetStreamLog } from '../../events/jetStreamLog.ts';
import type { EventLog } from '../../events/log.ts';
import { startProjector } from '../../events/projections/projector.ts';
import { ensureStreams } from '../../events/streams.ts';
import { readConfig } from '../../server/config.ts';
import { createLogger } from '../../server/logger.ts';
import { startGateway, type Gateway } from '../../server/main.ts';
import { usualLimits, type Limits } from '../../server/proxy/limits.ts';
import { startNatsServer, type TestNatsServer } from './natsServer.ts';

export type TestGateway = Readonly<{
  /** Where it listens, without a slash at the end; another one after a restart. */
  url: () => string;
  app: () => Gateway['app'];
  /** The test's own connection to the same log. */
  log: EventLog;
  nats: TestNatsServer;
  dataDir: string;
  databasePath: string;
  /** What the gateway wrote into its own log so far. */
  output: () => string;
  /** Resolves once the read models hold all that is in the log now. */
  projected: () => Promise<void>;
  /** Ends the gateway and starts it on the same data, with further variables. */
  restart: (env?: Readonly<Record<string, string>>) => Promise<void>;
  /** Ends everything and removes its files; may be called twice. */
  stop: () => Promise<void>;
}>;

/** Without the server that every gateway has: a test that counts servers, tools or events means its own. */
const usual = { PORT: '0', MCP_BUILT_IN: 'false' };

type Options = Readonly<{
  /** Variables of the configuration; DATA_DIR and PORT are set. */
  env?: Readonly<Record<string, string>>;
  /** Shorter time limits than the usual ones. */
  limits?: Partial<Limits>;
}>;

/** Starts a gateway on a free port of 127.0.0.1, open unless `env` says otherwise. */
export async function testGateway({ env = {}, limits = {} }: Options = {}): Promise<TestGateway> {
  const nats = await startNatsServer();
  const dataDir = await mkdtemp(join(tmpdir(), 'signalbox-gateway-'));
  const connection = await connectNats(nats.connectOptions());
  await ensureStreams(connection, {});
  const log = await openJetStreamLog(connection);
  const lines: string[] = [];
  const logger = createLogger('debug', 'gateway-1', { write: (line) => void lines.push(line) });

  const configWith = (more: Readonly<Record<string, string>>) =>
    readConfig({ ...usual, ...env, ...more, DATA_DIR: dataDir });
  const start = (more: Readonly<Record<string, string>> = {}): Promise<Gateway> => {
    const { url: servers, user, pass } = nats;
    const access = { servers, user, pass, maxStoreBytes: null };
    return startGateway({ config: configWith(more), nats: access, workerNumber: 1 }, logger, {
      ...usualLimits,
      drainGraceMs: 0,
      ...limits,
    });
  };

  const { databasePath } = configWith({});
  const projector = await startProjector({
    log,
    databasePath,
    now: () => Date.now(),
    onError: (error) => lines.push(`projector: ${String(error)}\n`),
  });
  let gateway = await start();

  const stop = async () => {
    await gateway.stop();
    await projector.stop();
    await log.close();
    await connection.close();
    await nats.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  let stopped: Promise<void> | undefined;
  return {
    url: () => gateway.url,
    app: () => gateway.app,
    log,
    nats,
    dataDir,
    databasePath,
    output: () => lines.join(''),
    projected: () => projector.caughtUp(),
    async restart(more) {
      await gateway.stop();
      gateway = await start(more);
    },
    stop: () => (stopped ??= stop()),
  };
}
