/** What a provider key is at one moment, and the small steps from one such moment to the next. */
import type { Source } from '../../events/providerKey.ts';

export type Rest = Readonly<{
  untilMs: number;
  ruleId: string;
  reason: string;
  guessed: boolean;
  strikes: number;
}>;

export type DisabledCause = 'credential' | 'operator' | 'origin_changed' | 'left_source';

export type ProviderKeyContext = Readonly<{
  provider: string;
  name: string;
  masked: string;
  fingerprint: string;
  secretRef: string;
  origin: string;
  weight: number;
  source: Source;
  createdAtMs: number;
  rest: Rest | null;
  /** Rests of single models; the key itself may be healthy meanwhile. */
  models: Readonly<Record<string, Rest>>;
  suspectedAtMs: number | null;
  disabled: Readonly<{ cause: DisabledCause; ruleId: string | null; reason: string }> | null;
  /** Guessed rests of the key since its last proof of health. */
  strikes: number;
  /** Secrets that are still in the vault although no key needs them. */
  secretsToErase: readonly string[];
}>;

/** Model names come from callers, so their number has a bound: the rest that ends first makes room. */
const maxRestedModels = 256;

export const unknownKey: ProviderKeyContext = {
  provider: '',
  name: '',
  masked: '',
  fingerprint: '',
  secretRef: '',
  origin: '',
  weight: 1,
  source: 'api',
  createdAtMs: 0,
  rest: null,
  models: {},
  suspectedAtMs: null,
  disabled: null,
  strikes: 0,
  secretsToErase: [],
};

/** What a key is like when nothing is held against it. */
export const blameless = {
  rest: null,
  models: {},
  suspectedAtMs: null,
  disabled: null,
  strikes: 0,
} satisfies Partial<ProviderKeyContext>;

export function without<Value>(record: Readonly<Record<string, Value>>, key: string) {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

export function withRestedModel(models: Readonly<Record<string, Rest>>, model: string, rest: Rest) {
  const next = { ...models, [model]: rest };
  const names = Object.keys(next);
  if (names.length <= maxRestedModels) return next;
  const untilMs = (name: string) => next[name]?.untilMs ?? 0;
  const others = names.filter((name) => name !== model);
  return without(
    next,
    others.reduce((first, name) => (untilMs(name) < untilMs(first) ? name : first)),
  );
}

/** The secrets to erase once `current` is the one in use. */
export const toErase = (context: ProviderKeyContext, current: string): readonly string[] => [
  ...context.secretsToErase.filter((ref) => ref !== current && ref !== context.secretRef),
  ...(context.secretRef === '' || context.secretRef === current ? [] : [context.secretRef]),
];

export const restOf = ({ untilMs, ruleId, reason, guessed, strikes }: Rest): Rest => ({
  untilMs,
  ruleId,
  reason,
  guessed,
  strikes,
});

/** The rest of one model; a name such as `constructor` is not mistaken for one. */
export const modelRest = (context: ProviderKeyContext, model: string): Rest | null =>
  Object.hasOwn(context.models, model) ? (context.models[model] ?? null) : null;
