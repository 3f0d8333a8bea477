/** Which provider answers a request: by the model's prefix, else by the dialect's default. */
import { providerKind } from '../../actors/provider/provider.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import { isActorId } from '../../events/ids.ts';
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
export const defaultProviders: Readonly<Record<Dialect, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  gemini: 'gemini',
};

export function createProviders(runtime: Runtime): Providers {
  const actors = runtime.of(providerKind);

  const get = (id: string): Provider | undefined => {
    const state = isActorId(id) ? actors.get(id)?.state : undefined;
    if (!state || (state.value !== 'active' && state.value !== 'resting')) return undefined;
    const { dialect, baseUrl, auth } = state.context;
    return { id, dialect, baseUrl, auth };
  };

  return {
    get,
    targetOf(dialect, name) {
      const { provider: prefix, model } = splitModel(name, (slug) => get(slug) !== undefined);
      const provider = get(prefix ?? defaultProviders[dialect]);
      return provider && { provider, model, wasPrefixed: prefix !== null };
    },
  };
}
