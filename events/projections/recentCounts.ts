/** The last day in small steps: all traffic by minute, and each provider key's requests by hour. */
import { gte, lt, sql } from 'drizzle-orm';
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Outcome, TrafficEvent } from '../traffic.ts';
import { isFailure, isToolFailure } from '../trafficCounts.ts';
import type { UsualRow } from '../usualRows.ts';
import type { ProjectionDatabase } from './database.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** How long steps are kept, by the log's own time, so that a rebuild keeps the same. */
const keptMs = 25 * hourMs;

const counters = {
  requests: integer('requests').notNull(),
  failures: integer('failures').notNull(),
};

export const minuteTable = sqliteTable('minute', {
  /** Minutes since the epoch. */
  minute: integer('minute').primaryKey(),
  ...counters,
  inputTokens: integer('input_tokens').notNull(),
  outputTokens: integer('output_tokens').notNull(),
  costMicroUsd: integer('cost_micro_usd').notNull(),
  durationMs: integer('duration_ms').notNull(),
  toolCalls: integer('tool_calls').notNull(),
  toolFailures: integer('tool_failures').notNull(),
});
export type MinuteRow = typeof minuteTable.$inferSelect;

export const keyHourTable = sqliteTable(
  'key_hour',
  {
    /** Hours since the epoch. */
    hour: integer('hour').notNull(),
    keyId: text('key_id').notNull(),
    ...counters,
  },
  (t) => [primaryKey({ columns: [t.hour, t.keyId] })],
);
export type KeyHourRow = typeof keyHourTable.$inferSelect;

const nothing = {
  requests: 0,
  failures: 0,
  inputTokens: 0,
  outputTokens: 0,
  costMicroUsd: 0,
  durationMs: 0,
  toolCalls: 0,
  toolFailures: 0,
};

