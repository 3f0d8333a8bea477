/** One session of a client: what it said of itself, what it asks, and what it is asked and told. */
import { SUPPORTED_PROTOCOL_VERSIONS } from '../rpc/words.ts';
import type { Client } from '../../access/clients.ts';
import type { Asker } from '../asker.ts';
import type { Catalog, View } from '../catalog.ts';
import type { Handler, Turn } from '../downstream/handler.ts';
import { initializeResult, type Introduction } from '../downstream/introduce.ts';
import type { Subscriptions } from '../downstream/subscriptions.ts';
import type { Pool } from '../pool.ts';
import {
  isObject,
  isRequest,
  type Json,
  type RpcMessage,
  type RpcRequest,
} from '../rpc/message.ts';
import { createPeer, type Incoming } from '../rpc/peer.ts';
import type { SessionEvents } from './eventShelf.ts';
import { createStreams, type Streams } from './streams.ts';

export type Session = Readonly<{
  id: string;
  view: View;
  client: Client | null;
  clientInfo: () => Json;
  protocolVersion: () => string;
  openedAtMs: number;
  lastUsedMs: () => number;
  /** Its client's connection was cut, and nothing was heard of it since. */
  isCut: () => boolean;
  streams: Pick<Streams, 'open' | 'listen' | 'resume' | 'endListening'>;
  /** Takes messages of a POST; undefined where none of them wants an answer. */
  receive(
    request: Request,
    messages: readonly RpcMessage[],
  ): Response | Promise<Response> | undefined;
  notify(method: string): void;
  /** Requests in either direction. */
  underWay(): number;
  touch(): void;
  /** May be called twice. */
  end(): Promise<void>;
}>;

export type SessionParts = Readonly<{
  handler: Handler;
  introduce: (view: View) => Introduction;
  catalog: Catalog;
  pool: Pool;
  subscriptions: Pick<Subscriptions, 'end'>;
  now: () => number;
  onError: (error: unknown, about: string) => void;
}>;

type Options = SessionParts &
  Readonly<{
    id: string;
    view: View;
    client: Client | null;
    events: SessionEvents;
  }>;

/** A person thinks about an elicitation. */
const clientAnswerMs = 10 * 60_000;
const clientMostMs = 60 * 60_000;
/** From this revision on an event may be empty. */
const firstPrimed = '2025-11-25';
/** What a client speaks that does not say so. */
const unsaid = '2025-03-26';

const related = (id: RpcRequest['id'] | undefined) => (id === undefined ? {} : { relatedTo: id });

export function openSession(options: Options): Session {
  const { id, view, client, events, handler, introduce, catalog, pool, subscriptions } = options;
  const { now, onError } = options;
  let clientInfo: Json = { name: 'unknown', version: '0' };
  let capabilities: Json = {};
  let protocolVersion = unsaid;
  let logLevel: unknown;
  let lastUsedMs = now();
  let isCut = false;
  let ended: Promise<void> | undefined;

  const touch = () => {
    lastUsedMs = now();
    isCut = false;
  };
  const streams = createStreams({
    sessionId: id,
    events,
    onChange(change) {
      touch();
      isCut = change === 'cut' && streams.open() === 0;
    },
  });

  /** To the client, in the stream of its request where there is one. */
  const ask = (request: RpcRequest, context: Incoming, relatedTo?: RpcRequest['id']) =>
    peer.request(request.method, request.params, {
      signal: context.signal,
      timeoutMs: clientAnswerMs,
      mostMs: clientMostMs,
      ...(context.progress && { onProgress: context.progress }),
      ...related(relatedTo),
    });
  const tell = (method: string, params: Json | undefined, relatedTo?: RpcRequest['id']) => {
    peer
      .notify(method, params, related(relatedTo))
      .catch((error: unknown) => onError(error, `telling a client of ${method}`));
  };

  const asker: Asker = {
    key: `session:${id}`,
    client,
    era: 'legacy',
    via: 'mcp',
    isSession: true,
    get protocolVersion() {
      return protocolVersion;
    },
    get identity() {
      return { clientInfo, capabilities };
    },
    onRequest: (_server, request, context) => ask(request, context),
    onNotification(server, { method, params }) {
      const uri = method === 'notifications/resources/updated' ? params?.['uri'] : undefined;
      const isNamed = typeof uri === 'string';
      tell(method, isNamed ? { ...params, uri: catalog.uriOf(view, server, uri) } : params);
    },
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
    protocolVersion = SUPPORTED_PROTOCOL_VERSIONS.includes(wanted) ? wanted : newest;
    return { result: initializeResult(introduce(view), protocolVersion) };
  };

  const peer = createPeer({
    link: { send: streams.send },
    async onRequest(request, context) {
      if (request.method === 'initialize') return initialize(request.params);
      if (request.method === 'logging/setLevel') logLevel = request.params?.['level'];
      const turn: Turn = {
        signal: context.signal,
        ...(context.progress && { onProgress: context.progress }),
        onNotification: ({ method, params }) => tell(method, params, request.id),
        onPolled: () => streams.poll(request.id),
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
    onCancelled: streams.giveUp,
    onError,
  });

  const saidVersion = (request: Request, [first]: readonly RpcMessage[]): string => {
    const said =
      first && isRequest(first) && first.method === 'initialize'
        ? first.params?.['protocolVersion']
        : request.headers.get('mcp-protocol-version');
    return typeof said === 'string' ? said : unsaid;
  };

  const end = async () => {
    peer.down('the session ended');
    streams.close();
    subscriptions.end(asker.key);
    await pool.release(asker.key);
  };

  return {
    id,
    view,
    client,
    clientInfo: () => clientInfo,
    protocolVersion: () => protocolVersion,
    openedAtMs: lastUsedMs,
    lastUsedMs: () => lastUsedMs,
    isCut: () => isCut,
    streams,
    receive(request, messages) {
      touch();
      const ids = messages.filter(isRequest).map((message) => message.id);
      const said = saidVersion(request, messages);
      const isPrimed = said >= firstPrimed && SUPPORTED_PROTOCOL_VERSIONS.includes(said);
      const response = ids.length > 0 ? streams.begin(request, ids, isPrimed) : undefined;
      for (const message of messages) peer.receive(message);
      return response;
    },
    notify: (method) => tell(method, undefined),
    underWay: peer.underWay,
    touch,
    end: () => (ended ??= end()),
  };
}
