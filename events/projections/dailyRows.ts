/** What the totals of a day do alike, whatever they count: written at a transaction's end, replaced once the day is closed. */
import type { Sequence } from '../event.ts';
import { positionOf } from './requests.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** The UTC day of a time, `2026-11-20`. */
export function dayOf(timeMs: number): string {
  const number = Math.floor(timeMs / dayMs);
  // Nearly all that comes is of one day.
  if (number !== lastDay.number) {
    lastDay = { number, name: new Date(timeMs).toISOString().slice(0, 10) };
  }
  return lastDay.name;
}
let lastDay = { number: Number.NaN, name: '' };

/** The day's first millisecond, and the next day's. */
export function boundsOf(day: string): { fromMs: number; beforeMs: number } {
  const fromMs = Date.parse(`${day}T00:00:00Z`);
  return { fromMs, beforeMs: fromMs + dayMs };
}

/** Chooses, by the parameters of `LateRead`, what came after a message and ended in a span of time. */
export const isLate = 'n >= ? and at_ms >= ? and at_ms < ?';
export type LateRead = [after: number, fromMs: number, beforeMs: number];

type Options<Row, Sum> = Readonly<{
  /** Of one transaction, by what they are of. */
  sums: Map<string, Sum>;
  add: (day: string, row: Row) => void;
  write: (sum: Sum) => void;
  remove: (day: string) => void;
  /** What is recorded one by one of the day, as rows of it. */
  late: (...read: LateRead) => Iterable<Row>;
}>;

export function dailyRows<Row, Sum>({ sums, add, write, remove, late }: Options<Row, Sum>) {
  function flush(): void {
    for (const sum of sums.values()) write(sum);
    sums.clear();
  }

  return {
    /** Writes what was summed; to be called before the transaction ends. */
    flush,

    /**
     * Puts the rows that the log has for a closed day in place of the counted ones, and adds what came for that
     * day in later messages. True when something came later.
     */
    replace(day: string, rows: readonly Row[], trafficSequence: Sequence): boolean {
      const { fromMs, beforeMs } = boundsOf(day);
      remove(day);
      for (const row of rows) add(day, row);
      let isMore = false;
      for (const row of late(positionOf(trafficSequence + 1, 0), fromMs, beforeMs)) {
        add(day, row);
        isMore = true;
      }
      flush();
      return isMore;
    },
  };
}
