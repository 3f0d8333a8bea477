/**
 * A server behind a URL, by Streamable HTTP. Each request has a transport of the SDK of its own, in one session: so it
 * is known which request whatever comes in its stream belongs to, and each stream is resumed by itself.
 */
import {
  SdkHttpError,
  StreamableHTTPClientTransport,
  UnauthorizedError,
  type JSONRPCMessage,
} from '@modelcontextprotocol/client';
import {
  LinkDown,
  NeedsAuth,
  NotSent,
  SessionGone,
  type Link,
  type LinkListener,
} from '../rpc/link.ts';
import { isRequest, isResponse, messageOf, type RpcId, type RpcMessage } from '../rpc/message.ts';

export type Dial = (url: string | URL, init?: RequestInit) => Promise<Response>;

type Options = Readonly<{
  url: URL;
  headers: Readonly<Record<string, string>>;
  dial: Dial;
  onError: (error: unknown, about: string) => void;
}>;

/** The first revision that has no sessions. */
const firstModern = '2026-07-28';
const endSessionMs = 2_000;
/**
 * No connection was made, or its other end was not trusted. A reset says nothing: a server that closes an idle
 * connection may read what comes into it all the same, and carry it out.
 */
const neverSent =
  /ConnectionRefused|ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|FailedToOpenSocket|_CERT|CERT_|LEAF_SIGNATURE/;

/** What came with a refusal. */
function textOf({ data }: SdkHttpError): string {
  const text: unknown = data['text'];
  return typeof text === 'string' ? text : '';
}

/** 404 says so; many say 400, and in words that they have no such session. */
const isForgotten = (error: SdkHttpError): boolean =>
  error.status === 404 || (error.status === 400 && /session/i.test(textOf(error)));

/** What the transport threw, in the words of a link. */
export function linkError(error: unknown, hasSession: boolean): Error {
  if (error instanceof UnauthorizedError) return new NeedsAuth('it wants a credential (HTTP 401)');
  if (error instanceof SdkHttpError) {
    const { status } = error;
    if (status === 401) return new NeedsAuth('it wants a credential (HTTP 401)');
    if (hasSession && isForgotten(error)) return new SessionGone('it has forgotten the session');
    return new LinkDown(`it answered with HTTP ${status}`, { cause: error });
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (neverSent.test(code)) return new NotSent(`it cannot be reached (${code})`, { cause: error });
  return error instanceof Error ? error : new LinkDown('it cannot be reached', { cause: error });
}

/** A refusal in JSON-RPC's words is an answer, whatever the status it came with. */
function answerIn(error: unknown, id: RpcId): RpcMessage | undefined {
  if (!(error instanceof SdkHttpError)) return undefined;
  try {
    const message = messageOf(JSON.parse(textOf(error)));
    return message && isResponse(message) && message.id === id ? message : undefined;
  } catch {
    return undefined;
  }
}

export function httpLink({ url, headers, dial, onError }: Options): Link {
  let listener: LinkListener | undefined;
  let protocolVersion: string | undefined;
  let isClosed = false;
  const streams = new Set<StreamableHTTPClientTransport>();

  const transportFor = (of: RpcId | undefined, sessionId?: string) => {
    const dialAgain: Dial = (to, init) => {
      // A request is a POST; what is fetched after it is what its stream left out.
      if (of !== undefined && init?.method === 'GET') listener?.onPolled?.(of);
      return dial(to, init);
    };
    const transport = new StreamableHTTPClientTransport(url, {
      fetch: of === undefined ? dial : dialAgain,
      requestInit: { headers: { ...headers } },
      ...(sessionId !== undefined && { sessionId }),
      ...(protocolVersion !== undefined && { protocolVersion }),
    });
    transport.onmessage = (message) => {
      // The transport has looked at the shape.
      const told = message as RpcMessage;
      listener?.onMessage(told, of);
      if (of !== undefined && isResponse(told)) void finish(transport);
    };
    transport.onerror = (error) => {
      if (!isClosed && of === undefined) onError(error, 'the stream of a server');
    };
    return transport;
  };
  const finish = async (transport: StreamableHTTPClientTransport) => {
    if (streams.delete(transport)) await transport.close();
  };
  const main = transportFor(undefined);
  const isModern = () => protocolVersion !== undefined && protocolVersion >= firstModern;

  return {
    abortSays: isModern,
    async open(to) {
      listener = to;
      await main.start();
    },
    async send(message, { signal, headers: more } = {}) {
      const hasSession = main.sessionId !== undefined;
      const sent = message as JSONRPCMessage;
      const isOwn = isRequest(message) && message.method !== 'initialize';
      if (!isOwn) {
        try {
          await main.send(sent);
        } catch (error) {
          throw linkError(error, hasSession);
        }
        return;
      }
      const { id } = message;
      const transport = transportFor(id, main.sessionId);
      streams.add(transport);
      const stop = () => void finish(transport);
      signal?.addEventListener('abort', stop, { once: true });
      try {
        await transport.start();
        await transport.send(sent, {
          ...(more && { headers: { ...more } }),
          onRequestStreamEnd() {
            if (!streams.has(transport)) return;
            stop();
            listener?.onLost?.(id, new LinkDown('it ended the stream without an answer'));
          },
        });
      } catch (error) {
        stop();
        const failure = linkError(error, hasSession);
        const answer = failure instanceof SessionGone ? undefined : answerIn(error, id);
        if (!answer) throw failure;
        listener?.onMessage(answer, id);
      }
    },
    agreedOn(version) {
      protocolVersion = version;
      main.setProtocolVersion(version);
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      for (const transport of streams) await finish(transport);
      const timer = setTimeout(() => void main.close(), endSessionMs);
      // A server that is gone needs no goodbye.
      await main.terminateSession().catch(() => undefined);
      clearTimeout(timer);
      await main.close();
    },
  };
}
