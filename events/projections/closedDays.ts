/** Which days are closed, and up to which message of TRAFFIC: their totals come from the log from then on. */
import { and, eq, isNull, lt, or, sql } from 'drizzle-orm';
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { DayEvent, DayRow, ToolDayRow } from '../day.ts';
import type { Sequence, StoredEvent } from '../event.ts';
import type { ProjectionDatabase } from './database.ts';

export const dayTable = sqliteTable('day', {
  day: text('day').primaryKey(),
  /** The closing event counted TRAFFIC up to here; null while the day is open. */
  trafficSequence: integer('traffic_sequence'),
  /** True when more came for the day after it was closed. */
  late: integer('late', { mode: 'boolean' }).notNull(),
});

/** The newest event of each part of a day; its rows are kept until all parts are there. */
export const dayPartTable = sqliteTable(
  'day_part',
  {
    day: text('day').notNull(),
    part: integer('part').notNull(),
    parts: integer('parts').notNull(),
    trafficSequence: integer('traffic_sequence').notNull(),
    /** The part's version: the sequence of its newest event in CONTROL. */
    sequence: integer('sequence').notNull(),
    rows: text('rows', { mode: 'json' }).$type<readonly DayRow[]>().notNull(),
    tools: text('tools', { mode: 'json' }).$type<readonly ToolDayRow[]>().notNull().default([]),
  },
  (t) => [primaryKey({ columns: [t.day, t.part] })],
);

/** A part whose rows are in the totals; it makes no set with a later event. */
const consumed = 0;

/** Totals of days, of one sort: `replace` puts in those that the log has, and is true when more came later. */
type Totals<Row> = Readonly<{
  replace(day: string, rows: readonly Row[], trafficSequence: Sequence): boolean;
}>;

/** Projects the closing of days. Of two closings of one day the later in the log holds, once it is complete. */
export function closedDays(
  db: ProjectionDatabase,
  stats: Totals<DayRow>,
  tools: Totals<ToolDayRow>,
) {
  const closedAt = new Map<string, Sequence>();
  const late = new Set<string>();
  const known = new Set<string>();
  for (const row of db.select().from(dayTable).all()) {
    known.add(row.day);
    if (row.trafficSequence !== null) closedAt.set(row.day, row.trafficSequence);
    if (row.late) late.add(row.day);
  }

  function markSeen(day: string): void {
    if (known.has(day)) return;
    known.add(day);
    db.insert(dayTable).values({ day, trafficSequence: null, late: false }).run();
  }

  function markLate(day: string): void {
    if (late.has(day)) return;
    late.add(day);
    db.update(dayTable).set({ late: true }).where(eq(dayTable.day, day)).run();
  }

  function close(
    day: string,
    trafficSequence: Sequence,
    parts: readonly (typeof dayPartTable.$inferSelect)[],
  ): void {
    markSeen(day);
    const rows = parts.flatMap((part) => part.rows);
    const toolRows = parts.flatMap((part) => part.tools);
    const areLate = [
      stats.replace(day, rows, trafficSequence),
      tools.replace(day, toolRows, trafficSequence),
    ];
    const isLate = areLate.includes(true);
    closedAt.set(day, trafficSequence);
    if (isLate) late.add(day);
    else late.delete(day);
    db.update(dayTable).set({ trafficSequence, late: isLate }).where(eq(dayTable.day, day)).run();
    db.update(dayPartTable)
      .set({ rows: [], tools: [], parts: consumed })
      .where(eq(dayPartTable.day, day))
      .run();
  }

  return {
    apply({ data, sequence }: StoredEvent<DayEvent>): void {
      const { day, part, parts, trafficSequence, rows, tools: ofTools = [] } = data;
      const written = { parts, trafficSequence, sequence, rows, tools: ofTools };
      db.insert(dayPartTable)
        .values({ day, part, ...written })
        .onConflictDoUpdate({
          target: [dayPartTable.day, dayPartTable.part],
          set: written,
        })
        .run();
      const together = db
        .select()
        .from(dayPartTable)
        .where(
          and(
            eq(dayPartTable.day, day),
            eq(dayPartTable.parts, parts),
            eq(dayPartTable.trafficSequence, trafficSequence),
          ),
        )
        .orderBy(dayPartTable.part)
        .all();
      if (together.length < parts) return;
      close(day, trafficSequence, together);
    },

    /** True when traffic of this day in this message is still to be counted. */
    counts(day: string, sequence: Sequence): boolean {
      const closed = closedAt.get(day);
      if (closed !== undefined && sequence <= closed) return false;
      markSeen(day);
      if (closed !== undefined) markLate(day);
      return true;
    },

    /** Days before `day` that are open; with `lateToo` also closed ones for which more came. */
    toClose: (day: string, lateToo: boolean): string[] =>
      db
        .select({ day: dayTable.day })
        .from(dayTable)
        .where(
          and(
            lt(dayTable.day, day),
            lateToo
              ? or(isNull(dayTable.trafficSequence), eq(dayTable.late, true))
              : isNull(dayTable.trafficSequence),
          ),
        )
        .orderBy(dayTable.day)
        .all()
        .map((row) => row.day),

    /** The version of a part's actor; 0 when it has no event. */
    versionOfPart: (day: string, part: number): Sequence =>
      db
        .select({ sequence: sql<number>`${dayPartTable.sequence}` })
        .from(dayPartTable)
        .where(and(eq(dayPartTable.day, day), eq(dayPartTable.part, part)))
        .get()?.sequence ?? 0,
  };
}
