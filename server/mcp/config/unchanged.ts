/** A configuration that somebody changed without having seen its secrets: what they left as it was shown stays. */
import { t, type Static } from 'elysia';
import type { McpServerSettings } from '../../../events/mcpServer.ts';
import { nullable } from '../../present/list.ts';
import type { Vault } from '../../vault.ts';
import { boundTo, type Kept } from './keep.ts';
import { BadServer, writtenFields } from './written.ts';

const asItIs = { description: 'null: as it is' };
const values = t.Optional(t.Record(t.String(), nullable(t.String(asItIs))));

export const changedFields = {
  ...writtenFields,
  args: t.Optional(t.Array(nullable(t.String(asItIs)))),
  env: values,
  headers: values,
};
const changedSchema = t.Object(changedFields);
type Changed = Static<typeof changedSchema>;

type Values = Readonly<Record<string, string | null>>;

const leavesAny = (body: Changed, settings: McpServerSettings): boolean =>
  (body.url !== undefined && body.url === settings.url) ||
  [...Object.values(body.env ?? {}), ...Object.values(body.headers ?? {})].includes(null) ||
  (body.args ?? []).some((arg) => arg === null || arg.endsWith('=…'));

function filled(given: Values, kept: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      if (value !== null) return [name, value];
      const before = kept[name];
      if (before === undefined) throw new BadServer(`${name} has no value yet; enter one`);
      return [name, before];
    }),
  );
}

/** Those that are not shown are told apart by their order: none of them may be left out. */
function filledArgs(args: readonly (string | null)[], settings: McpServerSettings, kept: Kept) {
  const left = settings.args.flatMap(({ text }, index) =>
    text === null || text !== kept.args[index] ? [{ text, value: kept.args[index] ?? '' }] : [],
  );
  const hidden = left.filter(({ text }) => text === null);
  const wanted = args.filter((arg) => arg === null);
  if (wanted.length > 0 && wanted.length !== hidden.length)
    throw new BadServer('its secret arguments cannot be told apart any more; enter them again');
  return args.map(
    (arg) =>
      (arg === null ? hidden.shift()?.value : left.find(({ text }) => text === arg)?.value) ??
      arg ??
      '',
  );
}

/**
 * The same with everything in clear.
 * @throws {BadServer} where a secret would go to another program or origin than it was given for.
 */
export async function completed(
  body: Changed,
  settings: McpServerSettings,
  vault: Pick<Vault, 'open'>,
): Promise<Changed> {
  if (!leavesAny(body, settings)) return body;
  const place = boundTo(settings);
  if (place !== boundTo({ command: body.command ?? null, url: body.url ?? null }))
    throw new BadServer('its secrets were given for another place; enter them again');
  const text = await vault.open(settings.secretRef, place);
  if (text === undefined)
    throw new BadServer('its secrets are not in the vault any more; enter them again');
  const kept = JSON.parse(text) as Kept;
  return {
    ...body,
    ...(body.args && { args: filledArgs(body.args, settings, kept) }),
    ...(body.env && { env: filled(body.env, kept.env) }),
    ...(body.headers && { headers: filled(body.headers, kept.headers) }),
    ...(body.url === settings.url && kept.url !== null && { url: kept.url }),
  };
}
