/** The MCP side, put together: servers above, clients below, and what is between them. */
import type { NatsConnection } from '@nats-io/transport-node';
import type { EffectRunner } from '../../actors/runtime/effects.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import type { ActorId } from '../../events/ids.ts';
import type { Recorder } from '../../events/recorder.ts';
import type { Allowance } from '../access/allowance.ts';
import type { Admit } from '../access/admit.ts';
import type { Bodies } from '../bodies/bodies.ts';
import type { Breakers } from '../breakers/breakers.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import { systemLookup } from '../providers/baseUrl.ts';
import type { Settings } from '../settings/settings.ts';
import type { Vault } from '../vault.ts';
import { createBackends, type Backends } from './backends/backends.ts';
import { createBuiltIn, type BuiltInDeps } from './builtIn/builtIn.ts';
import { declareBuiltIn, withdrawBuiltIn } from './builtIn/declare.ts';
import { createCallRecords } from './callRecords.ts';
import { createArgumentsCheck } from './call/argumentsCheck.ts';
import { createGates } from './call/gates.ts';
import { createResults } from './call/results.ts';
import { createCalls, type Calls } from './calls.ts';
import { createCatalog, type Catalog } from './catalog.ts';
import { createCatalogReader, type CatalogReader } from './catalogReader.ts';
import { createAllowedTools } from './config/allowed.ts';
import { createConfigFile } from './config/file.ts';
import { openUsers } from './config/users.ts';
import { createConnectionRecords } from './connectionRecords.ts';
import { createConnections, type Connections } from './connections.ts';
import { createDialler } from './dialler.ts';
import { createBare } from './downstream/bare.ts';
import { createEndpoint, type Endpoint } from './downstream/endpoint.ts';
import { createHandler, type Handler } from './downstream/handler.ts';
import { createIntroductions } from './downstream/introduce.ts';
import { createListening, type Listening } from './downstream/listen.ts';
import { createLegacySessions, type LegacySessions } from './downstream/legacySessions.ts';
import { createModern } from './downstream/modern.ts';
import { createOriginCheck } from './downstream/origin.ts';
import { createSubscriptions } from './downstream/subscriptions.ts';
import { createPolicy, type Policy } from './policy.ts';
import { createPool, type Pool } from './pool.ts';
import { createMcpServers, type McpServers } from './servers.ts';
import { openDoor } from './sessions/door.ts';
import { createDialUrl } from './upstream/dialUrl.ts';
import { createGuard } from './upstream/guard.ts';
import { createStderrRings, type StderrRings } from './upstream/stderr.ts';

export type Mcp = Readonly<{
  endpoint: Endpoint;
  servers: McpServers;
  connections: Connections;
  catalog: Catalog;
  backends: Backends;
  policy: Policy;
  calls: Calls;
  /** Answers an MCP request of any way in; REST comes through here too. */
  handler: Handler;
  pool: Pool;
  sessions: LegacySessions;
  /** Streams of clients without a session that wait for changes. */
  listening: Listening;
  stderr: StderrRings;
  /** What is wrong with the lists of a server, where this process read them. */
  listFaults: CatalogReader['faults'];
  /** May be called twice. */
  stop(): Promise<void>;
}>;

type Options = Readonly<{
  nc: NatsConnection;
  runtime: Runtime;
  vault: Vault;
  config: Config;
  settings: Settings;
  breakers: Breakers;
  recorder: Pick<Recorder, 'record'>;
  bodies: Bodies;
  admit: Admit;
  anonymous: () => Allowance | null;
  /** What the gateway's own server needs of the rest of it. */
  own: Pick<
    BuiltInDeps,
    'conversations' | 'clients' | 'log' | 'readModels' | 'pools' | 'isDraining'
  >;
  environment: Readonly<Record<string, string | undefined>>;
  gatewayId: string;
  logger: Logger;
  now: () => number;
  onError: (error: unknown, about: string) => void;
}>;

/** What the runtime calls once it runs, and what is there only later: it waits for it. */
export function createMcpRunners() {
  const ready = Promise.withResolvers<Connections>();
  const later =
    (type: 'OpenMcpLine' | 'CloseMcpLine'): EffectRunner =>
    async (effect, actor) =>
      (await ready.promise).runners[type](effect, actor);
  return {
    runners: { OpenMcpLine: later('OpenMcpLine'), CloseMcpLine: later('CloseMcpLine') },
    arrived: ready.resolve,
  };
}

