/** Backends that the configuration names no more, or at another address: they keep their sessions until these end. */
import type { McpBackendCommand } from '../../../actors/mcpBackend/commands.ts';
import type { ActorId } from '../../../events/ids.ts';
import type { Member } from './members.ts';
import type { BackendSessions } from './sessions.ts';

export type Leaving = Readonly<{
  leave(member: Member): void;
  /** A session of it has ended. */
  look(member: Member): void;
  has(id: ActorId): boolean;
  all(): Iterable<Member>;
  stop(): void;
}>;

type Options = Readonly<{
  sessions: () => BackendSessions;
  tell: (member: Member, matter: string, command: McpBackendCommand) => void;
  /** Read when one begins to leave. */
  deadlineMs: () => number;
}>;

export function createLeaving({ sessions, tell, deadlineMs }: Options): Leaving {
  const leaving = new Map<Member, ReturnType<typeof setTimeout>>();

  const end = (member: Member, cause: 'ended' | 'deadline', sessionsEnded: number) => {
    const timer = leaving.get(member);
    if (timer === undefined) return;
    clearTimeout(timer);
    leaving.delete(member);
    tell(member, 'health', { type: 'EndMcpBackend', cause, sessionsEnded });
  };
  const look = (member: Member) => {
    if (member.sessions.size === 0) end(member, 'ended', 0);
  };

  return {
    leave(member) {
      const reason = `its backend ${member.name} is not named any more`;
      const atDeadline = () => {
        // First off the list, so that the last of them is not its end.
        const ended = member.sessions.size;
        end(member, 'deadline', ended);
        sessions().end(member, reason);
      };
      leaving.set(member, setTimeout(atDeadline, deadlineMs()));
      sessions().end(member, reason, 'own');
      sessions().retire(member);
      look(member);
    },
    look,
    has: (id) => [...leaving.keys()].some((member) => member.id === id),
    all: () => leaving.keys(),
    stop() {
      for (const timer of leaving.values()) clearTimeout(timer);
      leaving.clear();
    },
  };
}
