/** On whose behalf a tool is called: the client of the connection, or of the key that was given as `access_token`. */
import type { Client, Clients } from '../../access/clients.ts';
import type { Asker as Questioner } from '../../conversations/asking.ts';
import type { Asker } from '../asker.ts';
import type { Policy } from '../policy.ts';
import type { ActorId } from '../../../events/ids.ts';
import { ToolFault } from './toolFault.ts';

export type Whose = Readonly<{ owner: string; questioner: Questioner; client: Client | null }>;

type Options = Readonly<{ clients: Pick<Clients, 'identify' | 'exist'>; policy: Policy }>;

const wrongToken = (why: string) =>
  new ToolFault(
    'INVALID_ACCESS_TOKEN',
    `The access_token ${why}. Give a client key of this gateway, or leave it out where the connection has one.`,
  );

/** @throws {ToolFault} */
export function createWhose({ clients, policy }: Options) {
  const named = (token: string): Client | null => {
    const found = clients.identify(new Headers({ 'x-api-key': token.trim() }), '');
    if (typeof found === 'object') return found;
    if (found === 'expired') throw wrongToken('has expired');
    // Where no key was ever made, any will do, as everywhere.
    if (clients.exist()) throw wrongToken('is no client key of this gateway');
    return null;
  };

  return (asker: Asker, tool: { server: ActorId; own: string }, token = ''): Whose => {
    const { client } = asker;
    const given = token.trim() === '' ? null : named(token);
    if (client) {
      if (given && given.clientId !== client.clientId)
        throw wrongToken('is of another client than the connection');
      // It was counted when it came in; the question that it becomes is the same request.
      const counted = { ...client, allowance: null };
      return { owner: client.clientId, client, questioner: { client: counted, isOperator: false } };
    }
    if (!given) return { owner: '', client, questioner: { client: null, isOperator: true } };
    if (!policy.allowsTool(given, tool)) throw wrongToken('is of a client that may not do this');
    return {
      owner: given.clientId,
      client: given,
      questioner: { client: given, isOperator: false },
    };
  };
}
