/** What an MCP server offers, before and after it was read; a change too large for one event is told in parts. */
import type { McpItem, McpList, McpServerEvent } from '../../events/mcpServer.ts';

type Listed = Extract<McpServerEvent, { type: 'McpServerItemsListed' }>;
type Lists = Readonly<Record<McpList, readonly McpItem[]>>;

/** What items and hashes of one event may come to, as JSON; the log takes 256 KiB with all that is around them. */
const mostBytes = 200 * 1024;

/** With its name among the changes, and in the hashes. */
const bytesOf = (item: McpItem): number =>
  Buffer.byteLength(JSON.stringify(item)) + bytesOfName(item.name);
const bytesOfName = (name: string): number => 2 * Buffer.byteLength(JSON.stringify(name)) + 180;

/** So many from the start as fit together; one at least. */
function fitting<One>(all: readonly One[], bytes: (one: One) => number, room: number): One[] {
  let sum = 0;
  const end = all.findIndex((one, at) => {
    sum += bytes(one);
    return at > 0 && sum > room;
  });
  return end === -1 ? [...all] : all.slice(0, end);
}

/** What a reading is news of; null for nothing. Ask again after a part: the rest is news still. */
export function listedEvent(
  list: McpList,
  known: readonly McpItem[],
  read: readonly McpItem[],
): Listed | null {
  const before = new Map(known.map(({ name, hash }) => [name, hash]));
  const after = new Map(read.map(({ name, hash }) => [name, hash]));
  const added = read.filter(({ name }) => !before.has(name));
  const changed = read.filter(({ name, hash }) => before.has(name) && before.get(name) !== hash);
  const removed = known.filter(({ name }) => !after.has(name)).map(({ name }) => name);
  if (added.length + changed.length + removed.length === 0) return null;

  const event = (items: readonly McpItem[], gone: readonly string[], part?: 'more' | 'last') => {
    const isIn = new Set(items.map(({ name }) => name));
    const named = (from: readonly McpItem[]) =>
      from.flatMap(({ name }) => (isIn.has(name) ? [name] : []));
    const names = { added: named(added), removed: [...gone], changed: named(changed) };
    const hashes = [...names.added, ...names.changed, ...gone].map((name) => ({
      name,
      before: before.get(name) ?? null,
      after: after.get(name) ?? null,
    }));
    const data = { list, items: [...items], ...names, hashes, ...(part && { part }) };
    return { type: 'McpServerItemsListed', data } as const;
  };

  const gone = fitting(removed, bytesOfName, mostBytes);
  const goneBytes = gone.reduce((sum, name) => sum + bytesOfName(name), 0);
  const room = mostBytes - goneBytes;
  if (gone.length === removed.length && fitting(read, bytesOf, room).length === read.length)
    return event(read, removed);
  // First what is gone, so that a name which moved is never there twice.
  if (gone.length < removed.length) return event([], gone, 'more');
  const news = [...changed, ...added];
  const told = fitting(news, bytesOf, mostBytes);
  if (gone.length > 0 && news.length > 0) return event([], gone, 'more');
  return event(told, gone, told.length < news.length ? 'more' : 'last');
}

/** The lists after it happened. */
export function afterListed(lists: Lists, { list, items, removed, part }: Listed['data']): Lists {
  if (part === undefined) return { ...lists, [list]: items };
  const gone = new Set(removed);
  const news = new Map(items.map((item) => [item.name, item]));
  const kept = lists[list]
    .filter(({ name }) => !gone.has(name))
    .map((item) => news.get(item.name) ?? item);
  const known = new Set(kept.map(({ name }) => name));
  return { ...lists, [list]: [...kept, ...items.filter(({ name }) => !known.has(name))] };
}
