/** `subscriptions/listen` of clients without a session: one stream that stays open and tells of what changes. */
import { SUBSCRIPTION_ID_META_KEY } from '../rpc/words.ts';
import type { ActorId } from '../../../events/ids.ts';
import type { McpList } from '../../../events/mcpServer.ts';
import type { Asker } from '../asker.ts';
import type { Catalog, View } from '../catalog.ts';
import type { Policy } from '../policy.ts';
import type { Pool } from '../pool.ts';
import {
  failed,
  internalError,
  invalidParams,
  isObject,
  metaOf,
  withMeta,
  type Json,
  type RpcNotification,
  type RpcRequest,
} from '../rpc/message.ts';
import { listen } from '../upstream/listening.ts';
import type { Reply } from './reply.ts';

export type Listening = Readonly<{
  /** Takes the reply over. `capabilities` is what was promised to the client. */
  open(view: View, asker: Asker, request: RpcRequest, capabilities: Json, reply: Reply): void;
  size(): number;
  /** Ends every stream in good order; their clients listen again somewhere else. */
  drain(): void;
}>;

type Options = Readonly<{
  catalog: Catalog;
  pool: Pool;
  policy: Pick<Policy, 'allowsServer'>;
  onError: (error: unknown, about: string) => void;
}>;

const mostStreams = 10_000;
const mostUris = 1_000;
const subscribeMs = 30_000;

const listFields = {
  tools: 'toolsListChanged',
  resources: 'resourcesListChanged',
  resourceTemplates: 'resourcesListChanged',
  prompts: 'promptsListChanged',
} as const satisfies Record<McpList, string>;
const methods = {
  toolsListChanged: 'notifications/tools/list_changed',
  resourcesListChanged: 'notifications/resources/list_changed',
  promptsListChanged: 'notifications/prompts/list_changed',
} as const;

/** What the client wants of what it can have. */
function honoured(filter: Json, capabilities: Json): Json {
  const can = (capability: string, field: string): boolean => {
    const said: unknown = capabilities[capability];
    return isObject(said) && said[field] === true;
  };
  const uris: unknown = filter['resourceSubscriptions'];
  const wanted = Array.isArray(uris)
    ? uris.filter((uri) => typeof uri === 'string').slice(0, mostUris)
    : [];
  const wants = (field: string, capability: string) =>
    filter[field] === true && can(capability, 'listChanged') && { [field]: true };
  return {
    ...wants('toolsListChanged', 'tools'),
    ...wants('promptsListChanged', 'prompts'),
    ...wants('resourcesListChanged', 'resources'),
    ...(wanted.length > 0 && can('resources', 'subscribe') && { resourceSubscriptions: wanted }),
  };
}

export function createListening({ catalog, pool, policy, onError }: Options): Listening {
  const streams = new Set<() => void>();

  /** Hears of these resources of one server, until the signal. `names` is the client's word for each. */
  const watch = async (
    asker: Asker,
    server: ActorId,
    names: ReadonlyMap<string, string>,
    signal: AbortSignal,
    onUpdated: (params: Json) => void,
  ) => {
    const hear = ({ method, params = {} }: RpcNotification) => {
      const uri: unknown = params['uri'];
      if (method !== 'notifications/resources/updated' || typeof uri !== 'string') return;
      onUpdated({ ...params, uri: names.get(uri) ?? uri });
    };
    const own: Asker = {
      ...asker,
      key: `listen:${crypto.randomUUID()}`,
      isSession: true,
      onNotification: (_server, notification) => hear(notification),
    };
    const session = await pool.sessionFor(own, server);
    signal.addEventListener('abort', () => void pool.release(own.key), { once: true });
    if (signal.aborted) return pool.release(own.key);
    if (session.description.era === 'modern')
      return listen({
        session: () => pool.sessionFor(own, server),
        wanted: { resourceSubscriptions: [...names.keys()] },
        as: asker.identity,
        signal,
        onNotification: hear,
      });
    const limit = { signal, timeoutMs: subscribeMs, mostMs: subscribeMs };
    for (const uri of names.keys()) await session.request('resources/subscribe', { uri }, limit);
    return undefined;
  };

  const byServer = (view: View, asker: Asker, uris: readonly string[]) => {
    const found = new Map<ActorId, Map<string, string>>();
    for (const uri of uris) {
      const home = catalog.resource(view, uri);
      if (!home || !policy.allowsServer(asker.client, home.server)) continue;
      const names = found.get(home.server) ?? new Map<string, string>();
      found.set(home.server, names.set(home.uri, uri));
    }
    return found;
  };

  return {
    open(view, asker, { id, params }, capabilities, reply) {
      const filter: unknown = params?.['notifications'];
      if (!isObject(filter))
        return reply.finish(
          id,
          failed(invalidParams, "Invalid params: 'notifications' is missing"),
        );
      if (streams.size >= mostStreams)
        return reply.finish(id, failed(internalError, 'Too many subscriptions are open'));
      const wanted = honoured(filter, capabilities);
      const tagged = (more: Json = {}): Json =>
        withMeta(more, { ...metaOf(more), [SUBSCRIPTION_ID_META_KEY]: id });
      const tell = (method: string, more?: Json) =>
        reply.tell({ jsonrpc: '2.0', method, params: tagged(more) });
      tell('notifications/subscriptions/acknowledged', { notifications: wanted });

      const unsubscribe = catalog.onChange((server, lists) => {
        if (view !== null && view !== server) return;
        if (!policy.allowsServer(asker.client, server)) return;
        const fields = new Set(lists.map((list) => listFields[list]));
        for (const field of fields) if (wanted[field] === true) tell(methods[field]);
      });
      const gone = new AbortController();
      const over = () => {
        streams.delete(over);
        unsubscribe();
        gone.abort();
        reply.finish(id, { result: tagged({ resultType: 'complete' }) });
      };
      streams.add(over);
      reply.signal.addEventListener('abort', over, { once: true });
      if (Object.keys(wanted).length === 0) return over();
      const uris = (wanted['resourceSubscriptions'] ?? []) as readonly string[];
      for (const [server, names] of byServer(view, asker, uris)) {
        const updated = (more: Json) => tell('notifications/resources/updated', more);
        watch(asker, server, names, gone.signal, updated).catch((error: unknown) => {
          if (!gone.signal.aborted) onError(error, `a client's subscriptions at ${server}`);
        });
      }
    },
    size: () => streams.size,
    drain() {
      for (const over of streams) over();
    },
  };
}
