/** A client key as the outside reads it; the key itself is told once, when it is made. */
import { t, type Static } from 'elysia';
import type { ClientKeyState } from '../../actors/clientKey/machine.ts';
import { source } from '../../events/providerKey.ts';
import { isoOf, nullable } from './list.ts';

const time = t.String({ format: 'date-time' });
const count = nullable(t.Integer());

export const clientKeyStatus = t.Union(
  [t.Literal('active'), t.Literal('expired'), t.Literal('disabled')],
  { description: 'disabled: its source no longer names it' },
);

const fields = {
  id: t.String(),
  client_id: t.String(),
  name: t.String(),
  masked: t.String(),
  scopes: t.Array(t.String()),
  models: nullable(t.Array(t.String({ description: 'null: every model' }))),
  allowed_tools: nullable(t.Array(t.String({ description: 'null: every MCP tool' }))),
  requests_per_minute: count,
  burst: count,
  max_concurrent: count,
  record_bodies: t.Boolean(),
  expires_at: nullable(time),
  expires_soon: t.Boolean({ description: 'within seven days' }),
  source,
  status: clientKeyStatus,
  retiring: t.Array(
    t.Object({ masked: t.String(), until: time }, { description: 'older keys in their grace' }),
  ),
  created_at: time,
  rotated_at: nullable(time),
};

export const clientKeySchema = t.Object(fields);
export const newClientKeySchema = t.Object({
  ...fields,
  key: t.String({ description: 'shown this once' }),
});

const soonMs = 7 * 24 * 60 * 60_000;
const isoOrNull = (timeMs: number | null): string | null =>
  timeMs === null ? null : isoOf(timeMs);

export function statusOfClientKey(
  { value, context }: ClientKeyState,
  nowMs: number,
): Static<typeof clientKeyStatus> {
  if (value !== 'active') return value === 'expired' ? 'expired' : 'disabled';
  // The log may be a moment behind the clock.
  return context.expiresAtMs !== null && context.expiresAtMs <= nowMs ? 'expired' : 'active';
}

export function presentClientKey(
  id: string,
  state: ClientKeyState,
  nowMs: number,
): Static<typeof clientKeySchema> {
  const { context } = state;
  const { expiresAtMs } = context;
  const status = statusOfClientKey(state, nowMs);
  return {
    id,
    client_id: context.clientId,
    name: context.name,
    masked: context.masked,
    scopes: [...context.scopes],
    models: context.models && [...context.models],
    allowed_tools: context.allowedTools && [...context.allowedTools],
    requests_per_minute: context.requestsPerMinute,
    burst: context.burst,
    max_concurrent: context.maxConcurrent,
    record_bodies: context.recordBodies,
    expires_at: isoOrNull(expiresAtMs),
    expires_soon: status === 'active' && expiresAtMs !== null && expiresAtMs - nowMs <= soonMs,
    source: context.source,
    status,
    retiring: context.retiring
      .filter(({ untilMs }) => untilMs > nowMs)
      .map(({ masked, untilMs }) => ({ masked, until: isoOf(untilMs) })),
    created_at: isoOf(context.createdAtMs),
    rotated_at: isoOrNull(context.rotatedAtMs),
  };
}
