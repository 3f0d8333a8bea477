/** What limits a client in its tools: the list of users, and its own key. */
import type { Client } from '../../access/clients.ts';
import type { AllowedTools, Globs } from '../policy.ts';
import type { Users } from './users.ts';

const noLimit: readonly Globs[] = [];
const nothing: readonly Globs[] = [[]];

/**
 * @param isOpenToAll Anybody comes in without a key: then who has none is nobody the list names, and must not have
 * more than who has one. Elsewhere it is the operator.
 */
export function createAllowedTools(
  users: Pick<Users, 'toolsOf'>,
  isOpenToAll: boolean,
): AllowedTools {
  return (client: Client | null) => {
    if (!client) return isOpenToAll && users.toolsOf('') !== null ? nothing : noLimit;
    const listed = users.toolsOf(client.clientId);
    const { tools } = client;
    if (listed === null) return tools === null ? noLimit : [tools];
    return tools === null ? [listed] : [listed, tools];
  };
}
