/** Which client may see and call what: the one place that is asked, by every way in. */
import type { Client } from '../access/clients.ts';
import type { Offer } from './catalog.ts';
import { exposedName } from './names.ts';

export type Policy = Readonly<{
  /** Whether this client sees and calls this tool. Switched-off tools are in no catalog. */
  allowsTool(client: Client | null, tool: Pick<Offer, 'server' | 'own'>): boolean;
  /** Whether there are tools that this client does not see: then nothing it gets is for others too. */
  isLimited(client: Client | null): boolean;
}>;

/** Globs on `{server}_{tool}` that a client is limited to; null for none of its own. */
export type AllowedTools = (client: Client) => readonly string[] | null;

const matcherOf = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  );

export function createPolicy(allowedTools: AllowedTools): Policy {
  const matchers = new Map<string, RegExp>();
  const matches = (glob: string, name: string): boolean => {
    const matcher = matchers.get(glob) ?? matcherOf(glob);
    matchers.set(glob, matcher);
    return matcher.test(name);
  };

  return {
    allowsTool(client, { server, own }) {
      const globs = client && allowedTools(client);
      if (!globs) return true;
      const name = `${server}_${own}`;
      return globs.some((glob) => matches(glob, name) || matches(glob, exposedName(server, own)));
    },
    isLimited: (client) => client !== null && allowedTools(client) !== null,
  };
}
