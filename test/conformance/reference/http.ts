/** The reference server behind a URL: sessions for the older revisions, none for 2026-07-28. */
import {
  createMcpHandler,
  isLegacyRequest,
  WebStandardStreamableHTTPServerTransport,
  type EventStore,
} from '@modelcontextprotocol/server';
import { referenceServer } from './referenceServer.ts';

export type Reference = Readonly<{
  url: string;
  /** Calls of tools that have come so far. */
  calls: () => number;
  stop: () => Promise<void>;
}>;

const retryMs = 500;

/** What a client can come back for within one session. */
function eventStore(): EventStore {
  const events: { id: string; streamId: string; message: unknown }[] = [];
  return {
    async storeEvent(streamId, message) {
      const id = `${streamId}::${events.length}`;
      events.push({ id, streamId, message });
      return id;
    },
    async replayEventsAfter(lastEventId, { send }) {
      const last = events.findIndex(({ id }) => id === lastEventId);
      const streamId = events[last]?.streamId ?? lastEventId;
      for (const event of events.slice(last + 1)) {
        const isEmpty = Object.keys(event.message as object).length === 0;
        if (event.streamId === streamId && !isEmpty)
          await send(event.id, event.message as Parameters<typeof send>[1]);
      }
      return streamId;
    },
  };
}

const refused = (status: number, code: number, message: string): Response =>
  Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status });

const isLocal = (host: string | null): boolean =>
  /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host ?? '');

/** `eras` of both, or one that knows no sessions. */
export function serveReference(port = 0, eras: 'both' | 'modern' = 'both'): Reference {
  const modern = createMcpHandler(() => referenceServer(() => modern.notify), {
    legacy: 'reject',
  });
  let calls = 0;
  const transports = new Map<string, WebStandardStreamableHTTPServerTransport>();

  const begin = async (): Promise<WebStandardStreamableHTTPServerTransport> => {
    const server = referenceServer();
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      eventStore: eventStore(),
      retryInterval: retryMs,
      onsessioninitialized: (id) => void transports.set(id, transport),
      onsessionclosed: (id) => void transports.delete(id),
    });
    await server.connect(transport);
    return transport;
  };

  const answer = async (request: Request): Promise<Response> => {
    const { headers } = request;
    const origin = headers.get('origin');
    const isForeign = origin !== null && !isLocal(URL.parse(origin)?.host ?? null);
    if (!isLocal(headers.get('host')) || isForeign) return refused(403, -32000, 'Not from here');
    if (request.method === 'POST') {
      const { method } = (await request.clone().json()) as { method?: string };
      if (method === 'tools/call') calls += 1;
    }
    const isModern = request.method === 'POST' && !(await isLegacyRequest(request));
    if (isModern || eras === 'modern') return modern.fetch(request);
    const id = headers.get('mcp-session-id');
    if (id === null) return (await begin()).handleRequest(request);
    const transport = transports.get(id);
    return transport?.handleRequest(request) ?? refused(404, -32001, 'Session not found');
  };

  const server = Bun.serve({ port, hostname: '127.0.0.1', idleTimeout: 0, fetch: answer });
  return {
    url: `http://127.0.0.1:${server.port}/mcp`,
    calls: () => calls,
    async stop() {
      await modern.close();
      for (const transport of transports.values()) await transport.close();
      await server.stop(true);
    },
  };
}
