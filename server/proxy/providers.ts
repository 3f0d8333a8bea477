/** Which provider answers a request: by the model's prefix, else by the dialect's default. */
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
  /** True when the name in the request had a prefix, which the vendor must not see. */
  wasPrefixed: boolean;
}>;

export type Providers = Readonly<{
  get(id: string): Provider | undefined;
  /** Undefined when the dialect's default provider was removed. */
  targetOf(dialect: Dialect, model: string): Target | undefined;
}>;

/** The provider ids that are there from the start; bare model names go to the one of their dialect. */
const defaultProviders: Readonly<Record<Dialect, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  gemini: 'gemini',
};

export function createProviders(runtime: Runtime): Providers {
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
      const provider = get(prefix ?? defaultProviders[dialect]);
      return provider && { provider, model, wasPrefixed: prefix !== null };
    },
  };
}
