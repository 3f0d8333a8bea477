/** A provider's breaker as the outside reads it. */
import { t, type Static } from 'elysia';
import type { BreakerState } from '../../actors/breaker/machine.ts';
import { isoOf, nullable } from './list.ts';

export const breakerSchema = t.Object({
  state: t.Union([t.Literal('closed'), t.Literal('open'), t.Literal('half-open')], {
    description: 'open: it is not asked; half-open: the next request is the probe',
  }),
  pending: t.Boolean({ description: 'this gateway saw something that the log has not taken yet' }),
  until: nullable(t.String({ format: 'date-time', description: 'when it is probed' })),
  reason: nullable(t.String({ description: 'the fault that opened it' })),
  rule_id: nullable(t.String({ description: "the judge's rule for that fault" })),
});

export function presentBreaker(
  { value, context }: BreakerState,
  isPending: boolean,
): Static<typeof breakerSchema> {
  const opening = value === 'closed' ? null : context.opening;
  return {
    state: value,
    pending: isPending,
    until: opening ? isoOf(opening.untilMs) : null,
    reason: opening?.reason ?? null,
    rule_id: opening?.ruleId ?? null,
  };
}
