/** Events of a model route: a public model name, and who answers for it. */
import { t, type Static } from './schema.ts';

/** `fallback`: the targets in their order. `weighted`: the first by weight, the others after it. */
export const strategy = t.Union([t.Literal('fallback'), t.Literal('weighted')]);

/** A provider's model that can answer for the route. */
export const modelTarget = t.Object({
  provider: t.String(),
  /** As the vendor names it. */
  model: t.String(),
  /** Its share of a weighted route; 0 is asked only when the others cannot answer. */
  weight: t.Integer(),
  /** Tokens that fit into a request and its answer, where the operator knows. */
  contextLength: t.Optional(t.Integer()),
});
export type ModelTarget = Readonly<Static<typeof modelTarget>>;

/** What the operator pays, instead of the public price: micro-USD per million tokens. */
export const priceOverride = t.Object({
  inputMicroUsd: t.Number(),
  outputMicroUsd: t.Number(),
  /** For input that the vendor had cached; as the other input when it is missing. */
  cachedMicroUsd: t.Optional(t.Number()),
});
export type PriceOverride = Readonly<Static<typeof priceOverride>>;

/** The limits of a request that a route may set for itself; what is missing is the gateway's setting. */
export const routeLimits = t.Object({
  attempts: t.Optional(t.Integer()),
  transientAttempts: t.Optional(t.Integer()),
  transientPauseMs: t.Optional(t.Integer()),
  firstEventMs: t.Optional(t.Integer()),
  plainMs: t.Optional(t.Integer()),
  deadlineMs: t.Optional(t.Integer()),
  stallMs: t.Optional(t.Integer()),
  keepAliveMs: t.Optional(t.Integer()),
  waitMs: t.Optional(t.Integer()),
});
export type RouteLimits = Readonly<Static<typeof routeLimits>>;

const settings = {
  strategy,
  targets: t.Array(modelTarget),
  /** What clients are told of the route; says nothing about a target. */
  contextLength: t.Optional(t.Integer()),
  price: t.Optional(priceOverride),
  limits: t.Optional(routeLimits),
  /** A stream that breaks may go on with another target. */
  resume: t.Boolean(),
  /** Requests and answers are kept, encrypted. */
  recordBodies: t.Boolean(),
};

export const modelRouteSchemas = {
  /** The name is for ever; everything else may change. */
  ModelRouteDefined: t.Object({ name: t.String(), ...settings, createdAtMs: t.Integer() }),
  /** Everything that may change, as it is from now on. */
  ModelRouteChanged: t.Object(settings),
  ModelRouteRemoved: t.Object({}),
};

type Schemas = typeof modelRouteSchemas;
export type ModelRouteEvent = {
  [Type in keyof Schemas]: Readonly<{ type: Type; data: Readonly<Static<Schemas[Type]>> }>;
}[keyof Schemas];
