/** A provider key, as its facts make it. */
import { omit, without, type Data, type Fold } from './step.ts';

export type Rest = Readonly<{
  until_ms: number;
  rule_id: string;
  reason: string;
  guessed: boolean;
  strikes: number;
}>;

export type ProviderKeyContext = Readonly<{
  provider: string;
  name: string;
  masked: string;
  origin: string;
  weight: number;
  source: string;
  created_at_ms: number;
  rest: Rest | null;
  models: Readonly<Record<string, Rest>>;
  suspected_at_ms: number | null;
  disabled: Readonly<{ cause: string; rule_id: string | null; reason: string }> | null;
  strikes: number;
}>;

const blameless = { rest: null, models: {}, suspected_at_ms: null, disabled: null, strikes: 0 };

export const unknownProviderKey: ProviderKeyContext = {
  provider: '',
  name: '',
  masked: '',
  origin: '',
  weight: 1,
  source: 'api',
  created_at_ms: 0,
  ...blameless,
};

const secretOf = (data: Data) =>
  omit(data, ['fingerprint', 'secret_ref']) as Partial<ProviderKeyContext>;
const maxRestedModels = 256;

function withModel(models: Readonly<Record<string, Rest>>, { model, ...rest }: Data) {
  const next = { ...models, [String(model)]: rest as Rest };
  const others = Object.keys(next).filter((name) => name !== model);
  if (others.length < maxRestedModels) return next;
  const untilMs = (name: string) => next[name]?.until_ms ?? 0;
  return without(
    next,
    others.reduce((first, name) => (untilMs(name) < untilMs(first) ? name : first)),
  );
}

/** A key that is disabled takes none of these. */
const untilEnabled = new Set([
  'ProviderKeyRested',
  'ProviderKeyModelRested',
  'ProviderKeyRecovered',
  'ProviderKeyModelRecovered',
  'ProviderKeySuspected',
]);

export const foldProviderKey: Fold<ProviderKeyContext> = ({ status, context }, type, data) => {
  const isThere = status !== 'unknown' && status !== 'removed';
  if (isThere === (type === 'ProviderKeyAdded')) return undefined;
  if (status === 'disabled' && untilEnabled.has(type)) return undefined;
  switch (type) {
    case 'ProviderKeyAdded':
      return { status: 'healthy', context: { ...context, ...blameless, ...secretOf(data) } };
    case 'ProviderKeyRested': {
      const rest = data as Rest;
      const strikes = rest.guessed ? rest.strikes : context.strikes;
      return { status: 'resting', context: { ...context, rest, strikes } };
    }
    case 'ProviderKeyModelRested':
      return { status, context: { ...context, models: withModel(context.models, data) } };
    case 'ProviderKeyRecovered': {
      const isByTime = data['cause'] === 'deadline';
      return {
        status: 'healthy',
        context: {
          ...context,
          rest: null,
          strikes: isByTime ? context.strikes : 0,
          models: data['cause'] === 'operator' ? {} : context.models,
          suspected_at_ms: isByTime ? context.suspected_at_ms : null,
        },
      };
    }
    case 'ProviderKeyModelRecovered':
      return {
        status,
        context: { ...context, models: without(context.models, String(data['model'])) },
      };
    case 'ProviderKeySuspected':
      return { status, context: { ...context, suspected_at_ms: data['seen_at_ms'] as number } };
    case 'ProviderKeyDisabled':
      return {
        status: 'disabled',
        context: {
          ...context,
          ...blameless,
          disabled: data as NonNullable<ProviderKeyContext['disabled']>,
        },
      };
    case 'ProviderKeyLeftSource': {
      const reason = `the ${String(data['source'])} no longer names it`;
      const disabled = { cause: 'left_source', rule_id: null, reason };
      return { status: 'disabled', context: { ...context, ...blameless, disabled } };
    }
    case 'ProviderKeyEnabled':
      if (status !== 'disabled') return undefined;
      return { status: 'healthy', context: { ...context, ...blameless } };
    case 'ProviderKeyRenamed':
    case 'ProviderKeyReweighted':
      return { status, context: { ...context, ...data } };
    case 'ProviderKeySecretReplaced': {
      const cause = context.disabled?.cause;
      if (status === 'disabled' && (cause === 'operator' || cause === 'left_source')) {
        return { status, context: { ...context, ...secretOf(data) } };
      }
      return { status: 'healthy', context: { ...context, ...blameless, ...secretOf(data) } };
    }
    case 'ProviderKeyRemoved':
      return { status: 'removed', context: { ...context, ...blameless } };
    default:
      return undefined;
  }
};
