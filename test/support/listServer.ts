/** An MCP server over HTTP whose lists a test changes, or breaks, while it runs. */

type Answer = Readonly<{ result: object } | { error: Readonly<{ code: number; message: string }> }>;
type Request = Readonly<{ id?: number; method: string; params?: Readonly<{ cursor?: string }> }>;

export type ListServer = Readonly<{
  url: string;
  /** What each method answers from now on. */
  answers: Map<string, (cursor: string | undefined) => Answer>;
  stop: () => Promise<void>;
}>;

export const namedTool = (name: string, more: object = {}) => ({
  name,
  inputSchema: { type: 'object' },
  ...more,
});

/** `all`, so many to a page. */
export const paged =
  (field: string, all: readonly object[], size: number) =>
  (cursor: string | undefined): Answer => {
    const from = Number(cursor ?? 0);
    const next = from + size;
    const page = all.slice(from, next);
    return {
      result: { [field]: page, ...(next < all.length && { nextCursor: String(next) }) },
    };
  };

export function startListServer(): ListServer {
  const answers: ListServer['answers'] = new Map();
  answers.set('initialize', () => ({
    result: {
      protocolVersion: '2025-11-25',
      capabilities: { tools: {}, prompts: {} },
      serverInfo: { name: 'lists', version: '1' },
    },
  }));
  answers.set('ping', () => ({ result: {} }));
  answers.set('tools/call', () => ({ result: { content: [{ type: 'text', text: 'done' }] } }));
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      if (request.method !== 'POST') return new Response(null, { status: 405 });
      const { id, method, params } = (await request.json()) as Request;
      if (id === undefined) return new Response(null, { status: 202 });
      const unknown = { error: { code: -32601, message: 'Method not found' } };
      const answer = answers.get(method)?.(params?.cursor) ?? unknown;
      return Response.json({ jsonrpc: '2.0', id, ...answer });
    },
  });
  return { url: `${server.url.origin}/mcp`, answers, stop: () => server.stop(true) };
}
