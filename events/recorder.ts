/** Records traffic: gathers events into batches for the log, and keeps them on disk while the log is away. */
import { newBatchId } from './ids.ts';
import { startDrain, type Sent } from './drain.ts';
import type { EventLog, TrafficBatch } from './log.ts';
import { BatchTooLarge } from './trafficMessage.ts';
import { openSpool } from './spool.ts';
import { countsOfSpoolLine } from './spoolLine.ts';
import {
  addCounts,
  countTraffic,
  noTraffic,
  trafficDropped,
  type TrafficCounts,
} from './trafficCounts.ts';
import type { TrafficEvent } from './traffic.ts';

const publishMs = 1_000;
/** A batch without an answer by then is kept on disk as well, or a kill would lose it. */
const answerMs = 50;
/** 32 publishes at most are on their way; eight of them are the drain's. */
const directPublishes = 24;
/** Totals of lost traffic wait this long for more of them. */
const lostFlushMs = 1_000;

export type Recorder = Readonly<{
  /** Takes an event; never waits, never throws. */
  record: (event: TrafficEvent) => void;
  /** Resolves once all that was recorded so far is in the log or on disk. */
  flush: () => Promise<void>;
  /** As `flush`, and ends; what is on disk is sent by the next recorder on the same folder. */
  stop: () => Promise<void>;
  /** Events not yet safe, bytes on disk, whether the log is away, and events thrown away since the start. */
  stats: () => { pending: number; spooledBytes: number; away: boolean; dropped: number };
}>;

export type RecorderOptions = Readonly<{
  log: EventLog;
  gatewayId: string;
  /** A folder of this process alone; the name must be the same after a restart, or nobody sends what it holds. */
  spoolDir: string;
  now: () => number;
  /** A kill loses what is younger than this and nothing older; `answerMs` more, where the log goes down with it. */
  flushMs?: number;
  maxEvents?: number;
  maxBytes?: number;
  spoolMaxBytes?: number;
  onError?: (error: unknown) => void;
  /** Told events once, off the path of requests and before they are written; may complete them in place. */
  onFlush?: (events: readonly TrafficEvent[]) => void;
}>;

/** Near enough to close a batch by; the exact size is known when it is encoded. */
const roughBytesOf = (event: TrafficEvent): number =>
  event.type === 'RequestFinished' ? 150 + event.data.attempts.length * 50 : 500;

