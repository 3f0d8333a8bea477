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
  type SendOptions,
} from '../rpc/link.ts';
import {
  isRequest,
  isResponse,
  messageOf,
  type RpcId,
  type RpcMessage,
  type RpcRequest,
} from '../rpc/message.ts';
import { isWholeAnswer, messagesIn, postOf } from './post.ts';

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
  /** Ends each request that is under way. */
  const underWay = new Set<() => void>();

  /** `first` is what its first fetch gets: it was fetched already. */
  const transportFor = (of: RpcId | undefined, first?: Response) => {
    let fetched = first;
    const dialAgain: Dial = async (to, init) => {
      const response = fetched;
      fetched = undefined;
      if (response) return response;
      // A request is a POST; what is fetched after it is what its stream left out.
      if (of !== undefined && init?.method === 'GET') listener?.onPolled?.(of);
      return dial(to, init);
    };
    const transport = new StreamableHTTPClientTransport(url, {
      fetch: of === undefined ? dial : dialAgain,
      requestInit: { headers: { ...headers } },
      ...(of !== undefined && main.sessionId !== undefined && { sessionId: main.sessionId }),
      ...(protocolVersion !== undefined && { protocolVersion }),
    });
    transport.onmessage = (message) => {
      // The transport has looked at the shape.
      listener?.onMessage(message as RpcMessage, of);
    };
    transport.onerror = (error) => {
      if (!isClosed && of === undefined) onError(error, 'the stream of a server');
    };
    return transport;
  };
  const main = transportFor(undefined);
  const isModern = () => protocolVersion !== undefined && protocolVersion >= firstModern;

  /** Undefined before it is known how to speak; the response where it is more than an answer. */
  const askQuickly = async (
    message: RpcRequest,
    more: SendOptions['headers'],
    signal: AbortSignal,
  ): Promise<'answered' | Response | undefined> => {
    if (protocolVersion === undefined) return undefined;
    const { sessionId } = main;
    const told = { headers, protocolVersion, isModern: isModern(), sessionId, more };
    const response = await dial(url, { ...postOf(message, told), signal });
    if (!isWholeAnswer(response)) return response;
    const { id } = message;
    const heard = await messagesIn(response);
    for (const one of heard) listener?.onMessage(one, id);
    if (heard.some((one) => isResponse(one) && one.id === id)) return 'answered';
    throw new LinkDown('what it answered with is no answer');
  };

  /** By the transport of the SDK, with all that may come before the answer. */
  const askAtLength = async (
    message: RpcRequest,
    more: SendOptions['headers'],
    first: Response | undefined,
    signal: AbortSignal,
    stop: () => void,
  ) => {
    const { id } = message;
    const transport = transportFor(id, first);
    const { onmessage } = transport;
    transport.onmessage = (told) => {
      onmessage?.(told);
      if (isResponse(told as RpcMessage)) stop();
    };
    signal.addEventListener('abort', () => void transport.close(), { once: true });
    await transport.start();
    await transport.send(message as JSONRPCMessage, {
      ...(more && { headers: { ...more } }),
      onRequestStreamEnd() {
        if (signal.aborted) return;
        stop();
        listener?.onLost?.(id, new LinkDown('it ended the stream without an answer'));
      },
    });
  };

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
      const ended = new AbortController();
      const over = () => {
        underWay.delete(stop);
        signal?.removeEventListener('abort', stop);
      };
      const stop = () => {
        over();
        ended.abort();
      };
      underWay.add(stop);
      signal?.addEventListener('abort', stop, { once: true });
      try {
        const first = await askQuickly(message, more, ended.signal);
        if (first !== 'answered') await askAtLength(message, more, first, ended.signal, stop);
        else over();
      } catch (error) {
        stop();
        const failure = linkError(error, hasSession);
        const answer = failure instanceof SessionGone ? undefined : answerIn(error, message.id);
        if (!answer) throw failure;
        listener?.onMessage(answer, message.id);
      }
    },
    agreedOn(version) {
      protocolVersion = version;
      main.setProtocolVersion(version);
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      for (const stop of underWay) stop();
      const timer = setTimeout(() => void main.close(), endSessionMs);
      // A server that is gone needs no goodbye.
      await main.terminateSession().catch(() => undefined);
      clearTimeout(timer);
      await main.close();
    },
  };
}
