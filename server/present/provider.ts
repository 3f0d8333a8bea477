/** A provider as the outside reads it. */
import { t, type Static } from 'elysia';
import type { ProviderState } from '../../actors/provider/machine.ts';
import { auth, dialect } from '../../events/provider.ts';
import { source } from '../../events/providerKey.ts';
import { noKeys, type KeyTally } from '../metrics/tally.ts';
import { breakerSchema } from './breaker.ts';
import { isoOf, nullable } from './list.ts';

export const providerSchema = t.Object({
  id: t.String(),
  name: t.String(),
  dialect,
  base_url: t.String(),
  auth,
  source,
  status: t.Union([t.Literal('active'), t.Literal('resting')]),
  rest_until: nullable(t.String({ format: 'date-time' })),
  breaker: breakerSchema,
  keys: t.Object({
    total: t.Integer(),
    healthy: t.Integer(),
    resting: t.Integer(),
    disabled: t.Integer(),
  }),
  created_at: t.String({ format: 'date-time' }),
});

export function presentProvider(
  id: string,
  { value, context }: ProviderState,
  breaker: Static<typeof breakerSchema>,
  keys: KeyTally = noKeys,
): Static<typeof providerSchema> {
  const isResting = value === 'resting';
  return {
    id,
    name: context.name,
    dialect: context.dialect,
    base_url: context.baseUrl,
    auth: context.auth,
    source: context.source,
    status: isResting ? 'resting' : 'active',
    rest_until: isResting && context.lastRest ? isoOf(context.lastRest.untilMs) : null,
    breaker,
    keys: { ...keys },
    created_at: isoOf(context.createdAtMs),
  };
}
