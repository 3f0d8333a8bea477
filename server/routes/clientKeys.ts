/** Client keys: what callers of this gateway show. */
import { Type } from '@sinclair/typebox';
import { Elysia, t } from 'elysia';
import { clientKeyKind } from '../../actors/clientKey/clientKey.ts';
import type { ClientKeyState } from '../../actors/clientKey/machine.ts';
import { actorId, slugOf } from '../../events/ids.ts';
import { termFields, termsOf } from '../access/clientKeyTerms.ts';
import { newClientKey } from '../access/newClientKey.ts';
import type { Door } from '../http/door.ts';
import { idParams, nameField, strict } from '../http/fields.ts';
import { findActor } from '../http/findActor.ts';
import { pageOf, pageQuery } from '../http/paging.ts';
import {
  clientKeySchema,
  clientKeyStatus,
  newClientKeySchema,
  presentClientKey,
  statusOfClientKey,
} from '../present/clientKey.ts';
import { listOf } from '../present/list.ts';
import { problems } from '../http/problem.ts';
import { mask } from '../providers/providerKeys.ts';
import type { Services } from '../services.ts';

const scopesField = t.Array(nameField, { maxItems: 100 });
const newClientKeyBody = t.Object(
  {
    name: t.Optional(nameField),
    client_id: t.Optional(nameField),
    scopes: t.Optional(scopesField),
    ...termFields,
  },
  strict,
);
const changesBody = t.Object(
  { name: t.Optional(nameField), scopes: t.Optional(scopesField), ...termFields },
  strict,
);
const limits =
  'A client that has a pace reads it from every answer: x-ratelimit-{limit,remaining,reset}-requests, in the ' +
  "dialect of Anthropic anthropic-ratelimit-requests-{limit,remaining,reset}, in the place of the vendor's headers " +
  'of the same names. What is too much gets 429 with Retry-After, a model that is not allowed 403, a key whose time ' +
  'is over 401, all in the words of the dialect. Each gateway process counts for itself.';
const longestGraceSeconds = 90 * 24 * 60 * 60;
const rotationBody = t.Object(
  {
    grace_seconds: t.Optional(
      Type.Integer({
        minimum: 0,
        maximum: longestGraceSeconds,
        description:
          'so long the present key stays good; 0, the default, ends all older ones at once',
        error: 'expected a whole number of seconds, 90 days at most',
      }),
    ),
  },
  strict,
);
const keysQuery = t.Object({
  ...pageQuery,
  client_id: t.Optional(t.String({ maxLength: 200 })),
  status: t.Optional(clientKeyStatus),
});

export function clientKeyRoutes({ runtime, vault, now }: Services, { plugin }: Door) {
  const keys = runtime.of(clientKeyKind);
  const tags = ['Client keys'];
  const find = (id: string) => findActor(keys, id, 'CLIENT_KEY_NOT_FOUND');
  const shown = (id: string, state: ClientKeyState) => presentClientKey(id, state, now());

  return new Elysia({ name: 'client-keys' })
    .use(plugin)
    .get(
      '/api/keys',
      ({ query }) => {
        const { client_id, status } = query;
        const present = [...keys.all()].filter(
          ({ state }) =>
            state.value !== 'removed' &&
            (client_id === undefined || state.context.clientId === client_id) &&
            (status === undefined || statusOfClientKey(state, now()) === status),
        );
        return pageOf(present, query, ({ id, state }) => shown(id, state), runtime);
      },
      {
        query: keysQuery,
        response: { 200: listOf(clientKeySchema, t.String()), ...problems(401, 403, 422) },
        detail: { summary: 'Client keys, masked, with their limits', tags },
      },
    )
    .get(
      '/api/keys/:id',
      ({ params }) => {
        const { id, state } = find(params.id);
        return shown(id, state);
      },
      {
        params: idParams,
        response: { 200: clientKeySchema, ...problems(400, 401, 403, 404) },
        detail: { summary: 'One client key', tags },
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
            ...termsOf(body),
          },
          cause,
        );
        return status(201, { ...shown(id, state), key });
      },
      {
        body: newClientKeyBody,
        response: { 201: newClientKeySchema, ...problems(400, 401, 403, 422, 503) },
        detail: { summary: 'Make a client key; it is shown this once', description: limits, tags },
      },
    )
    .patch(
      '/api/keys/:id',
      async ({ params, body, cause }) => {
        const { id } = find(params.id);
        const { name, scopes } = body;
        const changes = {
          ...(name !== undefined && { name }),
          ...(scopes !== undefined && { scopes }),
          ...termsOf(body),
        };
        const command = { type: 'ChangeClientKey', source: 'api', changes, nowMs: now() } as const;
        const { state } = await keys.ask(id, command, cause);
        return shown(id, state);
      },
      {
        params: idParams,
        body: changesBody,
        response: { 200: clientKeySchema, ...problems(400, 401, 403, 404, 422, 503) },
        detail: {
          summary: "Change a client key's name, models, limits or expiry",
          description: limits,
          tags,
        },
      },
    )
    .post(
      '/api/keys/:id/rotate',
      async ({ params, body, cause }) => {
        const { id } = find(params.id);
        const key = newClientKey();
        const graceMs = (body.grace_seconds ?? 0) * 1_000;
        const secret = { hash: vault.hash(key), masked: mask(key) };
        const command = { type: 'RotateClientKey', ...secret, nowMs: now(), graceMs } as const;
        const { state } = await keys.ask(id, command, cause);
        return { ...shown(id, state), key };
      },
      {
        params: idParams,
        body: rotationBody,
        response: { 200: newClientKeySchema, ...problems(400, 401, 403, 404, 422, 503) },
        detail: { summary: 'Put another key in its place; it is shown this once', tags },
      },
    )
    .delete(
      '/api/keys/:id',
      async ({ params, cause, set }) => {
        const { id } = find(params.id);
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
