/** Whether a provider, or a model of it, can be asked now: made of the provider, its breaker and its keys. */
import type { Actor } from './fold/actors.ts';
import { actorOf } from './selectors.ts';

export type KeyCounts = Readonly<{
  total: number;
  healthy: number;
  resting: number;
  disabled: number;
}>;
export type Stand = Readonly<{
  status: 'ready' | 'resting' | 'half-open' | 'open' | 'disabled' | 'gone';
  /** Why it is not ready. */
  why: string | null;
  /** When it is tried again, where that is known. */
  untilMs: number | null;
}>;

const none: KeyCounts = { total: 0, healthy: 0, resting: 0, disabled: 0 };

/** Of all providers, in one walk over the keys. */
export function keyCounts(keys: readonly Actor<'provider-key'>[]): ReadonlyMap<string, KeyCounts> {
  const counts = new Map<string, KeyCounts>();
  for (const { status, context } of keys) {
    const before = counts.get(context.provider) ?? none;
    const isKnown = status === 'healthy' || status === 'resting' || status === 'disabled';
    counts.set(context.provider, {
      ...before,
      total: before.total + 1,
      ...(isKnown && { [status]: before[status] + 1 }),
    });
  }
  return counts;
}

type Known = Readonly<{
  provider: Actor<'provider'> | undefined;
  breaker: Actor<'breaker'> | undefined;
  /** Those of the provider. */
  keys: readonly Actor<'provider-key'>[];
  model?: string | undefined;
}>;

const ready: Stand = { status: 'ready', why: null, untilMs: null };

const soonest = (times: readonly number[]): number | null =>
  times.length === 0 ? null : Math.min(...times);

/** The first that stands in the way, as the gateway meets them. */
export function standOf({ provider, breaker, keys, model }: Known): Stand {
  if (!provider) return { status: 'gone', why: 'There is no such provider', untilMs: null };
  const { opening } = breaker?.context ?? {};
  if (breaker?.status === 'open' || breaker?.status === 'half-open') {
    const why = opening?.reason ?? 'It failed again and again';
    return { status: breaker.status, why, untilMs: opening?.until_ms ?? null };
  }
  const { last_rest: rest, auth } = provider.context;
  if (provider.status === 'resting') {
    return { status: 'resting', why: rest?.reason ?? null, untilMs: rest?.until_ms ?? null };
  }
  if (auth === 'none' && keys.length === 0) return ready;
  const inUse = keys.filter(({ status }) => status !== 'disabled');
  if (inUse.length === 0) {
    const why = keys.length === 0 ? 'It has no key' : 'All of its keys are disabled';
    return { status: 'disabled', why, untilMs: null };
  }
  const restOf = ({ status, context }: Actor<'provider-key'>) => {
    if (status === 'resting') return context.rest?.until_ms ?? 0;
    return model === undefined ? undefined : context.models[model]?.until_ms;
  };
  const rests = inUse.flatMap((key) => restOf(key) ?? []);
  if (rests.length < inUse.length) return ready;
  return { status: 'resting', why: 'All of its keys rest', untilMs: soonest(rests) };
}

type Dialect = 'openai' | 'anthropic' | 'gemini';
/** Their own services answer in OpenAI's dialect too. */
const alsoOpenAi = new Set(['anthropic', 'gemini']);

/** In which it can be asked. */
export function dialectsOf({ id, context }: Actor<'provider'>): readonly string[] {
  const host = URL.canParse(context.base_url) ? new URL(context.base_url).hostname : '';
  const isVendors =
    (alsoOpenAi.has(id) && id === context.dialect) ||
    host === 'api.anthropic.com' ||
    host === 'generativelanguage.googleapis.com';
  return isVendors && context.dialect !== 'openai'
    ? [context.dialect, 'openai']
    : [context.dialect];
}

/** The dialects in which all targets of a route can be asked. */
export function dialectsOfTargets(providers: readonly string[]): readonly Dialect[] {
  const spoken = providers.flatMap((id) => {
    const provider = actorOf('provider', id);
    return provider ? [dialectsOf(provider)] : [];
  });
  const all: readonly Dialect[] = ['openai', 'anthropic', 'gemini'];
  if (spoken.length === 0) return [];
  return all.filter((dialect) => spoken.every((one) => one.includes(dialect)));
}
