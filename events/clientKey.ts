/** Events of a client key: what a caller of this gateway shows, and what it may do with it. */
import { source } from './providerKey.ts';
import { t, type Static } from './schema.ts';

const orNone = (schema: ReturnType<typeof t.Integer>) => t.Union([schema, t.Null()]);

/** What a key may do; null everywhere means without a limit of its own. */
const terms = {
  /** Globs of the model names that the client may write, `*` being any text. */
  models: t.Union([t.Array(t.String()), t.Null()]),
  /** Globs of the tools that the client may see and call, as `{server}_{tool}`. */
  allowedTools: t.Union([t.Array(t.String()), t.Null()]),
  /** Epoch; from then on the key is refused. */
  expiresAtMs: orNone(t.Integer()),
  requestsPerMinute: orNone(t.Integer()),
  /** Requests that may come at once before the minute's pace counts; the whole minute's without one. */
  burst: orNone(t.Integer()),
  /** Requests under way at the same time. */
  maxConcurrent: orNone(t.Integer()),
  /** Its requests and answers are kept, encrypted. */
  recordBodies: t.Boolean(),
};

const changes = t.Partial(
  t.Object({ clientId: t.String(), name: t.String(), scopes: t.Array(t.String()), ...terms }),
);

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
    ...t.Partial(t.Object(terms)).properties,
  }),
  /** `source` says who changed it: what an operator set by API, the key's own source does not overrule. */
  ClientKeyChanged: t.Object({ source, changes }),
  /** Another key in the place of the present one, which is good until the grace ends. */
  ClientKeyRotated: t.Object({
    hash: t.String(),
    masked: t.String(),
    rotatedAtMs: t.Integer(),
    /** Epoch; null without a grace: every older key is refused at once. */
    graceUntilMs: orNone(t.Integer()),
  }),
  /** The grace of the older key with this hash is over. */
  ClientKeyGraceEnded: t.Object({ hash: t.String() }),
  ClientKeyExpired: t.Object({}),
  ClientKeyLeftSource: t.Object({ source }),
  ClientKeyReturned: t.Object({ source }),
  ClientKeyRemoved: t.Object({}),
};

/** What can be changed of a client key. */
export type ClientKeyChanges = Readonly<Static<typeof changes>>;

type Schemas = typeof clientKeySchemas;
export type ClientKeyEvent = {
  [Type in keyof Schemas]: Readonly<{ type: Type; data: Readonly<Static<Schemas[Type]>> }>;
}[keyof Schemas];
