/** Totals per UTC day, client, provider, key and model: live counts, and for closed days what the log says of them. */
import { eq, sql } from 'drizzle-orm';
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { DayRow } from '../day.ts';
import { dailyRows, isLate, type LateRead } from './dailyRows.ts';
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

  const lateRequests = db.$client.query<Counted, LateRead>(
    `select client, provider, key_id as keyId, model, status, outcome, input_tokens as inputTokens,
     output_tokens as outputTokens, cached_tokens as cachedTokens, cost_micro_usd as costMicroUsd,
     duration_ms as durationMs from request where ${isLate}`,
  );
  const lateDropped = db.$client.query<Dropped, LateRead>(
    `select requests, failures, input_tokens as inputTokens, output_tokens as outputTokens
     from dropped_traffic where ${isLate}`,
  );
  const days = dailyRows<DayRow, DayRow & { day: string }>({
    sums,
    add: (day, row) => add(day, { ...row, unpriced: row.unpriced ?? 0 }),
    write: (sum) => upsert.run(sum),
    remove: (day) => db.delete(t).where(eq(t.day, day)).run(),
    *late(...read) {
      for (const request of lateRequests.iterate(...read)) yield rowOfRequest(request);
      for (const dropped of lateDropped.iterate(...read)) yield rowOfDropped(dropped);
    },
  });

  return {
    apply: (day: string, event: CountedEvent): void => add(day, rowOfEvent(event)),
    rowCounter,
    ...days,

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
