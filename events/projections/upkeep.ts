/** What the projector does now and then: closes days, forgets what TRAFFIC has dropped, minds its file. */
import type { EventLog } from '../log.ts';
import { closeDays } from './closeDays.ts';
import { dayOf } from './dailyRows.ts';
import { streamStates, type Session } from './session.ts';

const everyMs = 5_000;
/** Traffic may reach the log a little after the day it belongs to. */
const dayEndsAfterMs = 5 * 60 * 1000;

export type Upkeep = Readonly<{
  /** To be called after each transaction: a day may have ended with it. */
  applied: () => void;
  /** Ends after the round under way; may be called twice. */
  stop: () => Promise<void>;
}>;

/**
 * Runs a round every five seconds, and at once when the log's time has passed into another day. `onUnfit` is
 * called when the file was removed or the streams are others: a new session mends both.
 */
export function startUpkeep(
  options: Readonly<{
    log: EventLog;
    session: Session;
    now: () => number;
    onUnfit: (reason: Error) => void;
    onError: (error: unknown) => void;
  }>,
): Upkeep {
  const { log, session, now, onUnfit, onError } = options;
  const { store } = session;
  let checkedDay = '';
  let stopped = false;
  let running: Promise<void> | undefined;

  const lastDay = (logTimeMs: number): string => dayOf(Math.max(0, logTimeMs - dayEndsAfterMs));

  async function round(): Promise<void> {
    const states = await streamStates(log);
    if (stopped) return;
    if (!store.isInPlace()) return onUnfit(new Error('the file of the projections was removed'));
    if (!store.fits(states)) return onUnfit(new Error('the streams of the log were made anew'));

    for (;;) {
      if (stopped || store.prune(states.TRAFFIC.firstSequence)) break;
      await Bun.sleep(0);
    }

    const isBehind = (stream: 'CONTROL' | 'TRAFFIC') =>
      store.position(stream) < states[stream].lastSequence;
    // Which days are closed is known only at the end of CONTROL.
    if (stopped || isBehind('CONTROL')) return;
    const trafficTimeMs = store.trafficTimeMs();
    const before = lastDay(isBehind('TRAFFIC') ? trafficTimeMs : Math.max(trafficTimeMs, now()));
    const isNewDay = before !== checkedDay;
    await closeDays(log, store, before, isNewDay);
    checkedDay = before;
  }

  function start(): void {
    if (stopped || running || !log.isConnected()) return;
    running = round()
      .catch(onError)
      .finally(() => {
        running = undefined;
      });
  }

  const timer = setInterval(start, everyMs);
  start();
  return {
    applied() {
      if (lastDay(store.trafficTimeMs()) > checkedDay) start();
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