/** Starts to record. What an earlier process left in the folder is sent first. */
export async function startRecorder(options: RecorderOptions): Promise<Recorder> {
  const { log, gatewayId, now, flushMs = 20, maxEvents = 1024, maxBytes = 512 * 1024 } = options;
  const { spoolMaxBytes = 256 * 1024 * 1024, onError = () => {}, onFlush } = options;

  let gathered: TrafficEvent[] = [];
  let gatheredBytes = 0;
  let flushTimer: ReturnType<typeof setTimeout> | undefined;
  const delivering = new Set<Promise<void>>();
  /** What no longer waits for the log when the connection is lost. */
  const unanswered = new Set<() => void>();
  let deliveringEvents = 0;
  let publishing = 0;
  let lost = noTraffic;
  let lostTimer: ReturnType<typeof setTimeout> | undefined;
  let dropped = 0;
  let stopping: Promise<void> | undefined;

  const spool = await openSpool({
    folder: options.spoolDir,
    maxBytes: spoolMaxBytes,
    onDropped: lose,
    onError,
  });
  // Until a probe has said otherwise nothing may overtake what is left from before.
  let away = spool.bytes() > 0;

  function lose(counts: TrafficCounts): void {
    if (counts.count === 0) return;
    lost = addCounts(lost, counts);
    dropped += counts.count - counts.again;
    if (!stopping) lostTimer ??= setTimeout(seal, lostFlushMs);
  }

  function wentAway(error?: unknown): void {
    if (!away && error !== undefined) onError(error);
    away = true;
  }

  /** Throws what the log throws. */
  async function publish(batch: TrafficBatch): Promise<void> {
    publishing++;
    try {
      await log.appendTraffic(batch, publishMs);
    } finally {
      publishing--;
    }
  }

  /**
   * True when the log has the batch. One without an answer goes to disk under the same id; the answer may come later
   * and says then whether the log is away.
   */
  async function publishedDirectly(batch: TrafficBatch): Promise<boolean> {
    if (!log.isConnected()) wentAway();
    if (away || publishing >= directPublishes) return false;
    const waited = Promise.withResolvers<boolean>();
    const giveUp = () => waited.resolve(false);
    const timer = setTimeout(giveUp, answerMs);
    unanswered.add(giveUp);
    const published = publish(batch).then(
      () => true,
      (error: unknown) => {
        if (error instanceof BatchTooLarge) throw error;
        wentAway(error);
        // The batch may have left the disk meanwhile: the drain finds out that nothing is away any more.
        if (!unanswered.has(giveUp)) drain.kick();
        return false;
      },
    );
    try {
      return await Promise.race([published, waited.promise]);
    } finally {
      clearTimeout(timer);
      unanswered.delete(giveUp);
    }
  }

  async function deliver(batch: TrafficBatch): Promise<void> {
    try {
      if (await publishedDirectly(batch)) return;
      await spool.append(batch);
    } catch (error) {
      if (error instanceof BatchTooLarge && batch.events.length > 1) return deliverHalves(batch);
      onError(error);
      lose(countTraffic(batch.events));
    }
    drain.kick();
  }

  async function deliverHalves({ events }: TrafficBatch): Promise<void> {
    const middle = Math.ceil(events.length / 2);
    for (const half of [events.slice(0, middle), events.slice(middle)]) {
      await deliver({ id: newBatchId(), gatewayId, events: half });
    }
  }

  function seal(): void {
    clearTimeout(flushTimer);
    clearTimeout(lostTimer);
    flushTimer = lostTimer = undefined;
    if (lost.count > 0) gathered.push(trafficDropped(lost, now()));
    lost = noTraffic;
    if (gathered.length === 0) return;
    const batch = { id: newBatchId(), gatewayId, events: gathered };
    gathered = [];
    gatheredBytes = 0;
    deliveringEvents += batch.events.length;
    // Encoding takes a millisecond: not in the course of the request that happened to fill the batch.
    const delivered = new Promise((resolve) => setImmediate(resolve))
      .then(() => onFlush?.(batch.events))
      .catch(onError)
      .then(() => deliver(batch))
      .finally(() => {
        deliveringEvents -= batch.events.length;
        delivering.delete(delivered);
      });
    delivering.add(delivered);
  }

  async function flush(): Promise<void> {
    seal();
    await Promise.all(delivering);
  }

  async function sendFromSpool(batch: TrafficBatch | undefined, line: string): Promise<Sent> {
    try {
      if (!batch) throw new Error('a line of the spool cannot be read; its totals are kept');
      await publish(batch);
    } catch (error) {
      if (batch && !(error instanceof BatchTooLarge)) {
        wentAway(error);
        return 'away';
      }
      onError(error);
      lose(countsOfSpoolLine(line) ?? noTraffic);
      return 'settled';
    }
    away = false;
    return 'settled';
  }

  const drain = startDrain({
    spool,
    isAway: () => away,
    send: sendFromSpool,
    onEmpty: () => {
      away = false;
    },
    onError,
  });
  const unsubscribe = log.onConnection((connected) => {
    if (connected) drain.wake();
    else for (const giveUp of unanswered) giveUp();
  });
  drain.kick();

  async function end(): Promise<void> {
    unsubscribe();
    await flush();
    await drain.stop();
    // The last deliveries may have lost something, whose totals are kept for the next start.
    await flush();
    await spool.close();
  }

  return {
    record(event) {
      if (stopping) {
        dropped++;
        return;
      }
      gathered.push(event);
      gatheredBytes += roughBytesOf(event);
      if (gathered.length >= maxEvents || gatheredBytes >= maxBytes) return seal();
      flushTimer ??= setTimeout(seal, flushMs);
    },
    flush,
    stop: () => (stopping ??= end()),
    stats: () => ({
      pending: gathered.length + deliveringEvents,
      spooledBytes: spool.bytes(),
      away,
      dropped,
    }),
  };
}
