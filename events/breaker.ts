/** Events of a provider's breaker: whether the provider is asked at all while it fails. */
import { t, type Static } from './schema.ts';

export const breakerSchemas = {
  /** The provider failed too often in a row, or failed its probe: it is left alone until then. */
  BreakerOpened: t.Object({
    openedAtMs: t.Integer(),
    untilMs: t.Integer(),
    ruleId: t.String(),
    reason: t.String(),
    /** Openings without a lasting recovery in between, this one included. */
    openings: t.Integer(),
  }),
  /** The time is over: in each gateway process the next request is the probe. */
  BreakerHalfOpened: t.Object({}),
  BreakerClosed: t.Object({
    closedAtMs: t.Integer(),
    /** `moved`: the provider was changed or removed, what it was before is not asked any more. */
    cause: t.Union([t.Literal('probe'), t.Literal('operator'), t.Literal('moved')]),
  }),
};

type Schemas = typeof breakerSchemas;
export type BreakerEvent = {
  [Type in keyof Schemas]: Readonly<{ type: Type; data: Readonly<Static<Schemas[Type]>> }>;
}[keyof Schemas];
