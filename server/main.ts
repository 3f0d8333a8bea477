/** One gateway process, from its start to its end. */
import { join } from 'node:path';
import { createRuntime } from '../actors/runtime/runtime.ts';
import { openReadModels } from '../events/projections/readModels.ts';
import { startRecorder, type Recorder } from '../events/recorder.ts';
import { snapshotFile } from '../events/snapshots.ts';
import { createClientSide } from './access.ts';
import { createAdmit } from './access/admit.ts';
import { buildApp, type App } from './app.ts';
import { environment } from './config.ts';
import { openBodies } from './bodies/openBodies.ts';
import { createBreakers } from './breakers/breakers.ts';
import { systemLookup } from './providers/baseUrl.ts';
import { createClients } from './access/clients.ts';
import { drainLimitMs, drainServer } from './drainServer.ts';
import { createModels } from './discovery/models.ts';
import { declare } from './providers/declare.ts';
import { gatewayIdOf } from './identity.ts';
import { createAffinity } from './keyRing/affinity.ts';
import { withFreshSecrets } from './keyRing/freshSecrets.ts';
import { createPools } from './keyRing/pools.ts';
import { createPricing } from './pricing/pricing.ts';
import { createVerdicts } from './keyRing/verdicts.ts';
import { createWaiters } from './keyRing/waiters.ts';
import { kinds } from './kinds.ts';
import { openLog } from './nats/openLog.ts';
import { runAsChild, type Running } from './launcher/asChild.ts';
import type { StartMessage } from './launcher/messages.ts';
import { createKeyUse } from './providers/keyUse.ts';
import { listen } from './listen.ts';
import { createLive } from './live/live.ts';
import { createLocalOnly } from './access/localOnly.ts';
import { createLogger } from './logger.ts';
import { createMcpRunners, startMcp } from './mcp/mcp.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createProviderKeys } from './providers/providerKeys.ts';
import { createJudge } from './proxy/judging.ts';
import { createKeyChoice } from './proxy/keyChoice.ts';
import { createDrain } from './proxy/drain.ts';
import { createProxy } from './proxy/proxy.ts';
import { createRouting } from './proxy/routing.ts';
import { fetchUpstream } from './proxy/upstream.ts';
import { createUpstreamClient } from './upstream/client.ts';
import { createRealtime } from './realtime/realtime.ts';
import { eraseSecret, startSweeping } from './secretUpkeep.ts';
import type { Services } from './services.ts';
import { createSessions } from './access/sessions.ts';
import { createSettings } from './settings/settings.ts';
import type { Values } from './settings/table.ts';
import { createTally } from './metrics/tally.ts';
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
  const providerKeys = createProviderKeys(runtime, vault, now);
  await declare({ runtime, vault, providerKeys, config, now });

  // The request path: memory only.
  const { apiKeyHeader } = config;
  const clients = createClients({ runtime, hash: vault.hash, apiKeyHeader, now });
  clients.limitUsual(limits.requestsPerMinute);
  settings.onChange('requestsPerMinute', clients.limitUsual);
  const localOnly = createLocalOnly(config.allowedHosts);
  const pools = createPools({ runtime, vault, now, onError });
  await pools.start();
  const verdicts = createVerdicts({ runtime, pools, now, onError });
  const breakers = createBreakers({ runtime, settings: limits, now, onError });
  const affinity = createAffinity();
  // What fetch knows of proxies, our own client does not.
  const vendors = createUpstreamClient({ connectMs: () => limits.connectMs, now });
  const upstream = config.hasOutsideProxy ? fetchUpstream : vendors.send;
  const asking = { runtime, pools, upstream, apiKeyHeader, now };
  const models = createModels({ ...asking, settings: limits, logger });
  const { modelRoutes, providers } = models;
  const pricing = createPricing({ providers, modelRoutes });
  const recorder = await startRecorder({
    log,
    gatewayId,
    spoolDir: join(config.dataDir, 'spool', String(workerNumber)),
    now,
    onError: (error) => onError(error, 'recording traffic'),
    onFlush: pricing.price,
  });
  const beside = { settings, vault, log, runtime, gatewayId, now, onError };
  const bodies = await openBodies(nc, nats.maxStoreBytes, beside);
  const webhooks = await openWebhooks(nc, config.version, beside);
  // Each worker counts for itself: with several the label keeps them apart.
  const metrics = createMetrics(config.workers > 1 ? { gateway: gatewayId } : {});
  metrics.add(...pricing.families);
  const keyUse = createKeyUse();
  const sessions = createSessions(runtime, config, now);
  const waiters = createWaiters(now, limits);
  const drain = createDrain();
  const judge = createJudge(settings);
  const admit = createAdmit(createClientSide(config, clients, localOnly), sessions);
  const counted: Recorder = {
    ...recorder,
    record(event) {
      metrics.count(event);
      keyUse.note(event);
      recorder.record(event);
    },
  };
  const proxy = createProxy({
    admit,
    anonymous: clients.anonymous,
    ...models,
    routing: createRouting({ providers, pools, affinity, random: Math.random }),
    pools,
    keyChoice: createKeyChoice({ affinity, waiters, limits, now }),
    verdicts,
    breakers,
    affinity,
    recorder: counted,
    upstream,
    judge,
    limits,
    drain,
    bodies,
    onError,
    apiKeyHeader,
    gatewayId,
    now,
  });
  const realtime = createRealtime({ proxy, pools, verdicts, affinity, judge, gatewayId, now });
  const mcp = await startMcp(
    {
      ...beside,
      nc,
      config,
      breakers,
      recorder: counted,
      bodies,
      admit,
      anonymous: clients.anonymous,
      environment: environment(),
      logger,
    },
    mcpLines,
  );
  metrics.add(...mcp.backends.families);

  // The doors.
  const readModels = openReadModels(config.databasePath);
  const live = createLive({ ...beside, kinds, version: config.version });
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
    proxy,
    realtime,
    mcp,
    sessions,
    settings,
    metrics,
    keyUse,
    tally: createTally(runtime),
    upstream,
    lookup: systemLookup,
    drain,
    isDraining: () => drain.isDraining,
  };
  const app = buildApp(services);
  const { server, url } = listen(app, config, realtime);
  const stopSweeping = startSweeping([providerKeys, mcp.servers], onError);
  logger.info({ url, gatewayId, ...runtime.stats() }, 'ready');

  const stop = async () => {
    stopSweeping();
    const ended = await drainServer({ server, drain, limits, live, realtime, mcp, waiters });
    await mcp.stop();
    await recorder.stop();
    await bodies.stop();
    await webhooks.stop();
    models.stop();
    vendors.stop();
    verdicts.stop();
    breakers.stop();
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
