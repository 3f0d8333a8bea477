/**
 * The way from one gateway process to another: a request of a session that another one holds is handed over to it. Each
 * listens on a port of its own for that, says where over NATS, and takes only what is signed with the common secret.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { RequestError, type NatsConnection } from '@nats-io/transport-node';
import { doorSubject } from '../../../events/subjects.ts';
import { isLoopback } from '../../config/places.ts';
import type { View } from '../catalog.ts';
import { refused, unknownSession } from './incoming.ts';
import { machineName } from './machine.ts';

export type Visit = Readonly<{
  request: Request;
  sessionId: string;
  view: View;
  /** The client that the other process has let in. */
  owner: string;
  /** The parsed body of a POST. */
  body: unknown;
}>;

export type Door = Readonly<{
  /** Where the session's holder is gone, the session is too. */
  handOver(holder: string, visit: Visit): Promise<Response>;
  /** Requests of others that are being answered here. */
  pending(): number;
  /** May be called twice. */
  stop(): Promise<void>;
}>;

type Options = Readonly<{
  nc: NatsConnection;
  gatewayId: string;
  /** The same in every gateway of one vault. */
  secret: string;
  host: string;
  now: () => number;
  answer: (visit: Visit) => Response | Promise<Response>;
  onError: (error: unknown, about: string) => void;
}>;

const lookUpMs = 2_000;
/** Clocks of machines differ, and a signature is not kept for later. */
const mostAgeMs = 30_000;
const mostKnown = 1_000;
const signatureHeader = 'x-signalbox-signature';
const ownerHeader = 'x-signalbox-owner';
const viewHeader = 'x-signalbox-view';
// What fetch adds by itself where it is missing is not among them: it would not be what was signed.
const passed = ['mcp-session-id', 'mcp-protocol-version', 'last-event-id'] as const;

const isRefusedConnection = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ConnectionRefused' || error.code === 'ECONNREFUSED');

export function openDoor(options: Options): Door {
  const { nc, gatewayId, secret, host, now, answer, onError } = options;
  const known = new Map<string, string>();

  const signed = (atMs: string, { method, headers }: Pick<Request, 'method' | 'headers'>) =>
    createHmac('sha256', secret)
      .update(
        [atMs, method, headers.get(ownerHeader), headers.get(viewHeader)]
          .concat(passed.map((name) => headers.get(name)))
          .join('\n'),
      )
      .digest();

  const isSigned = (request: Request): boolean => {
    const [atMs = '', digest = ''] = (request.headers.get(signatureHeader) ?? '').split('.');
    const given = Buffer.from(digest, 'hex');
    const right = signed(atMs, request);
    if (given.byteLength !== right.byteLength || !timingSafeEqual(given, right)) return false;
    return Math.abs(now() - Number(atMs)) <= mostAgeMs;
  };

  const server = Bun.serve({
    hostname: host,
    port: 0,
    idleTimeout: 0,
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    async fetch(request) {
      const { headers } = request;
      const sessionId = headers.get('mcp-session-id');
      if (!isSigned(request) || sessionId === null) return new Response(null, { status: 403 });
      const owner = decodeURIComponent(headers.get(ownerHeader) ?? '');
      const view = (headers.get(viewHeader) || null) as View;
      const body: unknown = request.method === 'POST' ? await request.json() : undefined;
      return answer({ request, sessionId, view, owner, body });
    },
    error(error) {
      onError(error, 'answering what another gateway handed over');
      return refused(500, -32603, 'the gateway failed');
    },
  });
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${server.port}/`;
  // A loopback address is of this machine alone.
  const place = isLoopback(host) ? machineName() : '';
  const subscription = nc.subscribe(doorSubject(gatewayId), {
    callback: (error, message) => void (error ?? message.respond(`${url} ${place}`)),
  });

  /** Undefined when nobody of this name is there. */
  const ask = async (holder: string): Promise<string | undefined> => {
    try {
      const said = await nc.request(doorSubject(holder), undefined, { timeout: lookUpMs });
      const [found = '', at = ''] = said.string().split(' ');
      if (at !== '' && at !== machineName()) return undefined;
      if (known.size >= mostKnown) known.clear();
      known.set(holder, found);
      return found;
    } catch (error) {
      if (error instanceof RequestError && error.isNoResponders()) return undefined;
      throw error;
    }
  };

  const send = (address: string, visit: Visit): Promise<Response> => {
    const { request, owner, view, body } = visit;
    const headers = new Headers();
    for (const name of passed) {
      const value = request.headers.get(name);
      if (value !== null) headers.set(name, value);
    }
    headers.set(ownerHeader, encodeURIComponent(owner));
    headers.set(viewHeader, view ?? '');
    if (body !== undefined) headers.set('content-type', 'application/json');
    const atMs = String(now());
    const digest = signed(atMs, { method: request.method, headers }).toString('hex');
    headers.set(signatureHeader, `${atMs}.${digest}`);
    return fetch(address, {
      method: request.method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: request.signal,
      redirect: 'error',
      // Never by way of what the environment names for the outside.
      proxy: '',
      // A stream may be silent for long.
      timeout: false,
    });
  };

  /** An address is of a process that may have gone: what is new by the same name is asked for once. */
  const deliver = async (holder: string, visit: Visit): Promise<Response> => {
    const before = known.get(holder);
    const address = before ?? (await ask(holder));
    if (address === undefined) return unknownSession();
    try {
      return await send(address, visit);
    } catch (error) {
      if (!isRefusedConnection(error)) throw error;
      known.delete(holder);
      const after = before === undefined ? undefined : await ask(holder);
      return after === undefined ? unknownSession() : await send(after, visit);
    }
  };

  let stopped: Promise<void> | undefined;
  return {
    async handOver(holder, visit) {
      try {
        const { status, headers, body } = await deliver(holder, visit);
        return new Response(body, { status, headers });
      } catch (error) {
        if (visit.request.signal.aborted) return new Response(null, { status: 499 });
        onError(error, `handing a request over to the gateway ${holder}`);
        const text = 'The gateway process that holds this session cannot be reached now.';
        return refused(503, -32000, text, { 'retry-after': '1' });
      }
    },
    pending: () => server.pendingRequests,
    stop() {
      subscription.unsubscribe();
      return (stopped ??= server.stop(true));
    },
  };
}
