/** Lets a server finish what it has in hand: it says that it goes, takes nothing new, and then ends what is left. */
import type { Server } from 'bun';
import type { Waiters } from './keyRing/waiters.ts';
import type { Live } from './live/live.ts';
import type { Listening } from './mcp/downstream/listen.ts';
import type { LegacySessions } from './mcp/downstream/legacySessions.ts';
import type { Drain } from './proxy/drain.ts';
import type { Realtime } from './realtime/realtime.ts';
import type { Limits } from './proxy/limits.ts';
import { abortLimitsOf } from './proxy/timeLimits.ts';

type Options = Readonly<{
  server: Pick<Server<unknown>, 'pendingRequests' | 'stop'>;
  drain: Drain;
  limits: Pick<Limits, 'drainMs' | 'drainGraceMs'>;
  live: Pick<Live, 'stop'>;
  realtime: Pick<Realtime, 'stop'>;
  mcp: Readonly<{
    sessions: Pick<LegacySessions, 'drain' | 'handedOver'>;
    listening: Pick<Listening, 'drain'>;
  }>;
  waiters: Pick<Waiters, 'stop'>;
}>;

const lookEveryMs = 10;
/** What was told that it is over needs a moment to say so. */
const lastWordsMs = 2_000;

/** The most that `drainServer` takes. */
export const drainLimitMs = ({ drainMs, drainGraceMs }: Options['limits']): number =>
  drainGraceMs + drainMs + lastWordsMs;

async function isIdle({ server, mcp }: Options, withinMs: number): Promise<boolean> {
  const untilMs = performance.now() + withinMs;
  // What other processes handed over is answered too: their clients wait for it.
  while (server.pendingRequests + mcp.sessions.handedOver() > 0) {
    if (performance.now() >= untilMs) return false;
    await Bun.sleep(lookEveryMs);
  }
  return true;
}

/** Resolves to how many requests were ended before they were finished. */
export async function drainServer(options: Options): Promise<number> {
  const { server, drain, limits, live, realtime, mcp, waiters } = options;
  drain.isDraining = true;
  // `/ready` says so, and who asks it sends no more; until then requests are taken, each on its connection's last turn.
  await Bun.sleep(limits.drainGraceMs);
  await live.stop();
  // They have no end of their own to wait for: their clients dial again, and reach another gateway.
  realtime.stop();
  mcp.sessions.drain();
  mcp.listening.drain();
  // Its promise may be early and may be late: what is pending is looked at instead.
  void server.stop();
  let ended = 0;
  if (!(await isIdle(options, limits.drainMs))) {
    ended = server.pendingRequests;
    drain.isOver = true;
    waiters.stop();
    abortLimitsOf(drain);
    for (const breakOff of drain.open) breakOff();
    await isIdle(options, lastWordsMs);
  }
  await server.stop(true);
  // Whoever was cut off now is recorded as soon as that is known.
  const untilMs = performance.now() + lastWordsMs;
  while (drain.inFlight > 0 && performance.now() < untilMs) await Bun.sleep(lookEveryMs);
  return ended;
}
