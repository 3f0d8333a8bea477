/** Who calls: a client key, in whichever header or query parameter its SDK puts it, and what it may do. */
import { LRUCache } from 'lru-cache';
import { clientKeyKind } from '../../actors/clientKey/clientKey.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import type { ActorId } from '../../events/ids.ts';
import type { Allowance, Refused } from './allowance.ts';
import { createAllowances } from './allowances.ts';
import { allowedModels, type AllowedModels } from './models.ts';

/** The owner of a client key. */
export type Client = Readonly<{
  keyId: ActorId;
  clientId: string;
  scopes: readonly string[];
  /** Null when the key may use every model. */
  models: AllowedModels | null;
  /** Globs of the MCP tools that the key may use, as `{server}_{tool}`; null when it may use every one. */
  tools: readonly string[] | null;
  /** Null when nothing limits the key. */
  allowance: Allowance | null;
  recordBodies: boolean;
}>;

export type Clients = Readonly<{
  /**
   * The client whose valid key is among the credentials of the request; `expired` when one of them was a key whose
   * time is over, `unknown` when none of them is one.
   */
  identify(headers: Headers, search: string): Client | 'expired' | 'unknown' | 'missing';
  /** True as soon as there is one client key. One that expired counts: its end must not open the gateway. */
  exist(): boolean;
  /** The limit of requests that come without a client key, all together; null when there is none. */
  anonymous(): Allowance | null;
  /** Requests per minute of every client that has no limit of its own; null is none. */
  limitUsual(requestsPerMinute: number | null): void;
  /** Requests refused since the start because they were too many. */
  refused(): Readonly<Refused>;
}>;

/** A key as it is shown, with the moment (epoch) from which on it is refused, whether the log knows yet or not. */
type Known = Readonly<{ client: Client; untilMs: number | null; isRetiring: boolean }>;

type Options = Readonly<{
  runtime: Runtime;
  /**
   * HMAC of a credential: what is compared is its digest, never the credential, so that the time a lookup takes says
   * nothing about a key.
   */
  hash: (credential: string) => string;
  /** The operator's own choice of one more header. */
  apiKeyHeader: string;
  now: () => number;
}>;

export function createClients({ runtime, hash, apiKeyHeader, now }: Options): Clients {
  const actors = runtime.of(clientKeyKind);
  const allowances = createAllowances();
  const byHash = new Map<string, Known>();
  const hashesOf = new Map<ActorId, readonly string[]>();
  const headerNames = [
    ...new Set(['x-api-key', 'x-goog-api-key', 'api-key', apiKeyHeader.toLowerCase()]),
  ];

  /** Keys that were found valid, so that a busy client's is not digested each time. Only what is valid gets in. */
  const shown = new LRUCache<string, Known>({ max: 10_000 });

  const follow = ({ id, state }: NonNullable<ReturnType<typeof actors.get>>) => {
    const { context, value } = state;
    shown.clear();
    for (const old of hashesOf.get(id) ?? []) byHash.delete(old);
    hashesOf.delete(id);
    if (value !== 'active' && value !== 'expired') {
      allowances.drop(id);
      return;
    }
    const { clientId, scopes, allowedTools: tools, expiresAtMs, retiring, recordBodies } = context;
    const models = allowedModels(context.models);
    const allowance = allowances.set(id, context);
    const client = { keyId: id, clientId, scopes, models, tools, allowance, recordBodies };
    const endsMs = value === 'expired' ? 0 : expiresAtMs;
    byHash.set(context.hash, { client, untilMs: endsMs, isRetiring: false });
    for (const { hash: old, untilMs } of retiring) {
      const firstMs = endsMs === null ? untilMs : Math.min(untilMs, endsMs);
      byHash.set(old, { client, untilMs: firstMs, isRetiring: true });
    }
    hashesOf.set(id, [context.hash, ...retiring.map((old) => old.hash)]);
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
      // The usual case first: a bearer that was found valid before. It would be the first looked at anyway.
      const bearer = headers.get('authorization');
      const seen = bearer?.startsWith('Bearer ') ? shown.get(bearer.slice(7)) : undefined;
      if (seen && (seen.untilMs === null || now() < seen.untilMs)) return seen.client;
      const given = credentials(headers, search);
      let hasExpired = false;
      for (const credential of given) {
        const before = shown.get(credential);
        const known = before ?? byHash.get(hash(credential));
        if (!known) continue;
        if (known.untilMs === null || now() < known.untilMs) {
          if (!before) shown.set(credential, known);
          return known.client;
        }
        hasExpired ||= !known.isRetiring;
      }
      if (hasExpired) return 'expired';
      return given.length > 0 ? 'unknown' : 'missing';
    },
    exist: () => byHash.size > 0,
    anonymous: allowances.anonymous,
    refused: allowances.refused,
    limitUsual(requestsPerMinute) {
      allowances.setUsual(requestsPerMinute);
      for (const current of actors.all()) follow(current);
    },
  };
}
