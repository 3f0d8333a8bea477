/** Who calls: a client key, in whichever header or query parameter its SDK puts it. */
import { LRUCache } from 'lru-cache';
import { clientKeyKind } from '../../actors/clientKey/clientKey.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import type { ActorId } from '../../events/ids.ts';

/** The owner of a client key. */
export type Client = Readonly<{ keyId: ActorId; clientId: string; scopes: readonly string[] }>;

export type Clients = Readonly<{
  /** The client whose valid key is among the credentials of the request, `unknown` when none of them is valid. */
  identify(headers: Headers, search: string): Client | 'unknown' | 'missing';
  /** True as soon as one client key is active. */
  exist(): boolean;
}>;

/**
 * @param hash HMAC of a credential: what is compared is its digest, never the credential, so that the time a
 * lookup takes says nothing about a key.
 * @param apiKeyHeader the operator's own choice of one more header.
 */
export function createClients(
  runtime: Runtime,
  hash: (credential: string) => string,
  apiKeyHeader: string,
): Clients {
  const actors = runtime.of(clientKeyKind);
  const byHash = new Map<string, Client>();
  const headerNames = [
    ...new Set(['x-api-key', 'x-goog-api-key', 'api-key', apiKeyHeader.toLowerCase()]),
  ];

  /** Keys that were found valid, so that a busy client's is not digested each time. Only what is valid gets in. */
  const known = new LRUCache<string, Client>({ max: 10_000 });

  const follow = ({ id, state }: NonNullable<ReturnType<typeof actors.get>>) => {
    const { hash: ownHash, clientId, scopes } = state.context;
    known.clear();
    if (state.value === 'active') byHash.set(ownHash, { keyId: id, clientId, scopes });
    else if (byHash.get(ownHash)?.keyId === id) byHash.delete(ownHash);
  };
  for (const current of actors.all()) follow(current);
  actors.subscribe(follow);

  const credentials = (headers: Headers, search: string): string[] => {
    const found: string[] = [];
    const authorization = headers.get('authorization');
    if (authorization && /^bearer /i.test(authorization)) found.push(authorization.slice(7).trim());
    for (const name of headerNames) {
      const value = headers.get(name);
      if (value) found.push(value);
    }
    if (search.includes('key=')) {
      const value = new URLSearchParams(search).get('key');
      if (value) found.push(value);
    }
    return found;
  };

  return {
    identify(headers, search) {
      const shown = credentials(headers, search);
      for (const credential of shown) {
        const client = known.get(credential) ?? byHash.get(hash(credential));
        if (!client) continue;
        known.set(credential, client);
        return client;
      }
      return shown.length > 0 ? 'unknown' : 'missing';
    },
    exist: () => byHash.size > 0,
  };
}
