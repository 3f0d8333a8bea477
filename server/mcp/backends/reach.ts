/** The way to a server through its backends: what could not be reached is tried with the next one. */
import type { ActorId } from '../../../events/ids.ts';
import { NeedsAuth, NotSent } from '../rpc/link.ts';
import type { UpstreamSession } from '../upstream/session.ts';
import { endpointOf } from './ask.ts';
import type { Member, Members, SessionUse } from './members.ts';
import type { BackendSessions } from './sessions.ts';

/** Where to go, and what to say there. */
export type Target = Readonly<{ url: URL; headers: Readonly<Record<string, string>> }>;

export type Reach = Readonly<{
  use: SessionUse;
  /** This backend and no other. */
  backend?: string;
  signal?: AbortSignal;
  onClose: (reason: string) => void;
}>;

export type Reaching = Readonly<{
  /** A new session with the backend whose turn it is. @throws when none can be had. */
  reach(
    server: ActorId,
    reach: Reach,
    open: (target: Target, onClose: (reason: string) => void) => Promise<UpstreamSession>,
  ): Promise<UpstreamSession>;
  /** The session that all share with the backend whose turn it is. @throws {NotSent} */
  shared(
    server: ActorId,
    open: (backend: string, onClose: (reason: string) => void) => Promise<UpstreamSession>,
  ): Promise<UpstreamSession>;
  /** No new call goes into this session that all share. False for any other. */
  retire(session: UpstreamSession): boolean;
  /** How many backends have the server. */
  able(server: ActorId): number;
}>;

type Options = Readonly<{
  members: Members;
  sessions: BackendSessions;
  isStateless: (server: ActorId) => boolean;
  now: () => number;
}>;

export function createReaching({ members, sessions, isStateless, now }: Options): Reaching {
  const openAt = async (
    member: Member,
    server: ActorId,
    { use, onClose }: Reach,
    open: Parameters<Reaching['reach']>[2],
  ): Promise<UpstreamSession> => {
    const { backend } = member;
    const startedAtMs = now();
    let end: ((reason: string) => void) | undefined;
    try {
      const target = { url: endpointOf(backend, server), headers: backend.headers };
      const session = await open(target, (reason) => (end ?? onClose)(reason));
      const attached = sessions.attach(member, { server, use, session, onClose });
      end = attached.onClose;
      return attached.session;
    } catch (error) {
      sessions.faulted(member, error, startedAtMs);
      throw error;
    }
  };

  const openShared = async (
    member: Member,
    server: ActorId,
    open: Parameters<Reaching['shared']>[1],
  ): Promise<UpstreamSession> => {
    const session = await open(member.name, () => void member.shared.delete(server));
    const isForAll = session.description.era === 'modern' || isStateless(server);
    if (isForAll && members.get(member.name) === member) return session;
    await session.close();
    throw new NotSent(
      isForAll ? 'it is not named any more' : 'it keeps sessions, unlike other backends',
    );
  };

  const sharedOf = (
    member: Member,
    server: ActorId,
    open: Parameters<Reaching['shared']>[1],
  ): Promise<UpstreamSession> => {
    const known = member.shared.get(server);
    if (known) return known;
    const opening = openShared(member, server, open);
    member.shared.set(server, opening);
    opening.catch(() => {
      if (member.shared.get(server) === opening) member.shared.delete(server);
    });
    return opening;
  };

  return {
    async reach(server, wish, open) {
      const tried = new Set<Member>();
      const reasons: string[] = [];
      for (;;) {
        const member =
          wish.backend === undefined
            ? members.choose(server, wish.use, tried)
            : members.get(wish.backend);
        if (!member)
          throw new NotSent(reasons.length > 0 ? reasons.join('; ') : members.whyNot(server));
        try {
          return await openAt(member, server, wish, open);
        } catch (error) {
          const isLast = wish.backend !== undefined || error instanceof NeedsAuth;
          if (isLast || wish.signal?.aborted) throw error;
          tried.add(member);
          reasons.push(`${member.name}: ${error instanceof Error ? error.message : 'unreachable'}`);
        }
      }
    },
    async shared(server, open) {
      const tried = new Set<Member>();
      const reasons: string[] = [];
      for (;;) {
        const member = members.choose(server, 'shared', tried);
        if (!member)
          throw new NotSent(reasons.length > 0 ? reasons.join('; ') : members.whyNot(server));
        try {
          return await sharedOf(member, server, open);
        } catch (error) {
          tried.add(member);
          reasons.push(`${member.name}: ${error instanceof Error ? error.message : 'unreachable'}`);
        }
      }
    },
    retire(session) {
      const member = session.backend === undefined ? undefined : members.get(session.backend);
      if (!member) return false;
      const isShared = [...member.sessions].some(
        (one) => one.use === 'shared' && one.session === session,
      );
      if (isShared) sessions.retire(member, session);
      return isShared;
    },
    able: (server) => [...members.all()].filter((member) => members.hosts(member, server)).length,
  };
}
