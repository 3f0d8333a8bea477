/** Asks servers now and then whether they are still there: one that went away in silence is noticed before a client is. */
import type { ActorId } from '../../events/ids.ts';
import { SessionGone, TimedOut } from './rpc/link.ts';
import type { UpstreamSession } from './upstream/session.ts';

export type Pinged = Readonly<{ server: ActorId; session: UpstreamSession }>;

export type Pings = Readonly<{
  /** Asks now, whatever was asked when. */
  ask(line: Pinged): void;
  /** When the server last answered (epoch); undefined before anything was asked of it. */
  answeredAtMs(session: UpstreamSession): number | undefined;
  /** May be called twice. */
  stop(): void;
}>;

type Options = Readonly<{
  lines: () => Iterable<Pinged>;
  /** Between two questions to one server. */
  everyMs: () => number;
  now: () => number;
  onForgotten: (line: Pinged) => void;
  onLost: (line: Pinged, error: unknown) => void;
}>;

type Asked = { isWaiting: boolean; silences: number; atMs: number; answeredAtMs: number };

/** How often it is looked whose question is due. */
const lookEveryMs = 250;
const answerMs = 10_000;
/** A server that works on something may be too busy to answer. */
const mostSilences = { idle: 2, busy: 10 };

export function startPings({ lines, everyMs, now, onForgotten, onLost }: Options): Pings {
  const asked = new WeakMap<UpstreamSession, Asked>();

  const stateOf = (session: UpstreamSession): Asked => {
    const known = asked.get(session);
    if (known) return known;
    // It was just opened: that was an answer.
    const fresh = { isWaiting: false, silences: 0, atMs: now(), answeredAtMs: now() };
    asked.set(session, fresh);
    return fresh;
  };

  const ask = async (line: Pinged) => {
    const { session } = line;
    const state = stateOf(session);
    if (state.isWaiting) return;
    state.isWaiting = true;
    state.atMs = now();
    const timeoutMs = Math.min(answerMs, everyMs());
    const method = session.description.era === 'modern' ? 'server/discover' : 'ping';
    try {
      // An error is an answer too.
      await session.request(method, undefined, { timeoutMs, mostMs: timeoutMs });
      state.silences = 0;
      state.answeredAtMs = now();
    } catch (error) {
      state.silences += 1;
      const most = session.underWay() > 0 ? mostSilences.busy : mostSilences.idle;
      if (error instanceof SessionGone) onForgotten(line);
      else if (!(error instanceof TimedOut) || state.silences >= most) onLost(line, error);
    } finally {
      state.isWaiting = false;
    }
  };

  const timer = setInterval(() => {
    const dueMs = now() - everyMs();
    for (const line of lines()) if (stateOf(line.session).atMs <= dueMs) void ask(line);
  }, lookEveryMs);

  return {
    ask: (line) => void ask(line),
    answeredAtMs: (session) => asked.get(session)?.answeredAtMs,
    stop: () => clearInterval(timer),
  };
}
