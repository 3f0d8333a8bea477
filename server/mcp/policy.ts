/** Which client may see and call what: the one place that is asked, by every way in. */
import { LRUCache } from 'lru-cache';
import type { ActorId } from '../../events/ids.ts';
import type { Client } from '../access/clients.ts';
import { matchesGlob } from '../access/models.ts';
import type { Offer } from './catalog.ts';
import { exposedName } from './names.ts';

export type Policy = Readonly<{
  /** Whether this client sees and calls this tool. Switched-off tools are in no catalog. */
  allowsTool(client: Client | null, tool: Pick<Offer, 'server' | 'own'>): boolean;
  /** Whether some tool of this server could be this client's: what else the server offers goes with that. */
  allowsServer(client: Client | null, server: ActorId): boolean;
  /** Whether there are tools that this client does not see: then nothing it gets is for others too. */
  isLimited(client: Client | null): boolean;
}>;

/** Globs on `{server}_{tool}`. */
export type Globs = readonly string[];

/** All lists of globs that a client is limited to, each of which has to allow it; empty for no limit. */
export type AllowedTools = (client: Client | null) => readonly Globs[];

const all = '*';

/** Whether the glob fits some name that begins with `start`. */
function canBegin(glob: string, start: string): boolean {
  const star = glob.indexOf('*');
  if (star < 0) return glob.startsWith(start);
  const literal = glob.slice(0, star);
  return literal.startsWith(start) || start.startsWith(literal);
}

export function createPolicy(allowedTools: AllowedTools): Policy {
  /** An alias is made with a hash: not for each tool of each list again. */
  const aliases = new LRUCache<string, string>({ max: 10_000 });
  const aliasOf = (server: string, own: string, name: string): string => {
    const known = aliases.get(name) ?? exposedName(server, own);
    aliases.set(name, known);
    return known;
  };

  return {
    allowsTool(client, { server, own }) {
      const name = `${server}_${own}`;
      return allowedTools(client).every((globs) =>
        globs.some(
          (glob) =>
            glob === all ||
            matchesGlob(glob, name) ||
            matchesGlob(glob, aliasOf(server, own, name)),
        ),
      );
    },
    allowsServer: (client, server) =>
      allowedTools(client).every((globs) => globs.some((glob) => canBegin(glob, `${server}_`))),
    isLimited: (client) => allowedTools(client).some((globs) => !globs.includes(all)),
  };
}
