/** Events of a client key: what a caller of this gateway shows. */
import { source } from './providerKey.ts';
import { t, type Static } from './schema.ts';

export const clientKeySchemas = {
  ClientKeyAdded: t.Object({
    /** Whom the key belongs to; several keys may share one client. */
    clientId: t.String(),
    name: t.String(),
    /** HMAC-SHA256 of the key, hex; the key itself is shown once and kept nowhere. */
    hash: t.String(),
    masked: t.String(),
    scopes: t.Array(t.String()),
    source,
    createdAtMs: t.Integer(),
  }),
  ClientKeyLeftSource: t.Object({ source }),
  ClientKeyReturned: t.Object({ source }),
  ClientKeyRemoved: t.Object({}),
};

type Schemas = typeof clientKeySchemas;
export type ClientKeyEvent = {
  [Type in keyof Schemas]: Readonly<{ type: Type; data: Readonly<Static<Schemas[Type]>> }>;
}[keyof Schemas];
