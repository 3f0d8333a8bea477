/**
 * What all servers offer, from their actors: in one order, under one name each. Lists never wait for a server; one that
 * is away keeps what it offered last.
 */
import { mcpServerKind } from '../../actors/mcpServer/mcpServer.ts';
import type { McpServerContext } from '../../actors/mcpServer/context.ts';
import { toolsOff } from '../../actors/mcpServer/toolSwitches.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import type { ActorId } from '../../events/ids.ts';
import type { McpList, McpPrefix, McpServerEvent } from '../../events/mcpServer.ts';
import { exposedName } from './names.ts';
import type { Json } from './rpc/message.ts';
import { serverSdk } from './sdk.ts';

/** One thing on offer. `name` is the client's word for it, `own` the server's. */
export type Offer = Readonly<{
  server: ActorId;
  name: string;
  own: string;
  hash: string;
  /** As the client gets it. */
  item: Json;
}>;

/** All servers, or one under its own names. */
export type View = ActorId | null;

export type Catalog = Readonly<{
  list(view: View, list: McpList): readonly Offer[];
  find(view: View, list: McpList, name: string): Offer | undefined;
  /** Whose resource this is; by its URI, or by a template that fits. */
  resource(view: View, uri: string): Readonly<{ server: ActorId; uri: string }> | undefined;
  /** What a client calls the resource that this server calls so. */
  uriOf(view: View, server: ActorId, own: string): string;
  /** An enabled server; undefined for any other. */
  server(id: ActorId): McpServerContext | undefined;
  /** Enabled servers, in the order of their names. */
  servers(): readonly ActorId[];
  /** Told which lists of which server have changed. Returns an unsubscribe. */
  onChange(listener: (server: ActorId, lists: readonly McpList[]) => void): () => void;
  /** A server says so, though its lists read as before. */
  announce(server: ActorId, lists: readonly McpList[]): void;
  stop(): void;
}>;

type Index = Readonly<Record<McpList, { offers: Offer[]; byName: Map<string, Offer> }>>;

const everyList: readonly McpList[] = ['tools', 'resources', 'resourceTemplates', 'prompts'];
const listsChangedBy = (event: McpServerEvent): readonly McpList[] => {
  if (event.type === 'McpServerItemsListed') return [event.data.list];
  return event.type === 'McpToolSwitched' ? ['tools'] : everyList;
};
const emptyIndex = (): Index => ({
  tools: { offers: [], byName: new Map() },
  resources: { offers: [], byName: new Map() },
  resourceTemplates: { offers: [], byName: new Map() },
  prompts: { offers: [], byName: new Map() },
});

function nameOf(
  server: ActorId,
  own: string,
  prefix: McpPrefix,
  taken: ReadonlyMap<string, Offer>,
): string {
  const isPlain = prefix === 'never' || (prefix === 'conflict' && !taken.has(own));
  return isPlain ? own : exposedName(server, own);
}

/** A URI that two servers have belongs to the first; of the second it says whose it is. */
const otherUri = (server: string, uri: string): string => `mcp+${server}:${uri}`;

function fits(template: string, uri: string): boolean {
  try {
    const { UriTemplate } = serverSdk();
    return new UriTemplate(template).match(uri) !== null;
  } catch {
    return false;
  }
}

export function createCatalog(runtime: Runtime): Catalog {
  const actors = runtime.of(mcpServerKind);
  const indexes = new Map<View, Index>();
  const listeners = new Set<(server: ActorId, lists: readonly McpList[]) => void>();

  const contextOf = (id: ActorId): McpServerContext | undefined => {
    const state = actors.get(id)?.state;
    return state?.value === 'enabled' ? state.context : undefined;
  };
  const servers = (): ActorId[] =>
    [...actors.all()]
      .filter(({ state }) => state.value === 'enabled')
      .map(({ id }) => id)
      .toSorted();

  /** A name that some server chose takes none from a server that goes by its own. */
  const prefixedFirst = (): ActorId[] => {
    const isPrefixed = (id: ActorId) => contextOf(id)?.settings.prefix === undefined;
    const all = servers();
    return [...all.filter(isPrefixed), ...all.filter((id) => !isPrefixed(id))];
  };

  const put = (index: Index, list: McpList, offer: Offer) => {
    if (index[list].byName.has(offer.name)) return;
    index[list].byName.set(offer.name, offer);
    index[list].offers.push(offer);
  };

  const addServer = (index: Index, server: ActorId, view: View) => {
    const context = contextOf(server);
    if (!context) return;
    const off = new Set(toolsOff(context));
    for (const list of everyList) {
      for (const { name: own, hash, item } of context.lists[list]) {
        if (list === 'tools' && off.has(own)) continue;
        const isNamed = list === 'tools' || list === 'prompts';
        const field =
          list === 'resources' ? 'uri' : list === 'resourceTemplates' ? 'uriTemplate' : 'name';
        const taken = index[list].byName;
        const name = isNamed
          ? nameOf(
              server,
              own,
              view === null ? (context.settings.prefix ?? 'always') : 'never',
              taken,
            )
          : taken.has(own)
            ? otherUri(server, own)
            : own;
        const shown = name === own ? item : { ...item, [field]: name };
        put(index, list, { server, name, own, hash, item: shown });
      }
    }
  };

  const indexOf = (view: View): Index => {
    const known = indexes.get(view);
    if (known) return known;
    const index = emptyIndex();
    for (const server of view === null ? prefixedFirst() : [view]) addServer(index, server, view);
    indexes.set(view, index);
    return index;
  };

  const announce = (server: ActorId, lists: readonly McpList[]) => {
    for (const listener of listeners) listener(server, lists);
  };
  const unsubscribe = actors.subscribe(({ id }, event) => {
    if (event.type === 'McpServerSecretErased' || event.type === 'McpServerConnectAsked') return;
    indexes.delete(null);
    indexes.delete(id);
    // Whoever is told reads all of it: once, when it is whole.
    if (event.type === 'McpServerItemsListed' && event.data.part === 'more') return;
    announce(id, listsChangedBy(event));
  });

  return {
    list: (view, list) => indexOf(view)[list].offers,
    find: (view, list, name) => indexOf(view)[list].byName.get(name),
    resource(view, uri) {
      const index = indexOf(view);
      const listed = index.resources.byName.get(uri);
      if (listed) return { server: listed.server, uri: listed.own };
      if (view !== null) return { server: view, uri };
      for (const server of servers()) {
        const prefix = otherUri(server, '');
        if (uri.startsWith(prefix)) return { server, uri: uri.slice(prefix.length) };
      }
      const template = index.resourceTemplates.offers.find(({ own }) => fits(own, uri));
      if (template) return { server: template.server, uri };
      // Servers may have resources that they do not list: where only one could, it is asked.
      const able = servers().filter((id) => contextOf(id)?.capabilities['resources'] !== undefined);
      const [only, ...others] = able;
      return only !== undefined && others.length === 0 ? { server: only, uri } : undefined;
    },
    uriOf(view, server, own) {
      const { byName } = indexOf(view).resources;
      const other = otherUri(server, own);
      return byName.get(own)?.server !== server && byName.has(other) ? other : own;
    },
    server: contextOf,
    servers,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    announce,
    stop: unsubscribe,
  };
}
