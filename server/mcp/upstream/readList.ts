/** One list of a server, page by page, as far as its bounds go. */
import { createHash } from 'node:crypto';
import type { McpItem, McpList } from '../../../events/mcpServer.ts';
import { canonical } from '../call/canonical.ts';
import { isObject, methodNotFound, type Json } from '../rpc/message.ts';
import type { UpstreamSession } from './session.ts';

export type ListRead = Readonly<{
  /** Undefined where nothing could be read: what is known of it stays. */
  items: readonly McpItem[] | undefined;
  /** Why it was not read, or not all of it is there; null where all is well. For people. */
  fault: string | null;
}>;

type Place = Readonly<{ method: string; field: string; name: string; capability: string }>;

const places: Readonly<Record<McpList, Place>> = {
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

export const everyList = Object.keys(places) as readonly McpList[];

const stepMs = 30_000;
/** No catalog for people or models has more; a list without an end stops here. */
const mostItems = 5_000;
const mostPages = 500;
/** The log keeps it, every process holds it, and one event takes no larger item. */
const mostItemBytes = 150 * 1024;
const mostListBytes = 32 * 1024 * 1024;
const longestReason = 200;

const hashOf = (item: Json): string => createHash('sha256').update(canonical(item)).digest('hex');

/** What is kept of a list, and what is not. */
function createShelf(name: string) {
  const items = new Map<string, McpItem>();
  const tooLarge: string[] = [];
  let bytes = 0;

  return {
    /** False where there is no more room. */
    put(item: Json): boolean {
      const called: unknown = item[name];
      if (typeof called !== 'string' || items.has(called)) return true;
      const itemBytes = Buffer.byteLength(JSON.stringify(item));
      if (itemBytes > mostItemBytes) {
        tooLarge.push(called.slice(0, longestReason));
        return tooLarge.length < mostItems;
      }
      if (items.size >= mostItems || bytes + itemBytes > mostListBytes) return false;
      bytes += itemBytes;
      items.set(called, { name: called, hash: hashOf(item), item: { ...item } });
      return true;
    },
    all: () => [...items.values()],
    size: () => items.size,
    tooLarge(): string | null {
      const [first] = tooLarge;
      if (first === undefined) return null;
      const others = tooLarge.length > 1 ? ` and ${tooLarge.length - 1} more` : '';
      return `${first}${others}: larger than ${mostItemBytes / 1_024} KiB, left out`;
    },
  };
}

/** @throws when the connection does not hold. */
export async function readList(list: McpList, session: UpstreamSession): Promise<ListRead> {
  const { method, field, name, capability } = places[list];
  if (session.description.capabilities[capability] === undefined) return { items: [], fault: null };
  const shelf = createShelf(name);
  const cursors = new Set<string>();
  const stopped = (): ListRead => ({
    items: shelf.all(),
    fault: `it goes on after ${shelf.size()} items: the rest is left out`,
  });
  let params: Json | undefined;
  for (let page = 0; page < mostPages; page++) {
    const answer = await session.request(method, params, { timeoutMs: stepMs, mostMs: stepMs });
    if ('error' in answer) {
      const { code, message } = answer.error;
      // A server may offer tools and know nothing of templates.
      if (code === methodNotFound && page === 0) return { items: [], fault: null };
      const said = String(message).slice(0, longestReason);
      return { items: undefined, fault: `${method} was refused: ${said} (${code})` };
    }
    const found: unknown = answer.result[field];
    if (!Array.isArray(found))
      return { items: undefined, fault: `${method} was answered without ${field}` };
    for (const item of found) if (isObject(item) && !shelf.put(item)) return stopped();
    const cursor = answer.result['nextCursor'];
    if (typeof cursor !== 'string') return { items: shelf.all(), fault: shelf.tooLarge() };
    if (cursors.has(cursor)) return stopped();
    cursors.add(cursor);
    params = { cursor };
  }
  return stopped();
}
