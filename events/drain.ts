/** Brings what waits in the spool into the log, oldest first. */
import type { TrafficBatch } from './log.ts';
import type { Spool } from './spool.ts';
import { decodeSpoolLine } from './spoolLine.ts';

const lanes = 8;
const pauseMs = 250;

/** What one line came to: it is settled when the log has it, or when the log can never take it. */
export type Sent = 'settled' | 'away';

export type Drain = Readonly<{
  /** Starts to drain, unless it is doing so. */
  kick: () => void;
  /** Cuts the pause before the next try short. */
  wake: () => void;
  /** Ends after the batches that are on their way; what is left stays in the spool. */
  stop: () => Promise<void>;
}>;

/**
 * Sends one batch as a probe while the log is away, then eight at a time. A segment is removed once every line of it
 * is settled; a batch that is sent twice has the same id both times.
 */
export function startDrain(options: {
  spool: Spool;
  isAway: () => boolean;
  /** Sends a batch and keeps `isAway` right. `undefined` stands for a line that cannot be read. */
  send: (batch: TrafficBatch | undefined, line: string) => Promise<Sent>;
  /** Called when the spool is empty. */
  onEmpty: () => void;
  onError: (error: unknown) => void;
}): Drain {
  const { spool, isAway, send, onEmpty, onError } = options;
  let running: Promise<void> | undefined;
  let stopped = false;
  let endPause = () => {};

  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  /** Sends the lines and answers with those that are not settled. */
  async function sendAll(lines: readonly string[]): Promise<readonly string[]> {
    const unsettled = new Set(lines.keys());
    const sendLine = async (index: number) => {
      const line = lines[index] ?? '';
      if ((await send(decodeSpoolLine(line), line)) === 'settled') unsettled.delete(index);
    };
    if (isAway()) await sendLine(0);
    const waiting = unsettled.values();
    const lane = async () => {
      for (const index of waiting) {
        if (stopped || isAway()) return;
        await sendLine(index);
      }
    };
    if (!isAway()) await Promise.all(Array.from({ length: lanes }, lane));
    return [...unsettled].map((index) => lines[index] ?? '');
  }

  async function drainOne(): Promise<'more' | 'empty'> {
    const segment = await spool.takeOldest();
    if (!segment) return 'empty';
    let left = segment.lines;
    while (left.length > 0 && !stopped) {
      left = await sendAll(left);
      if (left.length > 0 && !stopped) await pause();
    }
    if (left.length > 0) {
      spool.release();
      return 'more';
    }
    await spool.remove(segment.name);
    return 'more';
  }

  async function run(): Promise<void> {
    while (!stopped) {
      try {
        if ((await drainOne()) === 'more') continue;
      } catch (error) {
        // A disk that fails now may work later; the segment is still there.
        spool.release();
        onError(error);
        await pause();
        continue;
      }
      onEmpty();
      if (spool.bytes() > 0) continue;
      // At once, or a batch kept from here on would find a drain that is on its way out.
      running = undefined;
      return;
    }
  }

  return {
    kick() {
      if (stopped || running) return;
      running = run();
    },
    wake: () => endPause(),
    async stop() {
      stopped = true;
      endPause();
      await running;
    },
  };
}
