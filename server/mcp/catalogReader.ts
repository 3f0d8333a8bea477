/** Reads what a server offers, and tells its actor where that is something else than before. */
import { createHash } from 'node:crypto';
import { mcpServerKind } from '../../actors/mcpServer/mcpServer.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import type { ActorId } from '../../events/ids.ts';
import type { McpItem, McpList } from '../../events/mcpServer.ts';
import { isObject, type Json, type RpcNotification } from './rpc/message.ts';
import { canonical } from './call/canonical.ts';
import { listen, listsOf } from './upstream/listening.ts';
import type { UpstreamSession } from './upstream/session.ts';

export type CatalogReader = Readonly<{
  /** All of it, through this session. @throws when the connection does not hold. */
  read(server: ActorId, session: UpstreamSession): Promise<void>;
  /** Something a server said without being asked. */
  heard(server: ActorId, notification: RpcNotification): void;
  /** Reads again in a moment; many wishes are one. */
  soon(server: ActorId): void;
  /** Where the session is found when the moment comes. */
  onRead(session: (server: ActorId) => UpstreamSession | undefined): void;
  stop(): void;
}>;

type Options = Readonly<{
  runtime: Runtime;
  /** Told of lists that a server called changed, and that read as before. */
  onUnchanged: (server: ActorId, lists: readonly McpList[]) => void;
  now: () => number;
  onError: (error: unknown, about: string) => void;
}>;

const lists: Readonly<
  Record<McpList, Readonly<{ method: string; field: string; name: string; capability: string }>>
> = {
  tools: { method: 'tools/list', field: 'tools', name: 'name', capability: 'tools' },
  resources: { method: 'resources/list', field: 'resources', name: 'uri', capability: 'resources' },
  resourceTemplates: {
    method: 'resources/templates/list',
    field: 'resourceTemplates',
    name: 'uriTemplate',
    capability: 'resources',
  },
  prompts: { method: 'prompts/list', field: 'prompts', name: 'name', capability: 'prompts' },
};

const stepMs = 30_000;
/** No catalog for people or models has more; a list without an end stops here. */
const mostItems = 5_000;
const mostPages = 500;
const soonMs = 100;

const hashOf = (item: Json): string => createHash('sha256').update(canonical(item)).digest('hex');

export function createCatalogReader({
  runtime,
  onUnchanged,
  now,
  onError,
}: Options): CatalogReader {
  const servers = runtime.of(mcpServerKind);
  const timers = new Map<ActorId, ReturnType<typeof setTimeout>>();
  /** Lists that a server called changed since they were read. */
  const said = new Map<ActorId, Set<McpList>>();
  const listened = new WeakSet<UpstreamSession>();
  let sessionOf: (server: ActorId) => UpstreamSession | undefined = () => undefined;

  const readList = async (list: McpList, session: UpstreamSession): Promise<McpItem[]> => {
    const { method, field, name, capability } = lists[list];
    if (session.description.capabilities[capability] === undefined) return [];
    const items = new Map<string, McpItem>();
    let cursor: unknown;
    for (let page = 0; page < mostPages && items.size < mostItems; page++) {
      const answer = await session.request(method, cursor === undefined ? undefined : { cursor }, {
        timeoutMs: stepMs,
        mostMs: stepMs,
      });
      // A server may offer tools and know nothing of templates.
      if ('error' in answer) break;
      const found: unknown = answer.result[field];
      for (const item of Array.isArray(found) ? found.filter(isObject) : []) {
        const called: unknown = item[name];
        if (typeof called !== 'string' || items.has(called)) continue;
        items.set(called, { name: called, hash: hashOf(item), item: { ...item } });
      }
      cursor = answer.result['nextCursor'];
      if (typeof cursor !== 'string') break;
    }
    return [...items.values()];
  };

  const read = async (server: ActorId, session: UpstreamSession) => {
    const { description } = session;
    const tell = (command: Parameters<typeof servers.ask>[1]) =>
      servers.ask(server, command, runtime.ownCause());
    await tell({ type: 'DescribeMcpServer', description, nowMs: now() });
    for (const list of Object.keys(lists) as McpList[]) {
      await tell({ type: 'ListMcpItems', list, items: await readList(list, session) });
    }
    const wanted = listsOf(session);
    if (description.era === 'legacy' || listened.has(session) || Object.keys(wanted).length === 0)
      return;
    listened.add(session);
    void listen({ session: async () => session, wanted });
  };

  const readAgain = async (server: ActorId, session: UpstreamSession) => {
    const named = [...(said.get(server) ?? [])];
    said.delete(server);
    const itemsOf = (list: McpList) => servers.get(server)?.state.context.lists[list];
    const before = named.map(itemsOf);
    await read(server, session);
    const unchanged = named.filter((list, place) => itemsOf(list) === before[place]);
    if (unchanged.length > 0) onUnchanged(server, unchanged);
  };

  const soon = (server: ActorId) => {
    if (timers.has(server)) return;
    const again = async () => {
      timers.delete(server);
      const session = sessionOf(server);
      try {
        if (session) await readAgain(server, session);
      } catch (error) {
        onError(error, `reading what the MCP server ${server} offers`);
      }
    };
    timers.set(
      server,
      setTimeout(() => void again(), soonMs),
    );
  };

  return {
    read,
    heard(server, { method }) {
      const [, which] =
        /^notifications\/(tools|resources|prompts)\/list_changed$/.exec(method) ?? [];
      if (which === undefined) return;
      said.set(server, (said.get(server) ?? new Set()).add(which as McpList));
      soon(server);
    },
    soon,
    onRead(session) {
      sessionOf = session;
    },
    stop() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
