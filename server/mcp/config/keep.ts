/** A configuration on its way into the log and the vault, and back to where it is needed. */
import type { McpServerSettings } from '../../../events/mcpServer.ts';
import type { Vault } from '../../vault.ts';
import { hiddenArgs, hiddenValues, shownUrl } from './hide.ts';
import { BadServer, type WrittenServer } from './written.ts';

/** What the vault holds of a server, as it was written. */
export type Kept = Readonly<{
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  url: string | null;
  headers: Readonly<Record<string, string>>;
}>;

/** What is dialled: everything in clear, every variable filled in. */
export type Opened = Kept & Readonly<{ command: string | null; cwd: string | null }>;

/** Bound to what it is sent to: moved to another program or origin, it does not open. */
export function boundTo({
  command,
  url,
}: Readonly<{ command: string | null; url: string | null }>): string {
  if (url === null) return `stdio:${command ?? ''}`;
  return URL.canParse(url) ? new URL(url).origin : 'url';
}

const keptOf = ({ args, env, url, headers }: WrittenServer): Kept => ({ args, env, url, headers });

/** Names what is kept by nobody yet: `secretRef` is where it is to go. */
export function settingsOf(
  written: WrittenServer,
  secretRef: string,
  vault: Pick<Vault, 'fingerprint'>,
): McpServerSettings {
  const { transport, command, cwd, url, stateless, toolsOff, prefix, calls } = written;
  return {
    transport,
    command,
    args: hiddenArgs(written.args),
    env: hiddenValues(written.env),
    cwd,
    url: url === null ? null : shownUrl(url),
    headers: hiddenValues(written.headers),
    secretRef,
    fingerprint: vault.fingerprint(JSON.stringify([command, cwd, keptOf(written)])),
    stateless,
    toolsOff: [...toolsOff],
    ...(written.isPooled && { isPooled: true }),
    ...(calls && { calls }),
    ...(prefix !== 'always' && { prefix }),
  };
}

/** Of every secret that is a configuration of an MCP server. */
export const mcpSecretPrefix = 'mcp-';
export const newSecretRef = (): string => `${mcpSecretPrefix}${Bun.randomUUIDv7()}`;

export async function keep(
  written: WrittenServer,
  secretRef: string,
  vault: Pick<Vault, 'put'>,
): Promise<void> {
  const shown = { command: written.command, url: written.url && shownUrl(written.url) };
  await vault.put(secretRef, boundTo(shown), JSON.stringify(keptOf(written)));
}

/** `${NAME}` and `${NAME:-default}`. @throws {BadServer} that names a variable which is not set. */
export function expanded(text: string, env: Readonly<Record<string, string | undefined>>): string {
  return text.replaceAll(
    /\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g,
    (_, name: string, usual?: string) => {
      const value = env[name];
      if (value !== undefined && value !== '') return value;
      if (usual !== undefined) return usual;
      throw new BadServer(`it needs the variable ${name}, which is not set`);
    },
  );
}

/**
 * All that is needed to dial.
 * @param variables those of the gateway's environment for a server of the file; null for any other: its `${VAR}` is text.
 * @throws {BadServer}
 */
export async function opened(
  settings: McpServerSettings,
  variables: Readonly<Record<string, string | undefined>> | null,
  vault: Pick<Vault, 'open'>,
): Promise<Opened> {
  const { command, cwd, url, secretRef } = settings;
  const text = await vault.open(secretRef, boundTo({ command, url }));
  if (text === undefined)
    throw new BadServer('its configuration is not in the vault any more; enter it again');
  const kept = JSON.parse(text) as Kept;
  const fill = (value: string): string => (variables ? expanded(value, variables) : value);
  const fillAll = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fill(value)]));
  return {
    command: command === null ? null : fill(command),
    args: kept.args.map(fill),
    env: fillAll(kept.env),
    cwd: cwd === null ? null : fill(cwd),
    url: kept.url === null ? null : fill(kept.url),
    headers: fillAll(kept.headers),
  };
}
