/** Clients that keep a session: opened by `initialize`, belonging to whoever opened it, ended by DELETE or by silence. */
import type { Client } from '../../access/clients.ts';
import type { Values } from '../../settings/table.ts';
import type { View } from '../catalog.ts';
import type { Door, Visit } from '../sessions/door.ts';
import { createEventShelf } from '../sessions/eventShelf.ts';
import { holderOf, newSessionId } from '../sessions/ids.ts';
import {
  formFault,
  messagesOf,
  opensSession,
  refused,
  unknownSession,
  versionFault,
} from '../sessions/incoming.ts';
import { openSession, type Session, type SessionParts } from '../sessions/session.ts';
import { isRequest } from '../rpc/message.ts';
import { listChanged } from '../sessions/listChanged.ts';

export type LegacySessions = Readonly<{
  /** A request in a session, or the one that opens it. `body` is the parsed one of a POST. */
  handle(request: Request, view: View, client: Client | null, body: unknown): Promise<Response>;
  size(): number;
  all(): Iterable<Session>;
  /** Bytes that are kept for streams that may have been cut. */
  keptBytes(): number;
  /**
   * Ends the streams that wait for whatever may come, and every session with its last answer: its client opens
   * another one elsewhere.
   */
  drain(): void;
  /** Requests that other gateway processes handed over, and wait for. */
  handedOver(): number;
  /** May be called twice. */
  stop(): Promise<void>;
}>;

type Limits = Pick<
  Values,
  'mcpSessionIdleMs' | 'mcpSessionGoneMs' | 'mcpSessionsPerClient' | 'mcpSessions'
>;

type Options = SessionParts &
  Readonly<{
    gatewayId: string;
    limits: Readonly<Limits>;
    openDoor: (answer: (visit: Visit) => Response | Promise<Response>) => Door;
  }>;

const mostSweepMs = 5_000;
const drainingSweepMs = 20;

const ownerOf = (client: Client | null): string => client?.clientId ?? '';

