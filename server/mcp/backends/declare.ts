/** Brings the actors, the members and the servers of the pool to what the configuration names. */
import { mcpBackendKind } from '../../../actors/mcpBackend/mcpBackend.ts';
import { mcpServerKind } from '../../../actors/mcpServer/mcpServer.ts';
import type { Runtime } from '../../../actors/runtime/runtime.ts';
import { Refusal } from '../../../actors/runtime/refusal.ts';
import type { Breakers } from '../../breakers/breakers.ts';
import type { Cause } from '../../../events/event.ts';
import type { ActorId } from '../../../events/ids.ts';
import { shownUrl } from '../config/hide.ts';
import { writtenServer } from '../config/written.ts';
import type { McpServers } from '../servers.ts';
import type { Leaving } from './leaving.ts';
import type { Member, Members } from './members.ts';
import type { NamedBackend, NamedPool } from './written.ts';

export type Declaring = Readonly<{
  /** @throws {LogUnavailable} when the log does not answer. */
  declare(pool: NamedPool, cause: Cause): Promise<void>;
  /** The servers that the backends have are servers of the gateway. */
  syncServers(stateless: boolean, cause: Cause): Promise<void>;
}>;

type Options = Readonly<{
  runtime: Runtime;
  gatewayId: string;
  members: Members;
  leaving: Leaving;
  breakers: Breakers;
  servers: McpServers;
  /** A server of another source has the name already. */
  onTaken: (server: string) => void;
  now: () => number;
}>;

const isSame = (a: NamedBackend, b: NamedBackend): boolean =>
  a.url.href === b.url.href && Bun.deepEquals(a.headers, b.headers);

export function createDeclaring(options: Options): Declaring {
  const { runtime, gatewayId, members, leaving, breakers, servers, onTaken, now } = options;
  const actors = runtime.of(mcpBackendKind);
  const serverActors = runtime.of(mcpServerKind);
  const told = new Set<string>();
  let isRestart = true;

  const declareOne = async (backend: NamedBackend, cause: Cause) => {
    const { name, url, weight, healthPath, timeoutMs, source } = backend;
    const known = members.get(name);
    const settings = {
      backend: name,
      gateway: gatewayId,
      url: shownUrl(url.href),
      weight,
      healthPath,
      timeoutMs,
      source,
    };
    const id = members.idOf(name);
    await actors.ask(id, { type: 'DeclareMcpBackend', settings, isRestart }, cause);
    if (known && isSame(known.backend, backend)) {
      // The same place, perhaps with other terms: its sessions go on.
      Object.assign(known, { backend, weight });
      return;
    }
    const member = members.put(backend);
    if (!known) return;
    await breakers.reset(member.breaker, 'moved', cause);
    leaving.leave(known);
  };

  const drain = async (id: ActorId, member: Member | undefined, cause: Cause) => {
    const sessions = member?.sessions.size ?? 0;
    await actors.ask(id, { type: 'DrainMcpBackend', sessions, nowMs: now() }, cause);
    if (member) leaving.leave(member);
    else
      await actors.ask(id, { type: 'EndMcpBackend', cause: 'restarted', sessionsEnded: 0 }, cause);
  };

  return {
    async declare({ backends }, cause) {
      const named = new Set(backends.map(({ name }) => name));
      for (const backend of backends) await declareOne(backend, cause);
      for (const member of members.all()) {
        if (named.has(member.name)) continue;
        members.remove(member.name);
        await drain(member.id, member, cause);
      }
      // What an earlier run of this gateway had.
      for (const { id, state } of actors.all()) {
        const { settings } = state.context;
        if (settings?.gateway !== gatewayId || named.has(settings.backend)) continue;
        if (state.value !== 'gone' && !leaving.has(id)) await drain(id, undefined, cause);
      }
      isRestart = false;
    },
    async syncServers(stateless, cause) {
      const ids = new Set<ActorId>();
      let areAllKnown = true;
      for (const member of members.all()) {
        const listed = members.stateOf(member)?.context.servers ?? null;
        areAllKnown &&= listed !== null;
        for (const name of listed ?? []) {
          try {
            ids.add(servers.idOf(name));
          } catch (error) {
            if (!(error instanceof Refusal)) throw error;
          }
        }
      }
      const written = {
        ...writtenServer({ url: 'http://pool', stateless }),
        url: null,
        isPooled: true,
      };
      for (const id of ids) {
        await servers.declare(id, written, 'environment', cause);
        const settings = serverActors.get(id)?.state.context.settings;
        if (!settings || settings.isPooled || told.has(id)) continue;
        told.add(id);
        onTaken(id);
      }
      // One that has not been asked yet may have what the others have not.
      if (areAllKnown) await servers.leaveAllBut(ids, 'environment', cause);
    },
  };
}
