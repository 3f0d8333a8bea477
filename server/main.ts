/** One gateway process, from its start to its end. */
import { join } from 'node:path';
import { createRuntime } from '../actors/runtime/runtime.ts';
import { openReadModels } from '../events/projections/readModels.ts';
import { snapshotFile } from '../events/snapshots.ts';
import { buildApp, type App } from './app.ts';
import { environment } from './config.ts';
import { openConversations } from './conversations/openConversations.ts';
import { createProxiedTurns } from './conversations/proxiedTurns.ts';
import { withTurns } from './conversations/proxyWithTurns.ts';
import { systemLookup } from './providers/baseUrl.ts';
import { drainLimitMs, drainServer } from './drainServer.ts';
import { declare } from './providers/declare.ts';
import { createPulse } from './condition.ts';
import { gatewayIdOf } from './identity.ts';
import { withFreshSecrets } from './keyRing/freshSecrets.ts';
import { kinds } from './kinds.ts';
import { openLog } from './nats/openLog.ts';
import { runAsChild, type Running } from './launcher/asChild.ts';
import type { StartMessage } from './launcher/messages.ts';
import { listen } from './listen.ts';
import { createLive } from './live/live.ts';
import { createLogger } from './logger.ts';
import { createMcpRunners, startMcp } from './mcp/mcp.ts';
import { createProviderKeys } from './providers/providerKeys.ts';
import { createRealtime } from './realtime/realtime.ts';
import { eraseSecret, startSweeping } from './secretUpkeep.ts';
import type { Services } from './services.ts';
import { createSettings } from './settings/settings.ts';
import type { Values } from './settings/table.ts';
import { createTally } from './metrics/tally.ts';
import { openRequestPath } from './requestPath.ts';
import { openVault } from './vault.ts';
import { openWebhooks } from './webhooks/openWebhooks.ts';

const now = () => Date.now();
export type Gateway = Running & Readonly<{ app: App }>;

export async function startGateway(
  start: Omit<StartMessage, 'type'>,
  logger = createLogger(start.config.logLevel, `gateway-${start.workerNumber}`),
  /** Other defaults of settings than the usual ones. */
  defaults: Partial<Values> = {},
): Promise<Gateway> {
  const { config, nats, workerNumber } = start;
  const onError = (error: unknown, about: string) => logger.warn({ error }, about);

  // The log, and what lies beside it.
  const gatewayId = await gatewayIdOf(config.dataDir, workerNumber);
  const { nc, log } = await openLog(nats, `gateway ${gatewayId}`);
  const vault = withFreshSecrets(await openVault(nc, config.encryptionKey));

  // The actors, brought back from the log.
  const mcpLines = createMcpRunners();
  const runtime = createRuntime({
    log,
    kinds,
    gatewayId,
    now,
    snapshots: snapshotFile(join(config.dataDir, `snapshot-${workerNumber}`)),
    effects: { EraseSecret: eraseSecret(vault), ...mcpLines.runners },
    onError,
  });
  await runtime.start();
  const settings = createSettings({ runtime, config, defaults, onError });
  const limits = settings.values;
  const beside = { settings, vault, log, runtime, gatewayId, now, onError };
  const providerKeys = createProviderKeys(runtime, vault, now);
  await declare({ runtime, vault, providerKeys, config, now });

  // The request path: memory only.
  const path = await openRequestPath({ ...beside, nc, nats, config, workerNumber, logger });
  const { clients, localOnly, pools, verdicts, breakers, models, recorder, bodies } = path;
  const { affinity, judge, admit, sessions, metrics, drain, waiters, proxy, pricing } = path;
  const webhooks = await openWebhooks(nc, config.version, beside);
  const { modelRoutes, providers } = models;
  const realtime = createRealtime({ proxy, pools, verdicts, affinity, judge, gatewayId, now });
  const conversations = await openConversations({
    ...beside,
    nc,
    config,
    maxStoreBytes: nats.maxStoreBytes,
    proxy: path.proxyDeps,
    pricing,
    models,
  });
  const readModels = openReadModels(config.databasePath);
  const isDraining = () => drain.isDraining;
  const mcp = await startMcp(
    {
      ...beside,
      nc,
      config,
      breakers,
      recorder: path.counted,
      bodies,
      admit,
      anonymous: clients.anonymous,
      own: { conversations, clients, log, readModels, pools, isDraining },
      environment: environment(),
      logger,
    },
    mcpLines,
  );
  metrics.add(...mcp.backends.families);

  const turns = createProxiedTurns({
    ...beside,
    conversations,
    pricing,
    mostMessages: () => (limits.trimConversations ? null : limits.maxConversationLength),
  });

  // The doors.
  const howItIs = createPulse({ isDraining, log, pools, readModels, now });
  const live = createLive({ ...beside, kinds, version: config.version, howItIs });
  const services: Services = {
    config,
    gatewayId,
    logger,
    now,
    log,
    runtime,
    vault,
    providerKeys,
    clients,
    localOnly,
    modelRoutes,
    providers,
    pools,
    verdicts,
    breakers,
    recorder,
    bodies,
    webhooks,
    readModels,
    live,
    proxy: withTurns(proxy, path.proxyDeps, turns),
    realtime,
    mcp,
    conversations,
    sessions,
    settings,
    metrics,
    keyUse: path.keyUse,
    tally: createTally(runtime),
    upstream: path.upstream,
    lookup: systemLookup,
    drain,
    isDraining,
  };
  const app = buildApp(services);
  const { server, url } = listen(app, config, realtime);
  const stopSweeping = startSweeping([providerKeys, mcp.servers], onError);
  logger.info({ url, gatewayId, ...runtime.stats() }, 'ready');

  const stop = async () => {
    stopSweeping();
    const ended = await drainServer({ server, drain, limits, live, realtime, mcp, waiters });
    await conversations.stop();
    await mcp.stop();
    await path.stop();
    await webhooks.stop();
    settings.stop();
    pools.stop();
    await runtime.stop();
    readModels.close();
    await log.close();
    await nc.close();
    logger.info({ ended }, 'stopped');
  };
  let stopping: Promise<void> | undefined;
  return {
    url,
    app,
    stopLimitMs: () => drainLimitMs(limits),
    stop: () => (stopping ??= stop()),
  };
}

if (import.meta.main) runAsChild((start) => startGateway(start), createLogger('error', 'gateway'));
