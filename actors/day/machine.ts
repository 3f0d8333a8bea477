/** A day is open until its totals are written. The rows themselves stay in the log: nobody needs them in memory. */
import { assign, setup, type SnapshotFrom } from 'xstate';
import type { DayEvent } from '../../events/day.ts';

export type DayContext = Readonly<{
  day: string;
  part: number;
  parts: number;
  trafficSequence: number;
  rowCount: number;
}>;

const initial: DayContext = { day: '', part: 0, parts: 0, trafficSequence: 0, rowCount: 0 };

export const dayMachine = setup({
  types: {} as { context: DayContext; events: DayEvent },
}).createMachine({
  id: 'day',
  context: initial,
  initial: 'unknown',
  // Also when it is closed: late traffic closes a day again, with larger totals.
  on: {
    DayClosed: {
      target: '.closed',
      actions: assign(({ event: { data } }) => ({
        day: data.day,
        part: data.part,
        parts: data.parts,
        trafficSequence: data.trafficSequence,
        rowCount: data.rows.length,
      })),
    },
  },
  states: { unknown: {}, closed: {} },
});

export type DayState = SnapshotFrom<typeof dayMachine>;
