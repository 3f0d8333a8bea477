/** The models that one caller can name in one dialect: the operator's routes, then what the providers offer. */
import type { Dialect } from '../../events/provider.ts';
import type { ModelRoute } from '../modelRoutes/modelRoutes.ts';
import type { JsonObject } from '../proxy/json.ts';
import type { Provider } from '../proxy/providers.ts';
import { dialectsOf } from '../proxy/wire.ts';
import type { Offers } from './indexOffers.ts';

/** `id` is what the caller writes to be answered by it. */
export type ModelEntry = Readonly<{ id: string }> &
  (
    | Readonly<{ route: ModelRoute; listed?: undefined }>
    | Readonly<{ route?: undefined; provider: string; listed: JsonObject }>
  );

type Sources = Readonly<{
  routes: readonly ModelRoute[];
  providerOf: (id: string) => Provider | undefined;
  offers: readonly Offers[];
  mayUse: (model: string) => boolean;
}>;

const prefixed = (provider: Provider, model: string): string =>
  provider.id === provider.dialect ? model : `${provider.id}/${model}`;

/** A name is there once: a route goes before whatever is called the same. */
export function entriesOf(
  asked: readonly Dialect[],
  { routes, providerOf, offers, mayUse }: Sources,
): ModelEntry[] {
  const entries = new Map<string, ModelEntry>();
  const canAnswer = (id: string) => {
    const provider = providerOf(id);
    return provider !== undefined && dialectsOf(provider).some((one) => asked.includes(one));
  };
  for (const route of routes) {
    const { name: id, targets } = route;
    if (mayUse(id) && targets.some(({ provider }) => canAnswer(provider))) {
      entries.set(id, { id, route });
    }
  }
  for (const { provider, models } of offers) {
    for (const { id: model, listed } of models.values()) {
      const id = prefixed(provider, model);
      if (!entries.has(id) && mayUse(id)) entries.set(id, { id, provider: provider.id, listed });
    }
  }
  return [...entries.values()];
}
