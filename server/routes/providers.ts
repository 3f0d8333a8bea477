/** Providers: the vendors' APIs, and whatever speaks like one of them. */
import { Elysia, t } from 'elysia';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import { providerKind } from '../../actors/provider/provider.ts';
import { slugOf, type ActorId } from '../../events/ids.ts';
import { auth, dialect, type Auth, type Dialect } from '../../events/provider.ts';
import { checkedBaseUrl } from '../providers/baseUrl.ts';
import type { Door } from '../http/door.ts';
import { idParams, nameField, slugField, strict } from '../http/fields.ts';
import { findActor, idFrom } from '../http/findActor.ts';
import { pageOf, pageQuery } from '../http/paging.ts';
import { listOf } from '../present/list.ts';
import { presentBreaker } from '../present/breaker.ts';
import { presentProvider, providerSchema } from '../present/provider.ts';
import { Problem, problems } from '../http/problem.ts';
import { createProviderUpkeep } from '../providers/providerUpkeep.ts';
import type { Services } from '../services.ts';

const usualAuth: Readonly<Record<Dialect, Auth>> = {
  openai: 'bearer',
  anthropic: 'x-api-key',
  gemini: 'x-goog-api-key',
};

const baseUrl = t.String({
  maxLength: 2_000,
  error: 'expected a URL',
  description: "in the SDK's own convention: OpenAI's ends in /v1, the others carry no version",
});
const newProvider = t.Object(
  {
    name: nameField,
    dialect,
    base_url: baseUrl,
    auth: t.Optional(auth),
    id: t.Optional(slugField),
  },
  strict,
);
const changes = t.Object(
  {
    name: t.Optional(nameField),
    dialect: t.Optional(dialect),
    base_url: t.Optional(baseUrl),
    auth: t.Optional(auth),
  },
  strict,
);

export function providerRoutes(services: Services, { plugin }: Door) {
  const { runtime, config, lookup, tally, breakers, now } = services;
  const providers = runtime.of(providerKind);
  const keys = runtime.of(providerKeyKind);
  const upkeep = createProviderUpkeep(runtime);
  const tags = ['Providers'];

  const find = (id: string) => findActor(providers, id, 'PROVIDER_NOT_FOUND');
  const shown = (id: ActorId) => {
    const breaker = presentBreaker(breakers.stateOf(id), breakers.isPending(id));
    return presentProvider(id, find(id).state, breaker, tally.providers().get(id));
  };
  const checked = (text: string, port: number | undefined) =>
    checkedBaseUrl(text, { ...config, port: port ?? config.port }, lookup);

  return new Elysia({ name: 'providers' })
    .use(plugin)
    .get(
      '/api/providers',
      ({ query }) => {
        const present = [...providers.all()].filter(({ state }) => state.value !== 'removed');
        return pageOf(present, query, ({ id }) => shown(id), runtime);
      },
      {
        query: t.Object(pageQuery),
        response: { 200: listOf(providerSchema, t.String()), ...problems(401, 403, 422) },
        detail: { summary: 'All providers with the number of their keys', tags },
      },
    )
    .get('/api/providers/:id', ({ params }) => shown(find(params.id).id), {
      params: idParams,
      response: { 200: providerSchema, ...problems(400, 401, 403, 404) },
      detail: { summary: 'One provider', tags },
    })
    .post(
      '/api/providers',
      async ({ body, cause, server, status }) => {
        const id = body.id ?? slugOf(body.name);
        if (id === '') {
          throw new Problem(422, 'INVALID_BODY', 'body.id: the name has nothing to make an id of.');
        }
        const command = {
          type: 'AddProvider',
          name: body.name,
          dialect: body.dialect,
          baseUrl: await checked(body.base_url, server?.port),
          auth: body.auth ?? usualAuth[body.dialect],
          source: 'api',
          createdAtMs: now(),
        } as const;
        await providers.ask(idFrom(id), command, cause);
        return status(201, shown(idFrom(id)));
      },
      {
        body: newProvider,
        response: { 201: providerSchema, ...problems(400, 401, 403, 409, 422, 503) },
        detail: { summary: 'Add a provider', tags },
      },
    )
    .patch(
      '/api/providers/:id',
      async ({ params, body, cause, server }) => {
        const { id, state } = find(params.id);
        const { base_url, ...others } = body;
        const moved =
          base_url === undefined ? {} : { baseUrl: await checked(base_url, server?.port) };
        await providers.ask(id, { type: 'ChangeProvider', ...others, ...moved }, cause);
        await upkeep.disableKeysOfOtherOrigins(id, cause);
        // What fails may be what it has left.
        const { baseUrl } = find(id).state.context;
        if (baseUrl !== state.context.baseUrl) await breakers.reset(id, 'moved', cause);
        return shown(id);
      },
      {
        params: idParams,
        body: changes,
        response: { 200: providerSchema, ...problems(400, 401, 403, 404, 422, 503) },
        detail: {
          summary: 'Change a provider; at another origin its keys wait to be entered again',
          tags,
        },
      },
    )
    .post(
      '/api/providers/:id/wake',
      async ({ params, cause }) => {
        const { id } = find(params.id);
        await providers.ask(id, { type: 'RecoverProvider' }, cause);
        return shown(id);
      },
      {
        params: idParams,
        response: { 200: providerSchema, ...problems(400, 401, 403, 404, 503) },
        detail: { summary: "End a provider's rest", tags },
      },
    )
    .post(
      '/api/providers/:id/reset-breaker',
      async ({ params, cause }) => {
        const { id } = find(params.id);
        await breakers.reset(id, 'operator', cause);
        return shown(id);
      },
      {
        params: idParams,
        response: { 200: providerSchema, ...problems(400, 401, 403, 404, 503) },
        detail: { summary: "Close a provider's breaker: it is asked again at once", tags },
      },
    )
    .delete(
      '/api/providers/:id',
      async ({ params, query, cause, set }) => {
        const { id } = find(params.id);
        const isUsed = [...keys.all()].some(
          ({ state }) => state.context.provider === id && state.value !== 'removed',
        );
        if (isUsed && query.force !== true) {
          const detail = `The provider ${id} has keys; remove them first, or repeat with ?force=true.`;
          throw new Problem(409, 'IN_USE', detail);
        }
        await upkeep.removeKeys(id, cause);
        await providers.ask(id, { type: 'RemoveProvider' }, cause);
        await breakers.reset(id, 'moved', cause);
        set.status = 204;
      },
      {
        params: idParams,
        query: t.Object({ force: t.Optional(t.Boolean()) }),
        response: { 204: t.Void(), ...problems(400, 401, 403, 404, 409, 503) },
        detail: { summary: 'Remove a provider; with force its keys too', tags },
      },
    );
}
