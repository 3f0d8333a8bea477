/** Events of a provider: an AI vendor's API, or anything that speaks like one. */
import { source } from './providerKey.ts';
import { t, type Static } from './schema.ts';

/** The wire format a provider speaks. */
export const dialect = t.Union([t.Literal('openai'), t.Literal('anthropic'), t.Literal('gemini')]);
export type Dialect = Static<typeof dialect>;

/** The header that carries the key; `none` for servers that want no key. */
export const auth = t.Union([
  t.Literal('bearer'),
  t.Literal('x-api-key'),
  t.Literal('x-goog-api-key'),
  t.Literal('api-key'),
  t.Literal('none'),
]);
export type Auth = Static<typeof auth>;

const settings = {
  name: t.String(),
  dialect,
  /** In the SDK's own convention: OpenAI's ends in `/v1`, the others carry no version. */
  baseUrl: t.String(),
  auth,
};

export const providerSchemas = {
  ProviderAdded: t.Object({ ...settings, source, createdAtMs: t.Integer() }),
  ProviderChanged: t.Object({ ...settings, source }),
  /** All of a provider's keys were refused at once: the limit is the provider's, not a key's. */
  ProviderRested: t.Object({
    untilMs: t.Integer(),
    ruleId: t.String(),
    reason: t.String(),
    /** Rests in short succession for which the vendor named no time, this one included; 0 when it named one. */
    strikes: t.Integer(),
  }),
  ProviderRecovered: t.Object({ cause: t.Union([t.Literal('deadline'), t.Literal('operator')]) }),
  ProviderRemoved: t.Object({}),
};

type Schemas = typeof providerSchemas;
export type ProviderEvent = {
  [Type in keyof Schemas]: Readonly<{ type: Type; data: Readonly<Static<Schemas[Type]>> }>;
}[keyof Schemas];
