/** The backends of this process with what it knows of each, and whose turn it is. */
import { mcpBackendKind } from '../../../actors/mcpBackend/mcpBackend.ts';
import type { McpBackendState } from '../../../actors/mcpBackend/machine.ts';
import type { Runtime } from '../../../actors/runtime/runtime.ts';
import { actorId, type ActorId } from '../../../events/ids.ts';
import type { Breakers } from '../../breakers/breakers.ts';
import type { UpstreamSession } from '../upstream/session.ts';
import { createWheel, type Wheel } from './wheel.ts';
import type { NamedBackend } from './written.ts';

/** The gateway's own connection to a server, one that all clients share, or one of a single client. */
export type SessionUse = 'own' | 'shared' | 'client';

/** A session with a backend, and how whoever has it is told that it is over. */
export type Attached = {
  readonly server: ActorId;
  readonly use: SessionUse;
  readonly session: UpstreamSession;
  readonly onClose: (reason: string) => void;
  /** It ends with its last call. */
  isRetired: boolean;
};

export type Member = {
  readonly name: string;
  weight: number;
  backend: NamedBackend;
  /** Of its actor in this process. */
  readonly id: ActorId;
  /** Of its breaker, which all processes share. No provider has such an id: a slug has single dashes. */
  readonly breaker: ActorId;
  readonly sessions: Set<Attached>;
  /** Sessions that all clients share, by server. */
  readonly shared: Map<ActorId, Promise<UpstreamSession>>;
  /** It could not be reached a moment ago: others are asked first. */
  shunnedUntilMs: number;
  /** Faults were told to the breaker since the last good answer. */
  isSuspect: boolean;
  checkedAtMs: number | null;
};

export type Members = Readonly<{
  all(): Iterable<Member>;
  get(name: string): Member | undefined;
  put(backend: NamedBackend): Member;
  remove(name: string): void;
  stateOf(member: Member): McpBackendState | undefined;
  idOf(name: string): ActorId;
  /** Whether new work may go to it now. A breaker that asks for a probe is not told of one. */
  isUsable(member: Member): boolean;
  hosts(member: Member, server: ActorId): boolean;
  /** Whose turn it is for this server; undefined when nobody is left. Each use has turns of its own. */
  choose(server: ActorId, use: SessionUse, tried: ReadonlySet<Member>): Member | undefined;
  /** Why nobody is left, for people. */
  whyNot(server: ActorId): string;
}>;

type Options = Readonly<{
  runtime: Runtime;
  gatewayId: string;
  breakers: Breakers;
  now: () => number;
}>;

export function createMembers({ runtime, gatewayId, breakers, now }: Options): Members {
  const actors = runtime.of(mcpBackendKind);
  const members = new Map<string, Member>();
  const wheels = new Map<string, Wheel>();

  const idOf = (name: string): ActorId => actorId(`${name}-${gatewayId}`);
  const stateOf = ({ id }: Member) => actors.get(id)?.state;
  const isInOrder = (member: Member): boolean => {
    const value = stateOf(member)?.value;
    return value === 'untested' || value === 'healthy';
  };
  const hosts = (member: Member, server: ActorId): boolean =>
    stateOf(member)?.context.servers?.includes(server) ?? false;
  const wheelOf = (server: ActorId, use: SessionUse): Wheel => {
    const name = `${use} ${server}`;
    const wheel = wheels.get(name) ?? createWheel();
    wheels.set(name, wheel);
    return wheel;
  };

  return {
    all: () => members.values(),
    get: (name) => members.get(name),
    put(backend) {
      const { name, weight } = backend;
      const member: Member = {
        name,
        weight,
        backend,
        id: idOf(name),
        breaker: actorId(`mcp--${name}`),
        sessions: new Set(),
        shared: new Map(),
        shunnedUntilMs: 0,
        isSuspect: false,
        checkedAtMs: null,
      };
      members.set(name, member);
      return member;
    },
    remove: (name) => void members.delete(name),
    stateOf,
    idOf,
    isUsable: (member) => isInOrder(member) && breakers.stateOf(member.breaker).value !== 'open',
    hosts,
    choose(server, use, tried) {
      const able: Member[] = [];
      for (const member of members.values()) {
        if (tried.has(member) || !isInOrder(member) || !hosts(member, server)) continue;
        if (breakers.admits(member.breaker) === true) able.push(member);
      }
      const nowMs = now();
      const reachable = able.filter(({ shunnedUntilMs }) => shunnedUntilMs <= nowMs);
      const chosen = wheelOf(server, use).next(reachable.length > 0 ? reachable : able);
      // Who was let in as a probe and is not asked leaves that to the next one.
      for (const member of able) if (member !== chosen) breakers.release(member.breaker);
      return chosen;
    },
    whyNot(server) {
      const reasons = [...members.values()]
        .filter((member) => hosts(member, server))
        .map((member) => {
          const opening = breakers.stateOf(member.breaker);
          const reason =
            stateOf(member)?.context.reason ??
            (opening.value === 'closed' ? null : opening.context.opening?.reason);
          return `${member.name}: ${reason ?? 'it cannot be reached'}`;
        });
      return reasons.length === 0
        ? 'no backend has it now'
        : `no backend is in order (${reasons.join('; ')})`;
    },
  };
}
