/** Provider keys: what the gateway shows to vendors. Secrets come in and never go out. */
import { Elysia, t } from 'elysia';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import type { Door } from '../http/door.ts';
import { idParams, nameField, secretField, strict, weightField } from '../http/fields.ts';
import { findActor } from '../http/findActor.ts';
import { createKeyIntake } from '../providers/keyIntake.ts';
import { keysLoaded } from '../providers/keysLoaded.ts';
import { createKeyView } from '../providers/keyView.ts';
import { pageOf, pageQuery } from '../http/paging.ts';
import { listOf } from '../present/list.ts';
import { keyStatus, providerKeySchema, statusOfKey } from '../present/providerKey.ts';
import { problems } from '../http/problem.ts';
import type { Services } from '../services.ts';

const newKey = t.Object(
  {
    provider: t.String({ maxLength: 100 }),
    key: secretField,
    name: t.Optional(nameField),
    weight: t.Optional(weightField),
  },
  strict,
);
const changes = t.Object(
  {
    name: t.Optional(nameField),
    weight: t.Optional(weightField),
    key: t.Optional(secretField),
  },
  strict,
);
const keysQuery = t.Object({
  ...pageQuery,
  provider: t.Optional(t.String({ maxLength: 100 })),
  status: t.Optional(keyStatus),
});

export function providerKeyRoutes(services: Services, { plugin }: Door) {
  const { runtime, pools } = services;
  const keys = runtime.of(providerKeyKind);
  const intake = createKeyIntake(services);
  const view = createKeyView(services);
  const tags = ['Provider keys'];
  const find = (id: string) => findActor(keys, id, 'KEY_NOT_FOUND');

  return new Elysia({ name: 'provider-keys' })
    .use(plugin)
    .get(
      '/api/provider-keys',
      ({ query }) => {
        const { provider, status } = query;
        const matching = [...keys.all()].filter(
          ({ state }) =>
            state.value !== 'removed' &&
            (provider === undefined || state.context.provider === provider) &&
            (status === undefined || statusOfKey(state) === status),
        );
        const show = view.today();
        return pageOf(matching, query, ({ id, state }) => show(id, state), runtime);
      },
      {
        query: keysQuery,
        response: { 200: listOf(providerKeySchema, t.String()), ...problems(401, 403, 422) },
        detail: { summary: 'Provider keys, masked, with their states', tags },
      },
    )
    .get(
      '/api/provider-keys/:id',
      ({ params }) => {
        const { id, state } = find(params.id);
        return view.one(id, state);
      },
      {
        params: idParams,
        response: { 200: providerKeySchema, ...problems(400, 401, 403, 404) },
        detail: { summary: 'One provider key', tags },
      },
    )
    .post(
      '/api/provider-keys',
      async ({ body, cause, status }) => {
        const { provider, key: secret, name, weight } = body;
        const { id, state } = await intake.add({ provider, secret, name, weight }, cause);
        await keysLoaded(pools);
        return status(201, view.one(id, state));
      },
      {
        body: newKey,
        response: { 201: providerKeySchema, ...problems(400, 401, 403, 404, 409, 422, 503) },
        detail: { summary: 'Add a provider key', tags },
      },
    )
    .patch(
      '/api/provider-keys/:id',
      async ({ params, body, cause }) => {
        const { id } = find(params.id);
        const { name, weight, key } = body;
        if (key !== undefined) await intake.replace(id, key, cause);
        await keysLoaded(pools);
        if (weight !== undefined) {
          await keys.ask(id, { type: 'ReweighProviderKey', weight }, cause);
        }
        if (name !== undefined) await keys.ask(id, { type: 'RenameProviderKey', name }, cause);
        return view.one(id, find(id).state);
      },
      {
        params: idParams,
        body: changes,
        response: { 200: providerKeySchema, ...problems(400, 401, 403, 404, 409, 422, 503) },
        detail: { summary: "Change a provider key's name, weight or secret", tags },
      },
    )
    .delete(
      '/api/provider-keys/:id',
      async ({ params, cause, set }) => {
        const { id } = find(params.id);
        await keys.ask(id, { type: 'RemoveProviderKey' }, cause);
        set.status = 204;
      },
      {
        params: idParams,
        response: { 204: t.Void(), ...problems(400, 401, 403, 404, 503) },
        detail: { summary: 'Remove a provider key; its secret is erased', tags },
      },
    );
}
