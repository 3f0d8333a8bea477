/** Clients that keep a session: opened by `initialize`, belonging to whoever opened it, ended by DELETE or by silence. */
import {
  SUPPORTED_PROTOCOL_VERSIONS,
  WebStandardStreamableHTTPServerTransport,
  type JSONRPCMessage,
} from '@modelcontextprotocol/server';
import type { Client } from '../../access/clients.ts';
import type { Asker } from '../asker.ts';
import type { Catalog, View } from '../catalog.ts';
import type { Pool } from '../pool.ts';
import { isObject, type Json, type RpcMessage, type RpcRequest } from '../rpc/message.ts';
import { createPeer, type Incoming, type Peer } from '../rpc/peer.ts';
import type { Handler, Turn } from './handler.ts';
import { initializeResult, type Introduction } from './introduce.ts';

export type LegacySessions = Readonly<{
  /** A request in a session, or the one that opens it. `body` is the parsed one of a POST. */
  handle(request: Request, view: View, client: Client | null, body: unknown): Promise<Response>;
  size(): number;
  /** Ends the streams that wait for whatever may come: their clients reach another gateway. Answers are finished. */
  drain(): void;
  /** May be called twice. */
  stop(): Promise<void>;
}>;

type Options = Readonly<{
  handler: Handler;
  introduce: (view: View) => Introduction;
  catalog: Catalog;
  pool: Pool;
  now: () => number;
  onError: (error: unknown, about: string) => void;
  /** A session without a request and without an open stream ends after so long. */
  idleMs?: number;
  mostPerClient?: number;
}>;

type Session = {
  readonly view: View;
  readonly owner: string;
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly peer: Peer;
  readonly asker: Asker;
  /** Responses that are still being sent. */
  streams: number;
  lastUsedMs: number;
};

/** A person thinks about an elicitation. */
const clientAnswerMs = 10 * 60_000;
const clientMostMs = 60 * 60_000;
const sweepMs = 30_000;

const ownerOf = (client: Client | null): string => client?.clientId ?? '';
const refused = (status: number, code: number, message: string): Response =>
  Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status });

const listChanged = {
  tools: 'notifications/tools/list_changed',
  resources: 'notifications/resources/list_changed',
  resourceTemplates: 'notifications/resources/list_changed',
  prompts: 'notifications/prompts/list_changed',
} as const;