/** Everything but the first connections is in place when it resolves; those are made meanwhile. */
export async function startMcp(
  options: Options,
  lines: ReturnType<typeof createMcpRunners>,
): Promise<Mcp> {
  const { runtime, vault, config, settings, admit, environment, logger, now, onError } = options;
  const { hasOutsideProxy: isProxied } = config;
  const stderr = createStderrRings({ log: (about) => logger.info(about, 'MCP server says'), now });
  const guard = createGuard(onError);
  const servers = createMcpServers(runtime, vault, now);
  const catalog = createCatalog(runtime);
  const { version } = config;
  const shared = { runtime, now, onError };
  const dialUrl = createDialUrl({ lookUp: systemLookup, now, isProxied });
  const backends = createBackends({
    ...shared,
    named: config.mcpBackends,
    variables: environment,
    gatewayId: options.gatewayId,
    breakers: options.breakers,
    servers,
    dial: dialUrl,
    onRecovered: (server) => connections.retry(server),
    logger,
  });
  const { path: usersPath, isWatched: areUsersWatched } = config.mcpUsers;
  const users = openUsers({ path: usersPath, isWatched: areUsersWatched, logger });
  const policy = createPolicy(createAllowedTools(users, config.clientAuthDisabled));
  const builtIn = createBuiltIn({ ...options, ...options.own, policy });
  const dialler = createDialler({
    ...shared,
    vault,
    version,
    environment,
    dialUrl,
    backends,
    builtIn,
    guard,
    stderr,
    stepMs: () => settings.values.mcpConnectMs,
  });
  const reader = createCatalogReader({ ...shared, onUnchanged: catalog.announce });
  const connections = createConnections({
    ...shared,
    gatewayId: options.gatewayId,
    dialler,
    reader,
    random: Math.random,
    pingMs: () => settings.values.mcpPingMs,
  });
  lines.arrived(connections);
  const idleLimitMs = () => settings.values.mcpSessionIdleMs;
  const pool = createPool({
    ...shared,
    catalog,
    connections,
    dialler,
    backends,
    records: createConnectionRecords({ ...options, catalog }),
    idleLimitMs,
  });
  const isBuiltIn = (id: ActorId) => catalog.server(id)?.settings.transport === 'built-in';
  const records = createCallRecords({ ...options, isKeptElsewhere: isBuiltIn });
  const calls = createCalls({
    catalog,
    policy,
    pool,
    records,
    check: createArgumentsCheck(),
    results: createResults(),
    gates: createGates(),
    usual: settings.values,
    now,
  });
  const subscriptions = createSubscriptions({ pool, onError });
  const handler = createHandler({ catalog, policy, calls, pool, subscriptions });
  const introduce = createIntroductions(catalog, version);
  const below = { handler, introduce, onError };
  const listening = createListening({ catalog, pool, policy, onError });
  const { nc, gatewayId } = options;
  const secret = vault.derive('handing MCP sessions over');
  const sessions = createLegacySessions({
    ...below,
    catalog,
    pool,
    subscriptions,
    now,
    gatewayId,
    limits: settings.values,
    openDoor: (answer) =>
      openDoor({ nc, gatewayId, secret, host: config.mcpHandoverHost, now, answer, onError }),
  });
  const endpoint = createEndpoint({
    admit,
    anonymous: options.anonymous,
    policy,
    originFault: createOriginCheck(config),
    catalog,
    legacy: sessions,
    modern: createModern({ ...below, listening }),
    bare: createBare(below),
    bodyLimitBytes: () => settings.values.bodyLimitBytes,
    onError,
  });
  const { path, isWatched } = config.mcpFile;
  const file = createConfigFile({ path, isWatched, servers, backends, runtime, logger });
  const itself = { servers, runtime, logger };
  if (!config.hasBuiltInMcp) await withdrawBuiltIn(itself);
  // Who names another server so meant that one.
  await file.start();
  if (config.hasBuiltInMcp) await declareBuiltIn(itself);
  await backends.start();
  connections.start();

  const stop = async () => {
    await file.stop();
    listening.drain();
    const left = backends.stop();
    await users.stop();
    await sessions.stop();
    await pool.stop();
    await connections.stop();
    await left;
    await guard.stop();
    catalog.stop();
  };
  let stopped: Promise<void> | undefined;
  return {
    endpoint,
    servers,
    connections,
    catalog,
    backends,
    policy,
    calls,
    handler,
    pool,
    sessions,
    listening,
    stderr,
    listFaults: reader.faults,
    stop: () => (stopped ??= stop()),
  };
}
