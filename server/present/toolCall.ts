/** A call of an MCP tool as the outside reads it, whether it comes from the read models or straight from the log. */
import { t, type Static } from 'elysia';
import type { ToolCall as ToolCallInModels } from '../../events/projections/readToolCalls.ts';
import type { ToolCalled } from '../../events/traffic.ts';
import { isoOf, nullable } from './list.ts';

export const toolCallSchema = t.Object({
  id: t.String(),
  time: t.String({ format: 'date-time', description: 'when it ended' }),
  started_at: t.String({ format: 'date-time' }),
  client: nullable(t.String()),
  server: t.String(),
  tool: t.String({ description: 'under its own name' }),
  backend: nullable(t.String({ description: 'which of several backends of the server' })),
  via: t.String({ description: 'mcp or rest' }),
  era: t.String({ description: 'what the caller speaks: legacy or modern' }),
  outcome: t.String({ description: 'completed, truncated, cancelled or failed' }),
  is_error: t.Boolean({ description: 'the tool itself says that it failed' }),
  error_code: nullable(
    t.Integer({ description: 'JSON-RPC’s; null for a result, 0 for no answer' }),
  ),
  error: nullable(t.String()),
  cached: t.Boolean({ description: 'an earlier result served; the server was not asked' }),
  duration_ms: t.Number(),
  request_bytes: t.Integer(),
  response_bytes: t.Integer(),
  trace_id: t.String(),
});
export type PresentedToolCall = Static<typeof toolCallSchema>;

/** A call without its place in the read models. */
export type ToolCall = Omit<ToolCallInModels, 'n'>;

export const toolCallOfEvent = ({ id, traceId, atMs, data }: ToolCalled): ToolCall => ({
  ...data,
  cached: data.cached ?? false,
  id,
  traceId,
  atMs,
});

const orNull = (text: string): string | null => (text === '' ? null : text);

export const presentToolCall = (call: ToolCall): PresentedToolCall => ({
  id: call.id,
  time: isoOf(call.atMs),
  started_at: isoOf(call.startedAtMs),
  client: orNull(call.client),
  server: call.server,
  tool: call.tool,
  backend: orNull(call.backend),
  via: call.via,
  era: call.era,
  outcome: call.outcome,
  is_error: call.isError,
  error_code: call.errorCode,
  error: orNull(call.error),
  cached: call.cached,
  duration_ms: call.durationMs,
  request_bytes: call.requestBytes,
  response_bytes: call.responseBytes,
  trace_id: call.traceId,
});
