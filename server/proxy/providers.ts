/** Which provider answers a request that no route is for: by the model's prefix, by who offers it, by the dialect. */
import { providerKind } from '../../actors/provider/provider.ts';
import type { ProviderState } from '../../actors/provider/machine.ts';
import type { Current, Runtime } from '../../actors/runtime/runtime.ts';
import type { Auth, Dialect } from '../../events/provider.ts';
import { splitModel } from './modelField.ts';

export type Provider = Readonly<{ id: string; dialect: Dialect; baseUrl: string; auth: Auth }>;

export type Target = Readonly<{
  provider: Provider;
  /** Without the provider's prefix. */
  model: string;
  /** True when the name in the request is not the vendor's, which must not see it. */
  isRenamed: boolean;
  /** Tokens that fit into a request and its answer, where the operator said so. */
  contextLength?: number | undefined;
}>;

export type Providers = Readonly<{
  get(id: string): Provider | undefined;
  /**
   * For a model that no route is named after: an exact route name goes before everything, so a route can be called
   * `openai/gpt-x` on purpose; and a prefix goes before a route that is named as what follows it. Then comes who
   * offers the model, then the dialect's default. Undefined when that was removed.
   */
  targetOf(dialect: Dialect, model: string): Target | undefined;
}>;

/** The provider ids that are there from the start; bare model names go to the one of their dialect. */
const defaultProviders: Readonly<Record<Dialect, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  gemini: 'gemini',
};

/** The provider that is known to offer a model to callers of a dialect. */
export type Discovered = (dialect: Dialect, model: string) => string | undefined;

export function createProviders(runtime: Pick<Runtime, 'of'>, discovered?: Discovered): Providers {
  const actors = runtime.of(providerKind);
  const byId = new Map<string, Provider>();

  const follow = ({ id, state }: Current<ProviderState>) => {
    const { dialect, baseUrl, auth } = state.context;
    const isThere = state.value === 'active' || state.value === 'resting';
    if (isThere) byId.set(id, { id, dialect, baseUrl, auth });
    else byId.delete(id);
  };
  for (const current of actors.all()) follow(current);
  actors.subscribe(follow);
  const get = (id: string): Provider | undefined => byId.get(id);

  return {
    get,
    targetOf(dialect, name) {
      const { provider: prefix, model } = splitModel(name, (slug) => byId.has(slug));
      const offering = prefix === null && model !== '' ? discovered?.(dialect, model) : undefined;
      const known = get(prefix ?? offering ?? defaultProviders[dialect]);
      const provider = known ?? (prefix === null ? get(defaultProviders[dialect]) : undefined);
      return provider && { provider, model, isRenamed: prefix !== null };
    },
  };
}
