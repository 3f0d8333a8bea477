/** Traffic events: observations that cannot be refused and never wait. They travel in batches. */
import type { RequestId, TraceId } from './ids.ts';
import { t, type Static } from './schema.ts';

/** One try at one key of one provider, with the judge's word on it. */
export const attempt = t.Object({
  provider: t.String(),
  /** `''` where the provider wants no key. */
  keyId: t.String(),
  model: t.String(),
  /** The vendor's status, or 0 when no answer came. */
  status: t.Integer(),
  startedMs: t.Integer({ description: 'since the request began' }),
  durationMs: t.Integer(),
  /** The judge's class, `ok` for a success. */
  verdict: t.String(),
  ruleId: t.String(),
  /** Redacted vendor text or transport error, `''` on success. */
  error: t.String(),
});
export type Attempt = Static<typeof attempt>;

export const usage = t.Object({
  /** All tokens read, cached ones included. */
  inputTokens: t.Integer(),
  /** All tokens written, reasoning included. */
  outputTokens: t.Integer(),
  cachedTokens: t.Integer(),
  reasoningTokens: t.Integer(),
});
export type Usage = Static<typeof usage>;

export const outcome = t.Union([
  t.Literal('completed'),
  t.Literal('truncated'),
  t.Literal('cancelled'),
  t.Literal('failed'),
]);
export type Outcome = Static<typeof outcome>;

export const trafficSchemas = {
  RequestFinished: t.Object({
    /** Whose client key it was, or `''` where the gateway is open. */
    client: t.String(),
    dialect: t.Union([t.Literal('openai'), t.Literal('anthropic'), t.Literal('gemini')]),
    method: t.String(),
    /** A route template such as `/v1beta/models/{model}:generateContent`; never a query. */
    route: t.String(),
    /** As asked for, without the provider's prefix. */
    model: t.String(),
    provider: t.String(),
    keyId: t.String(),
    status: t.Integer(),
    outcome,
    streamed: t.Boolean(),
    startedAtMs: t.Integer({ description: 'epoch' }),
    /** To the first byte of the answer's body; the duration when there was none. */
    firstByteMs: t.Number(),
    durationMs: t.Number(),
    requestBytes: t.Integer(),
    responseBytes: t.Integer(),
    usage: t.Union([usage, t.Null()]),
    costMicroUsd: t.Union([t.Integer(), t.Null()]),
    priceVersion: t.Union([t.String(), t.Null()]),
    attempts: t.Array(attempt),
  }),
  /** The spool was full: so many events were thrown away, oldest first; the totals of what they counted are kept here. */
  TrafficDropped: t.Object({
    count: t.Integer(),
    requests: t.Integer(),
    failures: t.Integer(),
    inputTokens: t.Integer(),
    outputTokens: t.Integer(),
  }),
};

type Schemas = typeof trafficSchemas;
/** `id` is the request's id where there is one; `atMs` is the gateway's clock when the event was made. */
export type TrafficEvent = {
  [Type in keyof Schemas]: Readonly<{
    id: RequestId;
    type: Type;
    version: number;
    atMs: number;
    traceId: TraceId;
    data: Readonly<Static<Schemas[Type]>>;
  }>;
}[keyof Schemas];
export type RequestFinished = Extract<TrafficEvent, { type: 'RequestFinished' }>;
