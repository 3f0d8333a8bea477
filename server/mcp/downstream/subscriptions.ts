/**
 * Resources that a client of the older era subscribes to at a server that has no sessions: the gateway listens there in
 * its place, in one stream for each session and server.
 */
import { SUBSCRIPTION_ID_META_KEY } from '../rpc/words.ts';
import type { ActorId } from '../../../events/ids.ts';
import type { Asker } from '../asker.ts';
import type { Pool } from '../pool.ts';
import {
  failed,
  invalidParams,
  isObject,
  metaOf,
  methodNotFound,
  withMeta,
  type Json,
  type RpcAnswer,
  type RpcNotification,
} from '../rpc/message.ts';
import { listen } from '../upstream/listening.ts';

export type Subscriptions = Readonly<{
  /** `uri` is the server's word. Undefined where the server keeps subscriptions itself, or cannot be reached. */
  change(
    asker: Asker,
    server: ActorId,
    uri: string,
    isWanted: boolean,
  ): Promise<RpcAnswer | undefined>;
  /** Ends all of this asker. */
  end(key: string): void;
}>;

type Watch = { readonly uris: Set<string>; gone: AbortController; turn: Promise<unknown> };

type Options = Readonly<{
  pool: Pool;
  onError: (error: unknown, about: string) => void;
}>;

const mostUris = 1_000;
/** A server that says nothing has it all the same: what it tells is passed on. */
const heardWithinMs = 5_000;

/** The client never heard of the stream that it came in. */
function withoutSubscription(params: Json): Json {
  const { [SUBSCRIPTION_ID_META_KEY]: _, ...meta } = metaOf(params);
  if (Object.keys(meta).length > 0) return withMeta(params, meta);
  const { _meta, ...rest } = params;
  return rest;
}

export function createSubscriptions({ pool, onError }: Options): Subscriptions {
  const watches = new Map<string, Map<ActorId, Watch>>();

  /** Listens to these. False where the server says that it does not watch the last of them. */
  const begin = async (
    asker: Asker,
    server: ActorId,
    uris: readonly string[],
    gone: AbortController,
  ): Promise<boolean> => {
    const { promise: heard, resolve } = Promise.withResolvers<boolean>();
    const last = uris.at(-1);
    const onNotification = ({ jsonrpc, method, params = {} }: RpcNotification) => {
      if (method === 'notifications/subscriptions/acknowledged') {
        const taken = params['notifications'];
        const named = isObject(taken) ? taken['resourceSubscriptions'] : undefined;
        resolve(Array.isArray(named) && named.includes(last));
      } else if (method === 'notifications/resources/updated')
        asker.onNotification(server, { jsonrpc, method, params: withoutSubscription(params) });
    };
    const timer = setTimeout(() => resolve(true), heardWithinMs);
    const session = () => pool.sessionFor(asker, server);
    listen({
      session,
      wanted: { resourceSubscriptions: uris },
      as: asker.identity,
      signal: gone.signal,
      onNotification,
    })
      .catch((error: unknown) => onError(error, `a client's subscriptions at ${server}`))
      .finally(() => resolve(false));
    const isTaken = await heard;
    clearTimeout(timer);
    return isTaken;
  };

  const moved = async (
    asker: Asker,
    server: ActorId,
    watch: Watch,
    uri: string,
    isWanted: boolean,
  ): Promise<RpcAnswer> => {
    const uris = new Set(watch.uris);
    uris.delete(uri);
    if (isWanted) uris.add(uri);
    if (uris.size > mostUris) return failed(invalidParams, 'Too many subscriptions');
    const gone = new AbortController();
    const isTaken = uris.size === 0 || (await begin(asker, server, [...uris], gone));
    const isOver = watches.get(asker.key)?.get(server) !== watch;
    if (isOver || (!isTaken && isWanted)) {
      gone.abort();
      return failed(invalidParams, `The server does not watch ${uri.slice(0, 500)}`);
    }
    // The new stream holds: between the two nothing is missed.
    watch.gone.abort();
    watch.gone = gone;
    watch.uris.clear();
    for (const one of uris) watch.uris.add(one);
    return { result: {} };
  };

  return {
    async change(asker, server, uri, isWanted) {
      if (asker.era !== 'legacy' || !asker.isSession) return undefined;
      const session = await pool.sessionFor(asker, server).catch(() => undefined);
      if (session?.description.era !== 'modern') return undefined;
      const resources: unknown = session.description.capabilities['resources'];
      if (!isObject(resources) || resources['subscribe'] !== true)
        return failed(methodNotFound, 'Method not found');
      const ofKey = watches.get(asker.key) ?? new Map<ActorId, Watch>();
      watches.set(asker.key, ofKey);
      const fresh = {
        uris: new Set<string>(),
        gone: new AbortController(),
        turn: Promise.resolve(),
      };
      const watch: Watch = ofKey.get(server) ?? fresh;
      ofKey.set(server, watch);
      // One after the other: each change is of what the one before left.
      const changed = watch.turn.then(() => moved(asker, server, watch, uri, isWanted));
      watch.turn = changed.catch(() => undefined);
      return changed;
    },
    end(key) {
      const ofKey = watches.get(key);
      watches.delete(key);
      for (const { gone } of ofKey?.values() ?? []) gone.abort();
    },
  };
}
