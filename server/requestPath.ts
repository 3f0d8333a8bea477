/** The request path: all that a proxied request meets between its first byte in and its last byte out. */
import { join } from 'node:path';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Runtime } from '../actors/runtime/runtime.ts';
import type { EventLog } from '../events/log.ts';
import { startRecorder, type Recorder } from '../events/recorder.ts';
import { createClientSide } from './access.ts';
import { createAdmit } from './access/admit.ts';
import { createClients } from './access/clients.ts';
import { createLocalOnly } from './access/localOnly.ts';
import { createSessions } from './access/sessions.ts';
import { openBodies } from './bodies/openBodies.ts';
import { createBreakers } from './breakers/breakers.ts';
import type { Config } from './config.ts';
import { createModels } from './discovery/models.ts';
import { createAffinity } from './keyRing/affinity.ts';
import { createPools } from './keyRing/pools.ts';
import { createVerdicts } from './keyRing/verdicts.ts';
import { createWaiters } from './keyRing/waiters.ts';
import type { LogAccess } from './launcher/messages.ts';
import type { Logger } from './logger.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createPricing } from './pricing/pricing.ts';
import { createKeyUse } from './providers/keyUse.ts';
import { createDrain } from './proxy/drain.ts';
import { createJudge } from './proxy/judging.ts';
import { createKeyChoice } from './proxy/keyChoice.ts';
import { createProxy, type ProxyDeps } from './proxy/proxy.ts';
import { createRouting } from './proxy/routing.ts';
import { fetchUpstream } from './proxy/upstream.ts';
import type { Settings } from './settings/settings.ts';
import { createUpstreamClient } from './upstream/client.ts';
import type { Vault } from './vault.ts';

type Deps = Readonly<{
  nc: NatsConnection;
  nats: LogAccess;
  log: EventLog;
  vault: Vault;
  runtime: Runtime;
  settings: Settings;
  config: Config;
  gatewayId: string;
  workerNumber: number;
  logger: Logger;
  now: () => number;
  onError: (error: unknown, about: string) => void;
}>;

export async function openRequestPath(deps: Deps) {
  const { nc, nats, log, vault, runtime, settings, config, gatewayId, workerNumber } = deps;
  const { logger, now, onError } = deps;
  const { apiKeyHeader } = config;
  const limits = settings.values;
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
  const bodies = await openBodies(nc, nats.maxStoreBytes, deps);
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
  const proxyDeps: ProxyDeps = {
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
  };

  return {
    clients,
    localOnly,
    pools,
    verdicts,
    breakers,
    affinity,
    judge,
    models,
    pricing,
    recorder,
    counted,
    bodies,
    metrics,
    keyUse,
    sessions,
    waiters,
    drain,
    admit,
    upstream,
    proxyDeps,
    proxy: createProxy(proxyDeps),
    /** After what was recorded last. */
    async stop() {
      await recorder.stop();
      await bodies.stop();
      models.stop();
      vendors.stop();
      verdicts.stop();
      breakers.stop();
    },
  };
}
