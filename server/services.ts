/** What the routes work with: made once in `main.ts`, never looked up. */
import type { Runtime } from '../actors/runtime/runtime.ts';
import type { EventLog } from '../events/log.ts';
import type { ReadModels } from '../events/projections/readModels.ts';
import type { Recorder } from '../events/recorder.ts';
import type { Lookup } from './providers/baseUrl.ts';
import type { Bodies } from './bodies/bodies.ts';
import type { Breakers } from './breakers/breakers.ts';
import type { Clients } from './access/clients.ts';
import type { Config } from './config.ts';
import type { ModelRoutes } from './modelRoutes/modelRoutes.ts';
import type { Pools } from './keyRing/pools.ts';
import type { KeyUse } from './providers/keyUse.ts';
import type { Verdicts } from './keyRing/verdicts.ts';
import type { Live } from './live/live.ts';
import type { LocalOnly } from './access/localOnly.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { ProviderKeys } from './providers/providerKeys.ts';
import type { Proxy } from './proxy/proxy.ts';
import type { Upstream } from './proxy/upstream.ts';
import type { Sessions } from './access/sessions.ts';
import type { Settings } from './settings/settings.ts';
import type { Tally } from './metrics/tally.ts';
import type { Vault } from './vault.ts';

export type Services = Readonly<{
  config: Config;
  gatewayId: string;
  logger: Logger;
  now: () => number;
  log: EventLog;
  runtime: Runtime;
  vault: Vault;
  providerKeys: ProviderKeys;
  clients: Clients;
  localOnly: LocalOnly;
  modelRoutes: ModelRoutes;
  pools: Pools;
  verdicts: Verdicts;
  breakers: Breakers;
  recorder: Recorder;
  bodies: Bodies;
  readModels: ReadModels;
  live: Live;
  proxy: Proxy;
  sessions: Sessions;
  /** What operators change while it runs; `settings.values` is read where it is needed. */
  settings: Settings;
  metrics: Metrics;
  keyUse: KeyUse;
  tally: Tally;
  upstream: Upstream;
  lookup: Lookup;
  /** True from the moment the gateway is told to stop. */
  isDraining: () => boolean;
}>;
