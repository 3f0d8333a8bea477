/** Events of a provider key: a secret of a vendor, and how the vendor treats it. */
import { t, type Static } from './schema.ts';

const ruleId = t.String({
  description: 'the judge\'s rule that led to this, e.g. "rate-limit.retry-after"',
});
const reason = t.String({ description: 'for people; vendor text in it is redacted' });

/** Where a key comes from. A source governs only its own keys. */
export const source = t.Union([t.Literal('environment'), t.Literal('file'), t.Literal('api')]);
export type Source = Static<typeof source>;

const secretOf = {
  /** Name of the secret in the vault. */
  secretRef: t.String(),
  /** HMAC-SHA256 prefix of the secret: equal for equal secrets, useless without the vault's pepper. */
  fingerprint: t.String(),
  /** What people see: the first and the last characters. */
  masked: t.String(),
  /** The provider's origin the secret is bound to; it is never sent to another. */
  origin: t.String(),
};

const rest = {
  untilMs: t.Integer({ description: 'epoch' }),
  ruleId,
  reason,
  /** True when the vendor named no time: the rest then ends with a real request as probe. */
  guessed: t.Boolean(),
  /** Guessed rests in a row, this one included; the back-off doubles with it. 0 when the vendor named the time. */
  strikes: t.Integer(),
};

export const providerKeySchemas = {
  ProviderKeyAdded: t.Object({
    provider: t.String(),
    name: t.String(),
    ...secretOf,
    weight: t.Integer(),
    source,
    createdAtMs: t.Integer(),
  }),
  ProviderKeyRested: t.Object(rest),
  ProviderKeyModelRested: t.Object({ model: t.String(), ...rest }),
  ProviderKeyRecovered: t.Object({
    cause: t.Union([t.Literal('deadline'), t.Literal('probe'), t.Literal('operator')]),
  }),
  ProviderKeyModelRecovered: t.Object({
    model: t.String(),
    cause: t.Union([t.Literal('deadline'), t.Literal('probe'), t.Literal('operator')]),
  }),
  /** First sight of a refused credential; a second one within minutes disables the key. */
  ProviderKeySuspected: t.Object({ seenAtMs: t.Integer(), ruleId, reason }),
  ProviderKeyDisabled: t.Object({
    cause: t.Union([t.Literal('credential'), t.Literal('operator'), t.Literal('origin_changed')]),
    ruleId: t.Union([ruleId, t.Null()]),
    reason,
  }),
  ProviderKeyLeftSource: t.Object({ source }),
  ProviderKeyEnabled: t.Object({
    cause: t.Union([t.Literal('operator'), t.Literal('returned_to_source'), t.Literal('probe')]),
  }),
  ProviderKeyRenamed: t.Object({ name: t.String() }),
  ProviderKeyReweighted: t.Object({ weight: t.Integer() }),
  ProviderKeySecretReplaced: t.Object(secretOf),
  ProviderKeyRemoved: t.Object({ secretRef: t.String() }),
  /** A secret that no key needs any more is gone from the vault. */
  ProviderKeySecretErased: t.Object({ secretRef: t.String() }),
};

type Schemas = typeof providerKeySchemas;
export type ProviderKeyEvent = {
  [Type in keyof Schemas]: Readonly<{ type: Type; data: Readonly<Static<Schemas[Type]>> }>;
}[keyof Schemas];
