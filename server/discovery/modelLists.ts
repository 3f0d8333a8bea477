/** Answers `GET /v1/models` and its kin: the gateway's own word on what a caller can ask for. */
import type { Client } from '../access/clients.ts';
import { mayUse } from '../access/models.ts';
import type { ModelRoutes } from '../modelRoutes/modelRoutes.ts';
import type { Incoming } from '../proxy/incoming.ts';
import type { JsonObject } from '../proxy/json.ts';
import type { Providers } from '../proxy/providers.ts';
import type { Discovery } from './discovery.ts';
import { entriesOf, type ModelEntry } from './entries.ts';
import { bareName } from './offered.ts';
import { presentList, presentModel, type ListForm } from './present.ts';

type Asked = Pick<Incoming, 'route' | 'search' | 'model'>;

export type ModelLists = Readonly<{
  /**
   * Null at once for what is no question about models. Of a single model that is not in the list the vendor knows
   * more: then it resolves to null.
   */
  answer(asked: Asked, client: Pick<Client, 'models'> | null): Promise<JsonObject | null> | null;
}>;

type Options = Readonly<{
  discovery: Pick<Discovery, 'offers'>;
  routes: Pick<ModelRoutes, 'all'>;
  providers: Pick<Providers, 'get'>;
}>;

const listRoutes = new Set(['/v1/models', '/v1beta/models', '/v1beta/openai/models']);
const modelRoutes = new Set([...listRoutes].map((route) => `${route}/{model}`));

const isCalled = (name: string) => {
  const bare = bareName(name);
  return ({ id }: ModelEntry) => id === bare;
};

export function createModelLists({ discovery, routes, providers }: Options): ModelLists {
  const entriesFor = async (form: ListForm, client: Pick<Client, 'models'> | null) => {
    const dialect = form === 'openai-compatible' ? 'gemini' : form;
    return entriesOf(form === 'openai-compatible' ? ['gemini', 'openai'] : [dialect], {
      routes: routes.all(),
      providerOf: providers.get,
      offers: await discovery.offers(dialect),
      mayUse: (model) => mayUse(client, model),
    });
  };

  const list = async (form: ListForm, search: string, client: Pick<Client, 'models'> | null) =>
    presentList(form, await entriesFor(form, client), search);

  const one = async (form: ListForm, name: string, client: Pick<Client, 'models'> | null) => {
    const entry = (await entriesFor(form, client)).find(isCalled(name));
    return entry ? presentModel(form, entry) : null;
  };

  return {
    answer({ route, search, model }, client) {
      const form = route.openAiCompatible ? 'openai-compatible' : route.dialect;
      if (listRoutes.has(route.route)) return list(form, search, client);
      return modelRoutes.has(route.route) ? one(form, model, client) : null;
    },
  };
}