export function createLegacySessions(options: Options): LegacySessions {
  const { catalog, gatewayId, limits, now, onError } = options;
  const sessions = new Map<string, Session>();
  const counts = new Map<string, number>();
  const ending = new Set<Promise<void>>();
  const shelf = createEventShelf();
  let isDraining = false;
  let isStopped = false;

  const end = (session: Session) => {
    if (!sessions.delete(session.id)) return;
    const owner = ownerOf(session.client);
    const left = (counts.get(owner) ?? 1) - 1;
    if (left > 0) counts.set(owner, left);
    else counts.delete(owner);
    const done = session
      .end()
      .catch((error: unknown) => onError(error, 'ending a session of a client'))
      .finally(() => ending.delete(done));
    ending.add(done);
  };

  const initialize = (request: Request, view: View, client: Client | null, body: unknown) => {
    const messages = messagesOf(body);
    if (messages instanceof Response) return messages;
    if (!messages.some(opensSession))
      return refused(400, -32000, 'Bad Request: Server not initialized');
    if (messages.length > 1) {
      const text = 'Invalid Request: Only one initialization request is allowed';
      return refused(400, -32600, text);
    }
    if (isDraining) {
      const text = 'This gateway process is being stopped; connect again.';
      return refused(503, -32000, text, { connection: 'close', 'retry-after': '1' });
    }
    const owner = ownerOf(client);
    const own = counts.get(owner) ?? 0;
    if (own >= limits.mcpSessionsPerClient) {
      const text = `This client has ${own} sessions open, and may have no more (mcp_sessions_per_client): end some with DELETE.`;
      return refused(429, -32000, text, { 'retry-after': '30' });
    }
    if (sessions.size >= limits.mcpSessions) {
      const text = `This gateway process has ${sessions.size} sessions open, and takes no more (mcp_sessions).`;
      return refused(503, -32000, text, { 'retry-after': '30' });
    }
    const id = newSessionId(gatewayId);
    const session = openSession({ ...options, id, view, client, events: shelf.ofSession() });
    sessions.set(id, session);
    counts.set(owner, own + 1);
    return session.receive(request, messages) ?? new Response(null, { status: 202 });
  };

  const post = (
    session: Session,
    request: Request,
    body: unknown,
  ): Response | Promise<Response> => {
    const messages = messagesOf(body);
    if (messages instanceof Response) return messages;
    if (messages.some(opensSession))
      return refused(400, -32600, 'Invalid Request: Server already initialized');
    // Answers to what is under way still count.
    if (isDraining && messages.some(isRequest)) return unknownSession();
    return session.receive(request, messages) ?? new Response(null, { status: 202 });
  };

  const get = (session: Session, request: Request): Response => {
    const lastEventId = request.headers.get('last-event-id');
    if (lastEventId === null)
      return isDraining ? unknownSession() : session.streams.listen(request);
    const text = 'What followed this Last-Event-ID is not kept any more';
    return session.streams.resume(request, lastEventId) ?? refused(400, -32000, text);
  };

  const answer = ({
    request,
    sessionId,
    view,
    owner,
    body,
  }: Visit): Response | Promise<Response> => {
    const session = sessions.get(sessionId);
    // Of another client, or of another view, it is as if it were not there.
    if (!session || ownerOf(session.client) !== owner || session.view !== view)
      return unknownSession();
    const fault = versionFault(request);
    if (fault) return fault;
    session.touch();
    if (request.method === 'POST') return post(session, request, body);
    if (request.method === 'GET') return get(session, request);
    end(session);
    return new Response(null, { status: 200 });
  };
  const door = options.openDoor(answer);

  const isOver = (session: Session): boolean => {
    if (session.underWay() > 0 || session.streams.open() > 0) return false;
    const idleMs = now() - session.lastUsedMs();
    if (isDraining || idleMs >= limits.mcpSessionIdleMs) return true;
    return session.isCut() && idleMs >= limits.mcpSessionGoneMs;
  };
  const sweep = () => {
    for (const session of sessions.values()) if (isOver(session)) end(session);
    sweepLater();
  };
  let sweeper: ReturnType<typeof setTimeout> | undefined;
  const sweepLater = () => {
    if (isStopped) return;
    clearTimeout(sweeper);
    const shortestMs = Math.min(limits.mcpSessionIdleMs, limits.mcpSessionGoneMs);
    const usualMs = Math.min(mostSweepMs, Math.max(100, shortestMs / 4));
    sweeper = setTimeout(sweep, isDraining ? drainingSweepMs : usualMs);
  };
  sweepLater();

  const unsubscribe = catalog.onChange((server, lists) => {
    const methods = new Set(lists.map((list) => listChanged[list]));
    for (const session of sessions.values()) {
      if (session.view !== null && session.view !== server) continue;
      for (const method of methods) session.notify(method);
    }
  });

  return {
    async handle(request, view, client, body) {
      const sessionId = request.headers.get('mcp-session-id');
      const fault = formFault(request);
      if (fault) return fault;
      if (sessionId === null) return initialize(request, view, client, body);
      const visit: Visit = { request, sessionId, view, owner: ownerOf(client), body };
      const holder = holderOf(sessionId);
      if (holder === undefined) return unknownSession();
      return holder === gatewayId ? answer(visit) : door.handOver(holder, visit);
    },
    size: () => sessions.size,
    all: () => sessions.values(),
    keptBytes: shelf.bytes,
    drain() {
      isDraining = true;
      for (const { streams } of sessions.values()) streams.endListening();
      sweep();
    },
    handedOver: door.pending,
    async stop() {
      isStopped = true;
      clearTimeout(sweeper);
      unsubscribe();
      for (const session of sessions.values()) end(session);
      await Promise.all(ending);
      await door.stop();
    },
  };
}
