/** The live stream: every transition and, thinned out, every request, from now on or from a cursor. */
import { isDeepStrictEqual } from 'node:util';
import { Refusal } from '../../actors/runtime/refusal.ts';
import type { EventLog } from '../../events/log.ts';
import type { Pulse } from '../present/pulse.ts';
import { encode, helloBlock } from './blocks.ts';
import { catchUp } from './catchUp.ts';
import type { Cursor, PartialCursor } from './cursor.ts';
import { startFeed, type Feed, type FeedOptions } from './feed.ts';
import { wantsOf, type Filter } from './filter.ts';
import { createListener, type Listener } from './listener.ts';

export type Live = Readonly<{
  /**
   * A stream of server-sent events that ends when `signal` aborts, its reader is too slow, or the gateway stops.
   * @throws {LogUnavailable} @throws {Refusal} TOO_BUSY
   */
  open(ask: Ask): Promise<ReadableStream<Uint8Array>>;
  listeners(): number;
  /** How the gateway is; undefined where nobody can tell. */
  pulse(): Pulse | undefined;
  /** Ends all streams; may be called twice. */
  stop(): Promise<void>;
}>;

export type Ask = Readonly<{
  /** Undefined: from now on. */
  cursor: PartialCursor | undefined;
  filter: Filter;
  signal: AbortSignal;
  /** Called once, when the stream is over, whoever ended it. */
  onEnd?: () => void;
}>;

type Options = Omit<FeedOptions, 'pulse'> &
  Readonly<{
    howItIs?: (listeners: number) => Pulse;
    version: string;
    gatewayId: string;
    onError: (error: unknown, about: string) => void;
  }>;

const maxListeners = 20_000;
/** A reader that missed more batches of traffic than this is told so and gets the newest of them. */
const maxMissedBatches = 500;

export function createLive(options: Options): Live {
  const { log, now, version, gatewayId, onError, howItIs, shownPerSecond = 200 } = options;
  const listeners = new Set<Listener>();
  let feed: Promise<Feed> | undefined;
  let holders = 0;
  let stopped = false;

  const hold = async (): Promise<Feed> => {
    holders += 1;
    const pulse = () => howItIs?.(listeners.size);
    const starting = (feed ??= startFeed({ ...options, shownPerSecond, pulse }));
    try {
      return await starting;
    } catch (error) {
      holders -= 1;
      if (feed === starting) feed = undefined;
      throw error;
    }
  };
  const release = () => {
    holders -= 1;
    if (holders > 0) return;
    const ending = feed;
    feed = undefined;
    ending
      ?.then((running) => running.stop())
      .catch((error: unknown) => onError(error, 'stopping the live feed'));
  };

  const begin = (running: Feed, start: Cursor, gap: boolean, ask: Ask) => {
    const { filter, signal, onEnd } = ask;
    let leave = () => {};
    const listener = createListener(() => {
      signal.removeEventListener('abort', listener.end);
      listeners.delete(listener);
      leave();
      release();
      onEnd?.();
    });
    listeners.add(listener);
    listener.write(encode(helloBlock({ version, gatewayId, gap }, start)));
    const member = { listener, wants: wantsOf(filter) };
    catchUp({ log, feed: running, member, start, now, shownPerSecond }).then(
      (joined) => {
        if (listener.isOpen()) leave = joined;
        else joined();
      },
      (error: unknown) => {
        onError(error, 'catching up for a listener of the live stream');
        listener.end();
      },
    );
    // The reader may have left, and the gateway may have stopped, while the log was asked.
    if (signal.aborted || stopped) listener.end();
    else signal.addEventListener('abort', listener.end);
    return listener.stream;
  };

  return {
    async open(ask) {
      if (stopped || listeners.size >= maxListeners) {
        throw new Refusal('TOO_BUSY', `${listeners.size} listeners are served; try again later`);
      }
      const running = await hold();
      try {
        const { start, gap } = await startOf(log, running.position(), ask.cursor);
        return begin(running, start, gap, ask);
      } catch (error) {
        release();
        throw error;
      }
    },
    listeners: () => listeners.size,
    pulse: () => howItIs?.(listeners.size),
    async stop() {
      stopped = true;
      const ending = feed;
      for (const listener of listeners) listener.end();
      await (await ending?.catch(() => undefined))?.stop();
    },
  };
}

/** Where a reader with this cursor begins; `gap` when that is not where it left off. */
async function startOf(
  log: EventLog,
  position: Cursor,
  cursor: PartialCursor | undefined,
): Promise<{ start: Cursor; gap: boolean }> {
  if (!cursor) return { start: position, gap: false };
  const wanted = { ...position, ...cursor };
  const { control, traffic, conversations } = wanted;
  if (isDeepStrictEqual(wanted, position)) return { start: position, gap: false };
  const [controlState, trafficState, conversationsState] = await Promise.all([
    log.state('CONTROL'),
    log.state('TRAFFIC'),
    log.state('CONVERSATIONS'),
  ]);
  const isOfOtherLog =
    control > controlState.lastSequence ||
    traffic > trafficState.lastSequence ||
    conversations > conversationsState.lastSequence;
  if (isOfOtherLog) return { start: position, gap: true };
  const oldest = Math.max(
    trafficState.firstSequence - 1,
    trafficState.lastSequence - maxMissedBatches,
  );
  return {
    start: { ...wanted, traffic: Math.max(traffic, oldest) },
    gap: traffic < oldest,
  };
}
