/** Client keys: what callers of this gateway show. */
import { Elysia, t } from 'elysia';
import { clientKeyKind } from '../../actors/clientKey/clientKey.ts';
import { actorId, slugOf } from '../../events/ids.ts';
import type { Door } from '../http/door.ts';
import { idParams, nameField, strict } from '../http/fields.ts';
import { findActor } from '../http/findActor.ts';
import { pageOf, pageQuery } from '../http/paging.ts';
import { clientKeySchema, newClientKeySchema, presentClientKey } from '../present/clientKey.ts';
import { listOf } from '../present/list.ts';
import { problems } from '../http/problem.ts';
import { mask } from '../providers/providerKeys.ts';
import type { Services } from '../services.ts';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const randomCharacters = 32;

/** `sk-` because some SDKs look for it. Bytes beyond a multiple of 62 would favour some characters. */
function newClientKey(): string {
  let text = '';
  while (text.length < randomCharacters) {
    for (const byte of crypto.getRandomValues(new Uint8Array(randomCharacters * 2))) {
      if (byte < 248 && text.length < randomCharacters) text += alphabet[byte % 62];
    }
  }
  return `sk-sbx-${text}`;
}

const newClientKeyBody = t.Object(
  {
    name: t.Optional(nameField),
    client_id: t.Optional(nameField),
    scopes: t.Optional(t.Array(nameField, { maxItems: 100 })),
  },
  strict,
);

export function clientKeyRoutes({ runtime, vault, now }: Services, { plugin }: Door) {
  const keys = runtime.of(clientKeyKind);
  const tags = ['Client keys'];

  return new Elysia({ name: 'client-keys' })
    .use(plugin)
    .get(
      '/api/keys',
      ({ query }) => {
        const present = [...keys.all()].filter(({ state }) => state.value !== 'removed');
        return pageOf(present, query, ({ id, state }) => presentClientKey(id, state), runtime);
      },
      {
        query: t.Object(pageQuery),
        response: { 200: listOf(clientKeySchema, t.String()), ...problems(401, 403, 422) },
        detail: { summary: 'All client keys, masked', tags },
      },
    )
    .post(
      '/api/keys',
      async ({ body, cause, status }) => {
        const key = newClientKey();
        const hash = vault.hash(key);
        const id = actorId(`ck-${hash.slice(0, 16)}`);
        const clientId = body.client_id ?? (slugOf(body.name ?? '') || id);
        const { state } = await keys.ask(
          id,
          {
            type: 'AddClientKey',
            clientId,
            name: body.name ?? clientId,
            hash,
            masked: mask(key),
            scopes: body.scopes ?? ['*'],
            source: 'api',
            createdAtMs: now(),
          },
          cause,
        );
        return status(201, { ...presentClientKey(id, state), key });
      },
      {
        body: newClientKeyBody,
        response: { 201: newClientKeySchema, ...problems(400, 401, 403, 422, 503) },
        detail: { summary: 'Make a client key; it is shown this once', tags },
      },
    )
    .delete(
      '/api/keys/:id',
      async ({ params, cause, set }) => {
        const { id } = findActor(keys, params.id, 'CLIENT_KEY_NOT_FOUND');
        await keys.ask(id, { type: 'RemoveClientKey' }, cause);
        set.status = 204;
      },
      {
        params: idParams,
        response: { 204: t.Void(), ...problems(400, 401, 403, 404, 503) },
        detail: { summary: 'Remove a client key; it is refused from then on', tags },
      },
    );
}
