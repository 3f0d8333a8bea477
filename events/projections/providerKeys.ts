/** All provider keys as the log tells them, the removed ones included. */
import { eq, sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { StoredEvent } from '../event.ts';
import type { ProviderKeyEvent, Source } from '../providerKey.ts';
import type { ProjectionDatabase } from './database.ts';
import { foldProviderKey } from './providerKeyFold.ts';

export type DisabledCause = 'credential' | 'operator' | 'origin_changed' | 'left_source';

/** A rest of the whole key or of one of its models. */
export type RestRow = Readonly<{
  untilMs: number;
  ruleId: string;
  reason: string;
  guessed: boolean;
  strikes: number;
}>;

export const providerKeyTable = sqliteTable(
  'provider_key',
  {
    id: text('id').primaryKey(),
    provider: text('provider').notNull(),
    name: text('name').notNull(),
    masked: text('masked').notNull(),
    fingerprint: text('fingerprint').notNull(),
    origin: text('origin').notNull(),
    status: text('status').$type<'healthy' | 'resting' | 'disabled' | 'removed'>().notNull(),
    restUntilMs: integer('rest_until_ms'),
    reason: text('reason'),
    ruleId: text('rule_id'),
    disabledCause: text('disabled_cause').$type<DisabledCause>(),
    /** Models that rest while the key does not. */
    models: text('models', { mode: 'json' }).$type<Readonly<Record<string, RestRow>>>().notNull(),
    weight: integer('weight').notNull(),
    source: text('source').$type<Source>().notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    lastRotatedAtMs: integer('last_rotated_at_ms'),
    removedAtMs: integer('removed_at_ms'),
    /** The actor's version: the sequence of its newest event. */
    sequence: integer('sequence').notNull(),
  },
  (t) => [index('provider_key_provider').on(t.provider)],
);
export type ProviderKeyRow = typeof providerKeyTable.$inferSelect;

/** Projects the events of provider keys. */
export function providerKeys(db: ProjectionDatabase) {
  const t = providerKeyTable;
  const find = db
    .select()
    .from(t)
    .where(eq(t.id, sql.placeholder('id')))
    .prepare();
  const remove = db
    .delete(t)
    .where(eq(t.id, sql.placeholder('id')))
    .prepare();
  const insert = db
    .insert(t)
    .values({
      id: sql.placeholder('id'),
      provider: sql.placeholder('provider'),
      name: sql.placeholder('name'),
      masked: sql.placeholder('masked'),
      fingerprint: sql.placeholder('fingerprint'),
      origin: sql.placeholder('origin'),
      status: sql.placeholder('status'),
      restUntilMs: sql.placeholder('restUntilMs'),
      reason: sql.placeholder('reason'),
      ruleId: sql.placeholder('ruleId'),
      disabledCause: sql.placeholder('disabledCause'),
      models: sql.placeholder('models'),
      weight: sql.placeholder('weight'),
      source: sql.placeholder('source'),
      createdAtMs: sql.placeholder('createdAtMs'),
      lastRotatedAtMs: sql.placeholder('lastRotatedAtMs'),
      removedAtMs: sql.placeholder('removedAtMs'),
      sequence: sql.placeholder('sequence'),
    })
    .prepare();

  return {
    apply(event: StoredEvent<ProviderKeyEvent>): void {
      const before = find.get({ id: event.actor.id });
      const after = foldProviderKey(before, event);
      if (!after || after === before) return;
      if (before) remove.run({ id: after.id });
      insert.run(after);
    },
  };
}
