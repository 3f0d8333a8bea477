/** Totals per UTC day, client, provider, key and model: live counts, and for closed days what the log says of them. */
import { eq, sql } from 'drizzle-orm';
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { DayRow } from '../day.ts';
import type { Sequence } from '../event.ts';
import {
  createDailySums,
  rowOfDropped,
  rowOfEvent,
  rowOfRequest,
  type Counted,
  type CountedEvent,
  type Dropped,
} from './dailySums.ts';
import type { ProjectionDatabase } from './database.ts';
import { positionOf } from './requests.ts';

export const dailyStatsTable = sqliteTable(
  'daily_stats',
  {
    day: text('day').notNull(),
    client: text('client').notNull(),
    provider: text('provider').notNull(),
    keyId: text('key_id').notNull(),
    model: text('model').notNull(),
    requests: integer('requests').notNull(),
    failures: integer('failures').notNull(),
    inputTokens: integer('input_tokens').notNull(),
    outputTokens: integer('output_tokens').notNull(),
    cachedTokens: integer('cached_tokens').notNull(),
    costMicroUsd: integer('cost_micro_usd').notNull(),
    durationMs: integer('duration_ms').notNull(),
    unpriced: integer('unpriced').notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.day, t.client, t.provider, t.keyId, t.model] })],
);

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

/** Projects the totals: summed in memory during a transaction, one upsert a row at its end. */
export function dailyStats(db: ProjectionDatabase) {
  const t = dailyStatsTable;
  const { sums, add, rowCounter } = createDailySums();
  const upsert = db
    .insert(t)
    .values({
      day: sql.placeholder('day'),
      client: sql.placeholder('client'),
      provider: sql.placeholder('provider'),
      keyId: sql.placeholder('keyId'),
      model: sql.placeholder('model'),
      requests: sql.placeholder('requests'),
      failures: sql.placeholder('failures'),
      inputTokens: sql.placeholder('inputTokens'),
      outputTokens: sql.placeholder('outputTokens'),
      cachedTokens: sql.placeholder('cachedTokens'),
      costMicroUsd: sql.placeholder('costMicroUsd'),
      durationMs: sql.placeholder('durationMs'),
      unpriced: sql.placeholder('unpriced'),
    })
    .onConflictDoUpdate({
      target: [t.day, t.client, t.provider, t.keyId, t.model],
      set: {
        requests: sql`${t.requests} + excluded.requests`,
        failures: sql`${t.failures} + excluded.failures`,
        inputTokens: sql`${t.inputTokens} + excluded.input_tokens`,
        outputTokens: sql`${t.outputTokens} + excluded.output_tokens`,
        cachedTokens: sql`${t.cachedTokens} + excluded.cached_tokens`,
        costMicroUsd: sql`${t.costMicroUsd} + excluded.cost_micro_usd`,
        durationMs: sql`${t.durationMs} + excluded.duration_ms`,
        unpriced: sql`${t.unpriced} + excluded.unpriced`,
      },
    })
    .prepare();

  const isLate = 'n >= ? and at_ms >= ? and at_ms < ?';
  const lateRequests = db.$client.query<Counted, [number, number, number]>(
    `select client, provider, key_id as keyId, model, status, outcome, input_tokens as inputTokens,
     output_tokens as outputTokens, cached_tokens as cachedTokens, cost_micro_usd as costMicroUsd,
     duration_ms as durationMs from request where ${isLate}`,
  );
  const lateDropped = db.$client.query<Dropped, [number, number, number]>(
    `select requests, failures, input_tokens as inputTokens, output_tokens as outputTokens
     from dropped_traffic where ${isLate}`,
  );

  function flush(): void {
    for (const row of sums.values()) upsert.run(row);
    sums.clear();
  }

  return {
    apply: (day: string, event: CountedEvent): void => add(day, rowOfEvent(event)),
    rowCounter,

    /** Writes what was summed; to be called before the transaction ends. */
    flush,

    /**
     * Puts the rows that the log has for a closed day in place of the counted ones, and adds what came for that
     * day in later messages. True when something came later.
     */
    replace(day: string, rows: readonly DayRow[], trafficSequence: Sequence): boolean {
      const { fromMs, beforeMs } = boundsOf(day);
      const after = positionOf(trafficSequence + 1, 0);
      db.delete(t).where(eq(t.day, day)).run();
      for (const row of rows) add(day, { ...row, unpriced: row.unpriced ?? 0 });
      let found = 0;
      for (const request of lateRequests.iterate(after, fromMs, beforeMs)) {
        add(day, rowOfRequest(request));
        found += 1;
      }
      for (const dropped of lateDropped.iterate(after, fromMs, beforeMs)) {
        add(day, rowOfDropped(dropped));
        found += 1;
      }
      flush();
      return found > 0;
    },

    /** The rows of a day, in an order that depends on nothing else. */
    rowsOf: (day: string): DayRow[] =>
      db
        .select()
        .from(t)
        .where(eq(t.day, day))
        .orderBy(t.client, t.provider, t.keyId, t.model)
        .all()
        .map(({ day: _day, ...row }) => row),
  };
}
