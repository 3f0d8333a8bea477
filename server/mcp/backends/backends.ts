/** The backends of the pool: who has which server, whose turn it is, and what becomes of one that goes away. */
import { mcpBackendKind } from '../../../actors/mcpBackend/mcpBackend.ts';
import type { McpBackendCommand } from '../../../actors/mcpBackend/commands.ts';
import { mcpServerKind } from '../../../actors/mcpServer/mcpServer.ts';
import type { Runtime } from '../../../actors/runtime/runtime.ts';
import type { Cause } from '../../../events/event.ts';
import type { ActorId } from '../../../events/ids.ts';
import type { Breakers } from '../../breakers/breakers.ts';
import { createOutbox } from '../../keyRing/outbox.ts';
import type { Logger } from '../../logger.ts';
import type { Family } from '../../metrics/metrics.ts';
import type { McpServers } from '../servers.ts';
import type { Dial } from '../upstream/http.ts';
import { createDeclaring } from './declare.ts';
import { backendFamilies } from './families.ts';
import { createLeaving } from './leaving.ts';
import { createMembers, type Member, type Members } from './members.ts';
import { createReaching, type Reaching } from './reach.ts';
import { createBackendSessions } from './sessions.ts';
import { createWatch } from './watch.ts';
import { createPoolOf, type Balancer, type NamedPool, type PoolOf } from './written.ts';

export type Backends = Reaching &
  Readonly<{
    /** What environment and file name together. @throws {BadServer} */
    poolOf: PoolOf;
    /** From now on these are the backends. Waits for the log, and for no backend. */
    declare(pool: NamedPool, cause: Cause): Promise<void>;
    /** Where the file could not be read, those of the environment are declared. */
    start(): Promise<void>;
    /** Every backend that is named now. */
    members: Members;
    /** Those that have this server; null for a server that is reached without any. */
    of(server: ActorId): readonly Member[] | null;
    /** When one that has this server was last looked at; null for a server that is reached without any. */
    checkedAtMs(server: ActorId): number | null;
    /** Like the vendors' in /health. */
    count(): Readonly<{ total: number; healthy: number; unhealthy: number }>;
    families: readonly Family[];
    /** May be called twice. */
    stop(): Promise<void>;
  }>;

type Options = Readonly<{
  /** Of MCP_BACKENDS. */
  named: readonly Readonly<{ name: string; url: string }>[];
  variables: Readonly<Record<string, string | undefined>>;
  runtime: Runtime;
  gatewayId: string;
  breakers: Breakers;
  servers: McpServers;
  dial: Dial;
  /** A server has a backend again: the gateway's own connection to it need not wait. */
  onRecovered: (server: ActorId) => void;
  logger: Logger;
  now: () => number;
  onError: (error: unknown, about: string) => void;
}>;

export function createBackends(options: Options): Backends {
  const { runtime, gatewayId, breakers, servers, dial, onRecovered, logger, now, onError } =
    options;
  const actors = runtime.of(mcpBackendKind);
  const serverActors = runtime.of(mcpServerKind);
  const outbox = createOutbox(onError);
  const poolOf = createPoolOf(options);
  let balancer: Balancer = poolOf(undefined).balancer;
  let declared: Promise<void> | undefined;
  let syncing: Promise<void> = Promise.resolve();
  let isSyncWanted = false;
  let isStopped = false;

  const tell = ({ id }: Member, matter: string, command: McpBackendCommand) =>
    outbox.put(id, matter, () => actors.ask(id, command, runtime.ownCause()));
  const members = createMembers({ runtime, gatewayId, breakers, now });
  const leaving = createLeaving({
    sessions: () => sessions,
    tell,
    deadlineMs: () => balancer.drainMs,
  });
  const onEnd = (member: Member) => leaving.look(member);
  const sessions = createBackendSessions({ runtime, breakers, now, onEnd, onError });
  const watch = createWatch({ members, balancer: () => balancer, tell, dial, now });
  const isStateless = (server: ActorId): boolean =>
    serverActors.get(server)?.state.context.settings.stateless ?? false;
  const reaching = createReaching({ members, sessions, isStateless, now });
  const declaring = createDeclaring({
    runtime,
    gatewayId,
    members,
    leaving,
    breakers,
    servers,
    onTaken: (server) =>
      logger.warn({ server }, 'a server of the MCP backends has the name of another one'),
    now,
  });

  /** Many wishes are one. */
  const sync = () => {
    if (isSyncWanted) return;
    isSyncWanted = true;
    const run = async () => {
      isSyncWanted = false;
      if (isStopped) return;
      try {
        await declaring.syncServers(balancer.stateless, runtime.ownCause());
      } catch (error) {
        onError(error, 'taking over the servers of the MCP backends');
      }
    };
    syncing = syncing.then(run);
  };

  const unsubscribe = actors.subscribe(({ state }, event) => {
    const { settings, servers: hosted, reason } = state.context;
    if (settings?.gateway !== gatewayId) return;
    const member = members.get(settings.backend);
    if (event.type === 'McpBackendUnhealthy' && member) {
      sessions.end(member, `its backend ${member.name} is out of use: ${reason}`, 'own');
      sessions.retire(member);
    }
    if (event.type === 'McpBackendHealthy')
      for (const server of hosted ?? []) onRecovered(server as ActorId);
    if (event.type === 'McpBackendServersListed') sync();
  });

  const declare = async (pool: NamedPool, cause: Cause) => {
    balancer = pool.balancer;
    const before = [...members.all()];
    await declaring.declare(pool, cause);
    const after = new Set(members.all());
    for (const member of before) if (!after.has(member)) watch.end(member);
    if (isStopped) return;
    for (const member of after) watch.begin(member);
    sync();
    await syncing;
  };

  const of = (server: ActorId): readonly Member[] | null =>
    serverActors.get(server)?.state.context.settings.isPooled
      ? [...members.all()].filter((member) => members.hosts(member, server))
      : null;

  return {
    ...reaching,
    poolOf,
    members,
    families: backendFamilies(members, breakers),
    of,
    checkedAtMs: (server) =>
      (of(server) ?? []).reduce<number | null>(
        (newest, { checkedAtMs }) => ((checkedAtMs ?? 0) > (newest ?? 0) ? checkedAtMs : newest),
        null,
      ),
    count() {
      const all = [...members.all()];
      const healthy = all.filter(members.isUsable).length;
      return { total: all.length, healthy, unhealthy: all.length - healthy };
    },
    declare(pool, cause) {
      declared = declare(pool, cause);
      return declared;
    },
    async start() {
      await (declared ?? this.declare(poolOf(undefined), runtime.ownCause()));
    },
    async stop() {
      isStopped = true;
      unsubscribe();
      watch.stop();
      leaving.stop();
      outbox.stop();
      await syncing;
      for (const member of [...members.all(), ...leaving.all()])
        sessions.end(member, 'the gateway is stopping');
    },
  };
}
