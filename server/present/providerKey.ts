/** A provider key as the outside reads it: never its secret. */
import { t, type Static } from 'elysia';
import type { ProviderKeyState } from '../../actors/providerKey/machine.ts';
import type { KeyCount } from '../../events/projections/readStats.ts';
import { source } from '../../events/providerKey.ts';
import { isoOf, nullable } from './list.ts';

export const keyStatus = t.Union(
  [t.Literal('healthy'), t.Literal('resting'), t.Literal('disabled')],
  { error: 'a status is healthy, resting or disabled' },
);
export type KeyStatus = Static<typeof keyStatus>;

const moment = t.String({ format: 'date-time' });

export const providerKeySchema = t.Object({
  id: t.String(),
  provider: t.String(),
  name: t.String(),
  masked: t.String(),
  status: keyStatus,
  pending: t.Boolean({ description: 'this gateway saw something that the log has not taken yet' }),
  rest_until: nullable(moment),
  reason: nullable(t.String({ description: 'why it rests or is disabled' })),
  rule_id: nullable(t.String({ description: "the judge's rule that led to it" })),
  models: t.Array(t.Object({ model: t.String(), rest_until: moment, rule_id: t.String() })),
  weight: t.Integer(),
  source,
  last_rotated_at: nullable(t.String({ format: 'date-time', description: 'last use here' })),
  requests_today: t.Integer(),
  failures_today: t.Integer(),
  created_at: moment,
});

/** What the gateway knows of a key beside its actor. */
export type KeySurroundings = Readonly<{
  isPending: boolean;
  lastUsedMs: number | undefined;
  today: KeyCount | undefined;
}>;

export const statusOfKey = ({ value }: ProviderKeyState): KeyStatus =>
  value === 'resting' || value === 'disabled' ? value : 'healthy';

export function presentProviderKey(
  id: string,
  state: ProviderKeyState,
  { isPending, lastUsedMs, today }: KeySurroundings,
): Static<typeof providerKeySchema> {
  const { context } = state;
  const status = statusOfKey(state);
  const rest = status === 'resting' ? context.rest : null;
  const why = status === 'disabled' ? context.disabled : rest;
  return {
    id,
    provider: context.provider,
    name: context.name,
    masked: context.masked,
    status,
    pending: isPending,
    rest_until: rest ? isoOf(rest.untilMs) : null,
    reason: why?.reason ?? null,
    rule_id: why?.ruleId ?? null,
    models: Object.entries(context.models).map(([model, { untilMs, ruleId }]) => ({
      model,
      rest_until: isoOf(untilMs),
      rule_id: ruleId,
    })),
    weight: context.weight,
    source: context.source,
    last_rotated_at: lastUsedMs === undefined ? null : isoOf(lastUsedMs),
    requests_today: today?.requests ?? 0,
    failures_today: today?.failures ?? 0,
    created_at: isoOf(context.createdAtMs),
  };
}