export function createLegacySessions(options: Options): LegacySessions {
  const { handler, introduce, catalog, pool, now, onError } = options;
  const { idleMs = 30 * 60_000, mostPerClient = 1_000 } = options;
  const sessions = new Map<string, Session>();

  const end = async (id: string) => {
    const session = sessions.get(id);
    if (!session) return;
    sessions.delete(id);
    session.peer.down('the session ended');
    await session.transport.close();
    await pool.release(session.asker.key);
  };

  const open = (view: View, client: Client | null): Session => {
    let clientInfo: Json = { name: 'unknown', version: '0' };
    let capabilities: Json = {};
    let logLevel: unknown;
    const key = `session:${crypto.randomUUID()}`;

    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (id) => void sessions.set(id, session),
      onsessionclosed: (id) => end(id),
    });

    /** To the client, in the stream of its request where there is one. */
    const ask = (request: RpcRequest, context: Incoming, relatedTo?: RpcRequest['id']) =>
      peer.request(request.method, request.params, {
        signal: context.signal,
        timeoutMs: clientAnswerMs,
        mostMs: clientMostMs,
        ...(context.progress && { onProgress: context.progress }),
        ...(relatedTo !== undefined && { relatedTo }),
      });
    const tell = (method: string, params: Json | undefined, relatedTo?: RpcRequest['id']) => {
      peer
        .notify(method, params, relatedTo === undefined ? {} : { relatedTo })
        .catch((error: unknown) => onError(error, `telling a client of ${method}`));
    };

    const asker: Asker = {
      key,
      client,
      era: 'legacy',
      via: 'mcp',
      get identity() {
        return { clientInfo, capabilities };
      },
      onRequest: (_server, request, context) => ask(request, context),
      onNotification: (_server, { method, params }) => tell(method, params),
      async onOpen(_server, upstream) {
        if (logLevel === undefined || upstream.description.capabilities['logging'] === undefined)
          return;
        const limit = { timeoutMs: 10_000, mostMs: 10_000 };
        await upstream.request('logging/setLevel', { level: logLevel }, limit);
      },
    };

    const initialize = (params: Json = {}) => {
      if (isObject(params['clientInfo'])) clientInfo = params['clientInfo'];
      if (isObject(params['capabilities'])) capabilities = params['capabilities'];
      const wanted = String(params['protocolVersion']);
      const [newest = ''] = SUPPORTED_PROTOCOL_VERSIONS;
      const version = SUPPORTED_PROTOCOL_VERSIONS.includes(wanted) ? wanted : newest;
      return { result: initializeResult(introduce(view), version) };
    };

    const peer = createPeer({
      link: {
        send: (message, { relatedTo } = {}) =>
          transport.send(
            message as JSONRPCMessage,
            relatedTo === undefined ? {} : { relatedRequestId: relatedTo },
          ),
      },
      async onRequest(request, context) {
        if (request.method === 'initialize') return initialize(request.params);
        if (request.method === 'logging/setLevel') logLevel = request.params?.['level'];
        const turn: Turn = {
          signal: context.signal,
          ...(context.progress && { onProgress: context.progress }),
          onNotification: ({ method, params }) => tell(method, params, request.id),
          onRequest: (asked, incoming) => ask(asked, incoming, request.id),
        };
        return handler(view, asker, request, turn);
      },
      onNotification({ method, params }) {
        if (method !== 'notifications/roots/list_changed') return;
        for (const server of view === null ? catalog.servers() : [view]) {
          const upstream = pool.present(asker, server);
          if (upstream?.description.era === 'legacy')
            upstream.notify(method, params).catch((error: unknown) => onError(error, method));
        }
      },
      onCancelled: (id) => transport.closeSSEStream(id),
      onError,
    });
    transport.onmessage = (message) => peer.receive(message as RpcMessage);
    const owner = ownerOf(client);
    const session: Session = { view, owner, transport, peer, asker, streams: 0, lastUsedMs: now() };
    return session;
  };

  /** The session is in use until the last byte of its answer has left. */
  const tracked = (session: Session, response: Response): Response => {
    session.lastUsedMs = now();
    const { body } = response;
    if (!body) return response;
    session.streams += 1;
    let isOver = false;
    const over = () => {
      if (isOver) return;
      isOver = true;
      session.streams -= 1;
      session.lastUsedMs = now();
    };
    const reader = body.getReader();
    const watched = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        over();
        return controller.close();
      },
      async cancel(reason) {
        over();
        await reader.cancel(reason);
      },
    });
    return new Response(watched, { status: response.status, headers: response.headers });
  };

  const sweeper = setInterval(() => {
    for (const [id, { streams, lastUsedMs, peer }] of sessions) {
      const isIdle = streams === 0 && peer.underWay() === 0 && now() - lastUsedMs >= idleMs;
      if (isIdle) void end(id);
    }
  }, sweepMs);

  const unsubscribe = catalog.onChange((server, lists) => {
    const methods = new Set(lists.map((list) => listChanged[list]));
    for (const { view, peer } of sessions.values()) {
      if (view !== null && view !== server) continue;
      for (const method of methods) {
        peer.notify(method).catch((error: unknown) => onError(error, method));
      }
    }
  });

  return {
    async handle(request, view, client, body) {
      const id = request.headers.get('mcp-session-id');
      if (id === null) {
        const owner = ownerOf(client);
        const own = [...sessions.values()].filter((one) => one.owner === owner).length;
        if (own >= mostPerClient)
          return refused(429, -32000, `This client has ${own} sessions open; end some of them.`);
        const fresh = open(view, client);
        await fresh.transport.start();
        return tracked(fresh, await fresh.transport.handleRequest(request, { parsedBody: body }));
      }
      const session = sessions.get(id);
      // Of another client, or of another view, it is as if it were not there.
      if (!session || session.owner !== ownerOf(client) || session.view !== view)
        return refused(404, -32001, 'Session not found');
      const parsed = body === undefined ? {} : { parsedBody: body };
      return tracked(session, await session.transport.handleRequest(request, parsed));
    },
    size: () => sessions.size,
    drain() {
      for (const { transport } of sessions.values()) transport.closeStandaloneSSEStream();
    },
    async stop() {
      clearInterval(sweeper);
      unsubscribe();
      await Promise.all([...sessions.keys()].map(end));
    },
  };
}
