/** What an operator does with provider keys: many at once, on, off, awake, tried. */
import { Elysia, t } from 'elysia';
import type { ProviderKeyCommand } from '../../actors/providerKey/commands.ts';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import type { Cause } from '../../events/event.ts';
import type { Door } from '../http/door.ts';
import { idParams, nameField, strict } from '../http/fields.ts';
import { findActor } from '../http/findActor.ts';
import { createKeyIntake, mostImported } from '../providers/keyIntake.ts';
import { keysLoaded } from '../providers/keysLoaded.ts';
import { createKeyView } from '../providers/keyView.ts';
import { providerKeySchema } from '../present/providerKey.ts';
import { createProbe } from '../providers/probeKey.ts';
import { Problem, problems } from '../http/problem.ts';
import type { Services } from '../services.ts';

const probed = t.Object({
  ok: t.Boolean(),
  status: t.Integer({ description: "the vendor's; 0 when no answer came" }),
  verdict: t.String(),
  rule_id: t.String(),
  reason: t.String(),
});
const manyKeys = t.Union(
  [
    t.String(),
    t.Object(
      { provider: t.Optional(t.String({ maxLength: 100 })), keys: t.Array(t.String()) },
      strict,
    ),
  ],
  { error: 'expected one key per line as text/plain, or JSON {"provider": …, "keys": […]}' },
);
const importedSchema = t.Object({
  added: t.Integer(),
  existing: t.Integer({ description: 'were there before, or twice in the list' }),
  invalid: t.Array(t.Object({ line: t.Integer(), reason: t.String() })),
});
const why = t.Object({ reason: t.Optional(nameField) }, strict);

export function providerKeyActionRoutes(services: Services, { plugin }: Door) {
  const { runtime, pools, now } = services;
  const keys = runtime.of(providerKeyKind);
  const intake = createKeyIntake(services);
  const view = createKeyView(services);
  const probe = createProbe(services);
  const tags = ['Provider keys'];

  const tell = async (text: string, command: ProviderKeyCommand, cause: Cause) => {
    const { id } = findActor(keys, text, 'KEY_NOT_FOUND');
    const { state } = await keys.ask(id, command, cause);
    await keysLoaded(pools);
    return view.one(id, state);
  };
  const changed = { 200: providerKeySchema, ...problems(400, 401, 403, 404, 422, 503) };

  return new Elysia({ name: 'provider-key-actions' })
    .use(plugin)
    .post(
      '/api/provider-keys/import',
      async ({ body, query, cause }) => {
        const lines = typeof body === 'string' ? body.split('\n') : body.keys;
        const provider = query.provider ?? (typeof body === 'string' ? undefined : body.provider);
        if (provider === undefined) {
          throw new Problem(422, 'INVALID_BODY', 'Name the provider: ?provider=openai');
        }
        if (lines.filter((line) => line.trim() !== '').length > mostImported) {
          throw new Problem(422, 'INVALID_BODY', `More than ${mostImported} keys; send fewer.`);
        }
        const imported = await intake.importAll(provider, lines, cause);
        await keysLoaded(pools);
        return imported;
      },
      {
        body: manyKeys,
        query: t.Object({ provider: t.Optional(t.String({ maxLength: 100 })) }),
        response: { 200: importedSchema, ...problems(400, 401, 403, 404, 413, 422, 503) },
        detail: { summary: 'Add up to 10,000 provider keys; may be repeated', tags },
      },
    )
    .post(
      '/api/provider-keys/:id/enable',
      ({ params, cause }) =>
        tell(params.id, { type: 'EnableProviderKey', cause: 'operator' }, cause),
      {
        params: idParams,
        response: changed,
        detail: { summary: 'Use a disabled key again', tags },
      },
    )
    .post(
      '/api/provider-keys/:id/disable',
      ({ params, body, cause }) => {
        const reason = body.reason ?? 'an operator disabled it';
        return tell(params.id, { type: 'DisableProviderKey', cause: 'operator', reason }, cause);
      },
      {
        params: idParams,
        body: why,
        response: changed,
        detail: { summary: 'Use a key no more until it is enabled', tags },
      },
    )
    .post(
      '/api/provider-keys/:id/wake',
      ({ params, cause }) =>
        tell(params.id, { type: 'RecoverProviderKey', nowMs: now(), cause: 'operator' }, cause),
      {
        params: idParams,
        response: changed,
        detail: { summary: 'End the rest of a key and of its models', tags },
      },
    )
    .post(
      '/api/provider-keys/:id/probe',
      ({ params, cause }) => probe(findActor(keys, params.id, 'KEY_NOT_FOUND').id, cause),
      {
        params: idParams,
        response: { 200: probed, ...problems(400, 401, 403, 404, 409, 503) },
        detail: {
          summary: 'Ask the vendor for its models with this key; a success brings the key back',
          tags,
        },
      },
    );
}
