/** Reads what a server offers, and tells its actor where that is something else than before. */
import { mcpServerKind } from '../../actors/mcpServer/mcpServer.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import type { ActorId } from '../../events/ids.ts';
import type { McpList } from '../../events/mcpServer.ts';
import type { RpcNotification } from './rpc/message.ts';
import { listen, listsOf } from './upstream/listening.ts';
import { everyList, readList, type ListRead } from './upstream/readList.ts';
import { reasonOf } from './upstream/reason.ts';
import type { UpstreamSession } from './upstream/session.ts';

/** A list that could not be read, or not whole, when it was last read. */
export type ListFault = Readonly<{ list: McpList; reason: string; sinceMs: number }>;

export type CatalogReader = Readonly<{
  /** All of it, through this session. @throws when the connection does not hold. */
  read(server: ActorId, session: UpstreamSession): Promise<void>;
  /** Something a server said without being asked. */
  heard(server: ActorId, notification: RpcNotification): void;
  /** Reads again in a moment; many wishes are one. */
  soon(server: ActorId): void;
  /** Where the session is found when the moment comes. */
  onRead(session: (server: ActorId) => UpstreamSession | undefined): void;
  /** What is wrong with its lists; what is known of those stays. */
  faults(server: ActorId): readonly ListFault[];
  stop(): void;
}>;

type Options = Readonly<{
  runtime: Runtime;
  /** Told of lists that a server called changed, and that read as before. */
  onUnchanged: (server: ActorId, lists: readonly McpList[]) => void;
  now: () => number;
  onError: (error: unknown, about: string) => void;
}>;

const soonMs = 100;
/** A list that was refused may be given later. */
const againMs = 30_000;
/** Parts of one change; a list of the largest size has fewer. */
const mostParts = 1_000;

export function createCatalogReader({
  runtime,
  onUnchanged,
  now,
  onError,
}: Options): CatalogReader {
  const servers = runtime.of(mcpServerKind);
  const timers = new Map<ActorId, { timer: ReturnType<typeof setTimeout>; dueMs: number }>();
  const faults = new Map<ActorId, Map<McpList, ListFault>>();
  /** Lists that a server called changed since they were read. */
  const said = new Map<ActorId, Set<McpList>>();
  const listened = new WeakSet<UpstreamSession>();
  let sessionOf: (server: ActorId) => UpstreamSession | undefined = () => undefined;

  /** Says once what is wrong with a list, and looks again where that may help. */
  const note = (server: ActorId, list: McpList, { items, fault }: ListRead) => {
    const known = faults.get(server) ?? new Map<McpList, ListFault>();
    const error = fault === null ? undefined : new Error(fault);
    if (!error) known.delete(list);
    else if (known.get(list)?.reason !== reasonOf(error)) {
      known.set(list, { list, reason: reasonOf(error), sinceMs: now() });
      onError(error, `reading ${list} of the MCP server ${server}`);
    }
    if (known.size > 0) faults.set(server, known);
    else faults.delete(server);
    if (items === undefined) later(server, againMs);
  };

  const readOne = async (server: ActorId, list: McpList, session: UpstreamSession) => {
    const found = await readList(list, session);
    note(server, list, found);
    if (!found.items) return;
    const command = { type: 'ListMcpItems', list, items: found.items } as const;
    for (let part = 0; part < mostParts; part++) {
      const { fact } = await servers.ask(server, command, runtime.ownCause());
      if (fact?.type !== 'McpServerItemsListed' || fact.data.part !== 'more') return;
    }
  };

  const read = async (server: ActorId, session: UpstreamSession) => {
    const { description } = session;
    const describe = { type: 'DescribeMcpServer', description, nowMs: now() } as const;
    await servers.ask(server, describe, runtime.ownCause());
    for (const list of everyList) await readOne(server, list, session);
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

  function later(server: ActorId, waitMs: number): void {
    const waiting = timers.get(server);
    const dueMs = performance.now() + waitMs;
    if (waiting && waiting.dueMs <= dueMs) return;
    clearTimeout(waiting?.timer);
    const again = async () => {
      timers.delete(server);
      const session = sessionOf(server);
      try {
        if (session) await readAgain(server, session);
      } catch (error) {
        onError(error, `reading what the MCP server ${server} offers`);
      }
    };
    timers.set(server, { timer: setTimeout(() => void again(), waitMs), dueMs });
  }
  const soon = (server: ActorId) => later(server, soonMs);

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
    faults: (server) => [...(faults.get(server)?.values() ?? [])],
    stop() {
      for (const { timer } of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
