/** A finished request as the outside reads it, whether it comes from the read models or straight from the log. */
import { t, type Static } from 'elysia';
import type { RequestRow } from '../../events/projections/requests.ts';
import type { Attempt, RequestFinished } from '../../events/traffic.ts';
import { isoOf, nullable } from './list.ts';

const attemptSchema = t.Object({
  provider: t.String(),
  key_id: nullable(t.String()),
  model: t.String(),
  status: nullable(t.Integer({ description: 'the vendor’s; null when no answer came' })),
  started_ms: t.Integer({ description: 'since the request began' }),
  duration_ms: t.Integer(),
  verdict: t.String(),
  rule_id: t.String(),
  error: nullable(t.String()),
});

export const requestSchema = t.Object({
  id: t.String(),
  time: t.String({ format: 'date-time', description: 'when it ended' }),
  started_at: t.String({ format: 'date-time' }),
  client: nullable(t.String()),
  dialect: t.String(),
  method: t.String(),
  route: t.String(),
  model: nullable(t.String()),
  model_route: nullable(t.String({ description: 'the model route that was asked for' })),
  provider: nullable(t.String()),
  key_id: nullable(t.String()),
  status: t.Integer(),
  outcome: t.String({ description: 'completed, truncated, cancelled or failed' }),
  streamed: t.Boolean(),
  first_byte_ms: t.Number(),
  duration_ms: t.Number(),
  request_bytes: t.Integer(),
  response_bytes: t.Integer(),
  input_tokens: nullable(t.Integer()),
  output_tokens: nullable(t.Integer()),
  cached_tokens: nullable(t.Integer()),
  reasoning_tokens: nullable(t.Integer()),
  cache_write_tokens: nullable(t.Integer({ description: 'of the input tokens' })),
  cost_micro_usd: nullable(t.Integer({ description: '0 where nothing is billed' })),
  cost_unknown: t.Boolean({ description: 'the model has no known price, or told no usage' }),
  price_version: nullable(t.String({ description: 'the prices that were in force then' })),
  trace_id: t.String(),
  attempts: t.Array(attemptSchema),
});
export type PresentedRequest = Static<typeof requestSchema>;

const orNull = (text: string): string | null => (text === '' ? null : text);

const presentAttempt = (attempt: Attempt): Static<typeof attemptSchema> => ({
  provider: attempt.provider,
  key_id: orNull(attempt.keyId),
  model: attempt.model,
  status: attempt.status === 0 ? null : attempt.status,
  started_ms: attempt.startedMs,
  duration_ms: attempt.durationMs,
  verdict: attempt.verdict,
  rule_id: attempt.ruleId,
  error: orNull(attempt.error),
});

/** A request without its place in the read models. */
export type Request = Omit<RequestRow, 'n'>;

export function requestOfEvent({ id, traceId, atMs, data }: RequestFinished): Request {
  const { usage, ...rest } = data;
  return {
    ...rest,
    id,
    traceId,
    atMs,
    inputTokens: usage?.inputTokens ?? null,
    outputTokens: usage?.outputTokens ?? null,
    cachedTokens: usage?.cachedTokens ?? null,
    modelRoute: data.modelRoute ?? '',
    reasoningTokens: usage?.reasoningTokens ?? null,
    cacheWriteTokens: usage?.cacheWriteTokens ?? null,
  };
}

export const presentRequest = (request: Request): PresentedRequest => ({
  id: request.id,
  time: isoOf(request.atMs),
  started_at: isoOf(request.startedAtMs),
  client: orNull(request.client),
  dialect: request.dialect,
  method: request.method,
  route: request.route,
  model: orNull(request.model),
  model_route: orNull(request.modelRoute),
  provider: orNull(request.provider),
  key_id: orNull(request.keyId),
  status: request.status,
  outcome: request.outcome,
  streamed: request.streamed,
  first_byte_ms: request.firstByteMs,
  duration_ms: request.durationMs,
  request_bytes: request.requestBytes,
  response_bytes: request.responseBytes,
  input_tokens: request.inputTokens,
  output_tokens: request.outputTokens,
  cached_tokens: request.cachedTokens,
  reasoning_tokens: request.reasoningTokens,
  cache_write_tokens: request.cacheWriteTokens,
  cost_micro_usd: request.costMicroUsd,
  cost_unknown: request.costMicroUsd === null,
  price_version: request.priceVersion,
  trace_id: request.traceId,
  attempts: request.attempts.map(presentAttempt),
});
