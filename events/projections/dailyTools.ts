/** Totals of tool calls per UTC day, client, server and tool: live counts, and for closed days what the log says. */
import { eq, sql } from 'drizzle-orm';
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { ToolDayRow } from '../day.ts';
import type { Outcome, ToolCalled } from '../traffic.ts';
import { isToolFailure } from '../trafficCounts.ts';
import { dailyRows, isLate, type LateRead } from './dailyRows.ts';
import type { ProjectionDatabase } from './database.ts';
import type { TrafficDropped } from './droppedTraffic.ts';

export const dailyToolsTable = sqliteTable(
  'daily_tools',
  {
    day: text('day').notNull(),
    client: text('client').notNull(),
    server: text('server').notNull(),
    tool: text('tool').notNull(),
    calls: integer('calls').notNull(),
    failures: integer('failures').notNull(),
    durationMs: integer('duration_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.day, t.client, t.server, t.tool] })],
);

type Counted = Readonly<{
  client: string;
  server: string;
  tool: string;
  outcome: Outcome;
  isError: boolean;
  durationMs: number;
}>;
type Dropped = Readonly<{ toolCalls: number; toolFailures: number }>;
type Sum = { -readonly [Name in keyof ToolDayRow]: ToolDayRow[Name] } & { day: string };

const rowOfCall = (call: Counted): ToolDayRow => ({
  client: call.client,
  server: call.server,
  tool: call.tool,
  calls: 1,
  failures: isToolFailure(call) ? 1 : 0,
  durationMs: Math.round(call.durationMs),
});

/** Whose calls were dropped is not known any more, only how many. */
const rowOfDropped = ({ toolCalls, toolFailures }: Dropped): ToolDayRow => ({
  client: '',
  server: '',
  tool: '',
  calls: toolCalls,
  failures: toolFailures,
  durationMs: 0,
});

/** Projects the totals: summed in memory during a transaction, one upsert a row at its end. */
export function dailyTools(db: ProjectionDatabase) {
  const t = dailyToolsTable;
  const sums = new Map<string, Sum>();
  const upsert = db
    .insert(t)
    .values({
      day: sql.placeholder('day'),
      client: sql.placeholder('client'),
      server: sql.placeholder('server'),
      tool: sql.placeholder('tool'),
      calls: sql.placeholder('calls'),
      failures: sql.placeholder('failures'),
      durationMs: sql.placeholder('durationMs'),
    })
    .onConflictDoUpdate({
      target: [t.day, t.client, t.server, t.tool],
      set: {
        calls: sql`${t.calls} + excluded.calls`,
        failures: sql`${t.failures} + excluded.failures`,
        durationMs: sql`${t.durationMs} + excluded.duration_ms`,
      },
    })
    .prepare();

  const lateCalls = db.$client.query<Omit<Counted, 'isError'> & { isError: number }, LateRead>(
    `select client, server, tool, outcome, is_error as isError, duration_ms as durationMs
     from tool_call where ${isLate}`,
  );
  const lateDropped = db.$client.query<Dropped, LateRead>(
    `select tool_calls as toolCalls, tool_failures as toolFailures
     from dropped_traffic where tool_calls > 0 and ${isLate}`,
  );

  function add(day: string, row: ToolDayRow): void {
    const key = `${day}\n${row.client}\n${row.server}\n${row.tool}`;
    const sum = sums.get(key);
    if (!sum) {
      sums.set(key, { ...row, day });
      return;
    }
    sum.calls += row.calls;
    sum.failures += row.failures;
    sum.durationMs += row.durationMs;
  }

  const days = dailyRows<ToolDayRow, Sum>({
    sums,
    add,
    write: (sum) => upsert.run(sum),
    remove: (day) => db.delete(t).where(eq(t.day, day)).run(),
    *late(...read) {
      for (const call of lateCalls.iterate(...read))
        yield rowOfCall({ ...call, isError: call.isError === 1 });
      for (const dropped of lateDropped.iterate(...read)) yield rowOfDropped(dropped);
    },
  });

  return {
    apply(day: string, event: ToolCalled | TrafficDropped): void {
      if (event.type === 'ToolCalled') return add(day, rowOfCall(event.data));
      const { toolCalls = 0, toolFailures = 0 } = event.data;
      if (toolCalls > 0) add(day, rowOfDropped({ toolCalls, toolFailures }));
    },

    ...days,

    /** The rows of a day, in an order that depends on nothing else. */
    rowsOf: (day: string): ToolDayRow[] =>
      db
        .select()
        .from(t)
        .where(eq(t.day, day))
        .orderBy(t.client, t.server, t.tool)
        .all()
        .map(({ day: _day, ...row }) => row),
  };
}
