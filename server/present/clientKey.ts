/** A client key as the outside reads it; the key itself is told once, when it is made. */
import { t, type Static } from 'elysia';
import type { ClientKeyState } from '../../actors/clientKey/machine.ts';
import { source } from '../../events/providerKey.ts';
import { isoOf } from './list.ts';

const fields = {
  id: t.String(),
  client_id: t.String(),
  name: t.String(),
  masked: t.String(),
  scopes: t.Array(t.String()),
  source,
  status: t.Union([t.Literal('active'), t.Literal('disabled')], {
    description: 'disabled: its source no longer names it',
  }),
  created_at: t.String({ format: 'date-time' }),
};

export const clientKeySchema = t.Object(fields);
export const newClientKeySchema = t.Object({
  ...fields,
  key: t.String({ description: 'shown this once' }),
});

export const presentClientKey = (
  id: string,
  { value, context }: ClientKeyState,
): Static<typeof clientKeySchema> => ({
  id,
  client_id: context.clientId,
  name: context.name,
  masked: context.masked,
  scopes: [...context.scopes],
  source: context.source,
  status: value === 'active' ? 'active' : 'disabled',
  created_at: isoOf(context.createdAtMs),
});