/** Projects the steps: summed in memory during a transaction, one upsert a row at its end. */
export function recentCounts(db: ProjectionDatabase) {
  const minutes = new Map<number, MinuteRow>();
  const keyHours = new Map<number, Map<string, KeyHourRow>>();
  const m = minuteTable;
  const k = keyHourTable;
  const upsertMinute = db
    .insert(m)
    .values({
      minute: sql.placeholder('minute'),
      requests: sql.placeholder('requests'),
      failures: sql.placeholder('failures'),
      inputTokens: sql.placeholder('inputTokens'),
      outputTokens: sql.placeholder('outputTokens'),
      costMicroUsd: sql.placeholder('costMicroUsd'),
      durationMs: sql.placeholder('durationMs'),
      toolCalls: sql.placeholder('toolCalls'),
      toolFailures: sql.placeholder('toolFailures'),
    })
    .onConflictDoUpdate({
      target: m.minute,
      set: {
        requests: sql`${m.requests} + excluded.requests`,
        failures: sql`${m.failures} + excluded.failures`,
        inputTokens: sql`${m.inputTokens} + excluded.input_tokens`,
        outputTokens: sql`${m.outputTokens} + excluded.output_tokens`,
        costMicroUsd: sql`${m.costMicroUsd} + excluded.cost_micro_usd`,
        durationMs: sql`${m.durationMs} + excluded.duration_ms`,
        toolCalls: sql`${m.toolCalls} + excluded.tool_calls`,
        toolFailures: sql`${m.toolFailures} + excluded.tool_failures`,
      },
    })
    .prepare();
  const upsertKeyHour = db
    .insert(k)
    .values({
      hour: sql.placeholder('hour'),
      keyId: sql.placeholder('keyId'),
      requests: sql.placeholder('requests'),
      failures: sql.placeholder('failures'),
    })
    .onConflictDoUpdate({
      target: [k.hour, k.keyId],
      set: {
        requests: sql`${k.requests} + excluded.requests`,
        failures: sql`${k.failures} + excluded.failures`,
      },
    })
    .prepare();
  const forgetMinutes = db
    .delete(m)
    .where(lt(m.minute, sql.placeholder('before')))
    .prepare();
  const forgetHours = db
    .delete(k)
    .where(lt(k.hour, sql.placeholder('before')))
    .prepare();

  function minuteAt(atMs: number): MinuteRow {
    const minute = Math.floor(atMs / minuteMs);
    const known = minutes.get(minute);
    if (known) return known;
    const row = { minute, ...nothing };
    minutes.set(minute, row);
    return row;
  }

  function keyHourAt(hour: number, keyId: string): KeyHourRow {
    const ofHour = keyHours.get(hour) ?? new Map<string, KeyHourRow>();
    keyHours.set(hour, ofHour);
    const row = ofHour.get(keyId) ?? { hour, keyId, requests: 0, failures: 0 };
    ofHour.set(keyId, row);
    return row;
  }

  /** Counts usual rows of one message: nearly all of one minute, and of a few keys. */
  function rowCounter(strings: readonly string[]) {
    const byPlace = new Map<number, KeyHourRow>();
    let sum: MinuteRow | undefined;
    let hour = Number.NaN;
    return (row: UsualRow): void => {
      const atMs = row[1];
      if (sum?.minute !== Math.floor(atMs / minuteMs)) sum = minuteAt(atMs);
      const isBad = isFailure({ status: row[10], outcome: (strings[row[11]] ?? '') as Outcome });
      sum.requests += 1;
      sum.durationMs += Math.round(row[15]);
      sum.costMicroUsd += row[19] ?? 0;
      if (isBad) sum.failures += 1;
      const usage = row[18];
      if (usage) {
        sum.inputTokens += usage[0];
        sum.outputTokens += usage[1];
      }
      const ownHour = Math.floor(atMs / hourMs);
      if (ownHour !== hour) byPlace.clear();
      hour = ownHour;
      let key = byPlace.get(row[9]);
      if (!key) {
        key = keyHourAt(hour, strings[row[9]] ?? '');
        byPlace.set(row[9], key);
      }
      key.requests += 1;
      if (isBad) key.failures += 1;
    };
  }

  function apply({ type, atMs, data }: TrafficEvent): void {
    const sum = minuteAt(atMs);
    if (type === 'ToolCalled') {
      sum.toolCalls += 1;
      sum.toolFailures += isToolFailure(data) ? 1 : 0;
      return;
    }
    if (type === 'TrafficDropped') {
      sum.requests += data.requests;
      sum.failures += data.failures;
      sum.inputTokens += data.inputTokens;
      sum.outputTokens += data.outputTokens;
      sum.toolCalls += data.toolCalls ?? 0;
      sum.toolFailures += data.toolFailures ?? 0;
      return;
    }
    // It is no work of anybody's.
    if (type === 'McpConnectionOpened') return;
    const failures = isFailure(data) ? 1 : 0;
    sum.requests += 1;
    sum.failures += failures;
    sum.inputTokens += data.usage?.inputTokens ?? 0;
    sum.outputTokens += data.usage?.outputTokens ?? 0;
    sum.costMicroUsd += data.costMicroUsd ?? 0;
    sum.durationMs += Math.round(data.durationMs);
    const key = keyHourAt(Math.floor(atMs / hourMs), data.keyId);
    key.requests += 1;
    key.failures += failures;
  }

  return {
    apply,
    rowCounter,

    /** Writes what was summed and forgets what is old; to be called before the transaction ends. */
    flush(logTimeMs: number): void {
      for (const row of minutes.values()) upsertMinute.run(row);
      for (const ofHour of keyHours.values()) {
        for (const row of ofHour.values()) upsertKeyHour.run(row);
      }
      minutes.clear();
      keyHours.clear();
      forgetMinutes.run({ before: Math.floor((logTimeMs - keptMs) / minuteMs) });
      forgetHours.run({ before: Math.floor((logTimeMs - keptMs) / hourMs) });
    },
  };
}

/** Minutes in which something was, from this time on, oldest first. */
export const minutesSince = (db: ProjectionDatabase, fromMs: number): MinuteRow[] =>
  db
    .select()
    .from(minuteTable)
    .where(gte(minuteTable.minute, Math.floor(fromMs / minuteMs)))
    .orderBy(minuteTable.minute)
    .all();

/** Hours in which a provider key was used, from this time on. */
export const keyHoursSince = (db: ProjectionDatabase, fromMs: number): KeyHourRow[] =>
  db
    .select()
    .from(keyHourTable)
    .where(gte(keyHourTable.hour, Math.floor(fromMs / hourMs)))
    .all();
