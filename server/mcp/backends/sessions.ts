/** Sessions with backends: what becomes of each request is evidence, and a backend that is left lets them end. */
import type { Runtime } from '../../../actors/runtime/runtime.ts';
import type { Verdict } from '../../../actors/providerKey/evidence.ts';
import type { Breakers } from '../../breakers/breakers.ts';
import { Cancelled, NotSent, SessionGone, TimedOut } from '../rpc/link.ts';
import { reasonOf } from '../upstream/reason.ts';
import type { UpstreamSession } from '../upstream/session.ts';
import type { Attached, Member, SessionUse } from './members.ts';

export type BackendSessions = Readonly<{
  /** With the session as its user gets it. */
  attach(member: Member, attached: Omit<Attached, 'isRetired'>): Attached;
  /** An attempt at this backend failed. `startedAtMs` is epoch. */
  faulted(member: Member, error: unknown, startedAtMs: number): void;
  /** No new call goes into this session, or any, that all share: each ends with its last call. */
  retire(member: Member, session?: UpstreamSession): void;
  /** Ends those of this use, or all. Answers how many there were. */
  end(member: Member, reason: string, use?: SessionUse): number;
}>;

type Options = Readonly<{
  runtime: Pick<Runtime, 'ownCause'>;
  breakers: Breakers;
  now: () => number;
  /** A session ended: whoever waits for the last one of a backend looks again. */
  onEnd: (member: Member) => void;
  onError: (error: unknown, about: string) => void;
}>;

/** Long enough that the calls of a moment do not all go there, short enough to be gone with a restart. */
const shunMs = 1_000;

const statusOf = (error: unknown): number => {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return typeof cause === 'object' && cause !== null && 'status' in cause
    ? Number(cause.status)
    : 0;
};

const verdictOf = (error: unknown): Verdict => ({
  class: error instanceof Cancelled ? 'cancelled' : 'transient',
  scope: 'provider',
  longest: 'hour',
  retry: 'none',
  ruleId: error instanceof TimedOut ? 'transient.silent' : 'mcp.backend',
  reason: reasonOf(error),
});

export function createBackendSessions(options: Options): BackendSessions {
  const { runtime, breakers, now, onEnd, onError } = options;

  const answered = (member: Member, startedAtMs: number) => {
    // What was asked before it broke says nothing of what it is now.
    if (startedAtMs > member.shunnedUntilMs - shunMs) member.shunnedUntilMs = 0;
    // Most of the time there is nothing to be told.
    if (!member.isSuspect && breakers.stateOf(member.breaker).value === 'closed') return;
    member.isSuspect = false;
    breakers.succeeded(member.breaker, runtime.ownCause());
  };

  const faulted: BackendSessions['faulted'] = (member, error, startedAtMs) => {
    const status = statusOf(error);
    // Whoever forgot a session, or refuses a request, is there.
    if (error instanceof SessionGone || (status >= 400 && status < 500))
      return answered(member, startedAtMs);
    // One that dies takes connections for a moment still: what is sent into them is neither carried out nor refused.
    const isBroken = status === 0 && !(error instanceof TimedOut || error instanceof Cancelled);
    if (isBroken) member.shunnedUntilMs = now() + shunMs;
    if (!(error instanceof Cancelled)) member.isSuspect = true;
    breakers.failed(member.breaker, verdictOf(error), startedAtMs, runtime.ownCause());
  };

  const forget = (member: Member, attached: Attached) => {
    if (member.sessions.delete(attached)) onEnd(member);
  };
  const closeQuietly = (session: UpstreamSession) => {
    session.close().catch((error: unknown) => onError(error, 'ending a session with a backend'));
  };
  const closeWhenIdle = ({ session }: Attached) => {
    if (session.underWay() === 0) closeQuietly(session);
  };

  return {
    faulted,
    attach(member, { session, onClose, ...rest }) {
      let isClosed = false;
      const wrapped: UpstreamSession = {
        ...session,
        backend: member.name,
        async request(method, params, ask, as) {
          if (isClosed || !session.isOpen()) throw new NotSent('the session is over');
          const startedAtMs = now();
          const timeoutMs = Math.min(ask.timeoutMs, member.backend.timeoutMs);
          try {
            const answer = await session.request(method, params, { ...ask, timeoutMs }, as);
            answered(member, startedAtMs);
            return answer;
          } catch (error) {
            faulted(member, error, startedAtMs);
            throw error;
          } finally {
            if (attached.isRetired) closeWhenIdle(attached);
          }
        },
        isOpen: () => !isClosed && session.isOpen(),
        async close() {
          isClosed = true;
          forget(member, attached);
          await session.close();
        },
      };
      const attached: Attached = {
        ...rest,
        session: wrapped,
        isRetired: false,
        onClose(reason) {
          isClosed = true;
          forget(member, attached);
          onClose(reason);
        },
      };
      member.sessions.add(attached);
      return attached;
    },
    retire(member, session) {
      for (const attached of member.sessions) {
        if (attached.use !== 'shared' || (session && attached.session !== session)) continue;
        attached.isRetired = true;
        member.shared.delete(attached.server);
        closeWhenIdle(attached);
      }
    },
    end(member, reason, use) {
      const ending = [...member.sessions].filter((one) => use === undefined || one.use === use);
      for (const { session, onClose } of ending) {
        onClose(reason);
        closeQuietly(session);
      }
      return ending.length;
    },
  };
}
