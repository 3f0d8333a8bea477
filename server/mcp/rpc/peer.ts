/**
 * One end of a JSON-RPC conversation that is relayed: requests in both directions, each with its answer, its progress
 * and its cancellation. Ids and progress tokens are this end's own; everything else passes as it came.
 */
import type { Asker } from '../asker.ts';
import { SUBSCRIPTION_ID_META_KEY } from './words.ts';
import { Cancelled, LinkDown, TimedOut, type Link, type SendOptions } from './link.ts';
import {
  failed,
  internalError,
  isObject,
  isRequest,
  isResponse,
  metaOf,
  withMeta,
  type Json,
  type RpcAnswer,
  type RpcId,
  type RpcMessage,
  type RpcNotification,
  type RpcRequest,
} from './message.ts';

export type Ask = Readonly<{
  signal?: AbortSignal;
  /** Without an answer and without progress. */
  timeoutMs: number;
  /** With progress too. */
  mostMs: number;
  /** Told of progress; asked for by a token only where somebody listens. */
  onProgress?: (params: Json) => void;
  /** What else comes in the course of this request. */
  onNotification?: (notification: RpcNotification) => void;
  onRequest?: (request: RpcRequest, context: Incoming) => Promise<RpcAnswer>;
  relatedTo?: RpcId;
  headers?: Readonly<Record<string, string>>;
  /** Who wants it; told to none but a server in this process. */
  asker?: Asker;
  /** The other end answers later, in another stream: ours may do the same. */
  onPolled?: () => void;
  /** It is to stay open: what comes meanwhile is not taken for its own unless it says so. */
  isStanding?: boolean;
}>;

export type Incoming = Readonly<{
  /** Aborted when the other end cancels its request, or is gone. */
  signal: AbortSignal;
  /** Tells the other end how far its request is; nothing where it did not ask for that. */
  progress?: (params: Json) => void;
}>;

export type Peer = Readonly<{
  /** @throws {NotSent|SessionGone|LinkDown|TimedOut|Cancelled} */
  request(method: string, params: Json | undefined, ask: Ask): Promise<RpcAnswer>;
  notify(method: string, params?: Json, options?: SendOptions): Promise<void>;
  /** Takes what the link brings. */
  receive(message: RpcMessage, of?: RpcId): void;
  /** The answer to this request will not come. */
  lost(id: RpcId, error: Error): void;
  /** The answer to this request is fetched later. */
  polled(id: RpcId): void;
  /** Ends what is under way, in both directions. */
  down(reason: string): void;
  underWay(): number;
}>;

type Options = Readonly<{
  link: Pick<Link, 'send' | 'abortSays'>;
  onRequest: (request: RpcRequest, context: Incoming) => Promise<RpcAnswer>;
  onNotification: (notification: RpcNotification) => void;
  /** A request of the other end was cancelled: it gets no answer, and its stream can end. */
  onCancelled?: (id: RpcId) => void;
  /** Every request of ours is made for the same client: what belongs to any of them is for that client. */
  isSole?: boolean;
  onError: (error: unknown, about: string) => void;
}>;

type Pending = Readonly<{
  ask: Ask;
  resolve: (answer: RpcAnswer) => void;
  reject: (error: Error) => void;
  /** There was progress: the clock starts anew. */
  touch: () => void;
}>;

/** What is said to everybody, whatever is under way meanwhile. */
const isOfAll = /\/(?:list_changed|updated)$/;

export function createPeer(options: Options): Peer {
  const { link, onRequest, onNotification, onCancelled, onError } = options;
  const pending = new Map<RpcId, Pending>();
  const incoming = new Map<RpcId, AbortController>();
  let lastId = 0;
  let standing = 0;

  const notify: Peer['notify'] = (method, params, options) =>
    link.send({ jsonrpc: '2.0', method, ...(params && { params }) }, options);
  /** For words that nobody waits for. */
  const say = (sent: Promise<void>, about: string) => {
    sent.catch((error: unknown) => onError(error, about));
  };

  /** Our request that a message belongs to: where the way cannot tell, the only one there is, or any of one client. */
  const homeOf = (of: RpcId | undefined): Ask | undefined => {
    if (of !== undefined) return pending.get(of)?.ask;
    if (pending.size - standing !== 1 && !options.isSole) return undefined;
    let newest: Ask | undefined;
    for (const { ask } of pending.values())
      if (!ask.isStanding) newest = ask.onRequest ? ask : (newest ?? ask);
    return newest;
  };

  const answer = async (request: RpcRequest, of: RpcId | undefined) => {
    const { id, params } = request;
    const controller = new AbortController();
    incoming.set(id, controller);
    const progressToken = metaOf(params)['progressToken'];
    const context: Incoming = {
      signal: controller.signal,
      ...(progressToken !== undefined && {
        progress: (told: Json) =>
          say(
            notify('notifications/progress', { ...told, progressToken }, { relatedTo: id }),
            'passing progress on',
          ),
      }),
    };
    try {
      const handle = homeOf(of)?.onRequest ?? onRequest;
      const answered = await handle(request, context);
      if (controller.signal.aborted) return;
      await link.send({ jsonrpc: '2.0', id, ...answered });
    } catch (error) {
      if (controller.signal.aborted || error instanceof Cancelled) return;
      onError(error, `answering ${request.method}`);
      const { error: told } = failed(internalError, 'the gateway failed') as { error: never };
      say(link.send({ jsonrpc: '2.0', id, error: told }), `answering ${request.method}`);
    } finally {
      incoming.delete(id);
      if (controller.signal.aborted) onCancelled?.(id);
    }
  };

  const hear = (notification: RpcNotification, of: RpcId | undefined) => {
    const { method, params } = notification;
    if (method === 'notifications/cancelled') {
      const requestId = params?.['requestId'] as RpcId;
      const reason = params?.['reason'];
      const why = typeof reason === 'string' ? reason : 'the request was cancelled';
      incoming.get(requestId)?.abort(new Cancelled(why));
      return;
    }
    if (method === 'notifications/progress') {
      const asked = pending.get(params?.['progressToken'] as RpcId);
      asked?.touch();
      if (params) asked?.ask.onProgress?.(params);
      return;
    }
    const subscription = metaOf(params)[SUBSCRIPTION_ID_META_KEY];
    const tell =
      subscription !== undefined
        ? pending.get(subscription as RpcId)?.ask.onNotification
        : isOfAll.test(method)
          ? undefined
          : homeOf(of)?.onNotification;
    (tell ?? onNotification)(notification);
  };

  return {
    request(method, params, ask) {
      const { signal, timeoutMs, mostMs, onProgress, relatedTo, headers, asker } = ask;
      const id = ++lastId;
      const { promise, resolve, reject } = Promise.withResolvers<RpcAnswer>();
      const untilMs = performance.now() + mostMs;
      const aborted = new AbortController();
      const expire = () => {
        const within = performance.now() >= untilMs ? mostMs : timeoutMs;
        giveUp(new TimedOut(`${method} was not answered within ${within} ms`));
      };
      let timer = setTimeout(expire, Math.min(timeoutMs, mostMs));
      const giveUp = (error: Error) => {
        if (!pending.has(id)) return;
        aborted.abort(error);
        reject(error);
        if (link.abortSays?.()) return;
        const told = { requestId: id, reason: error.message };
        say(
          notify('notifications/cancelled', told, relatedTo === undefined ? {} : { relatedTo }),
          `cancelling ${method}`,
        );
      };
      const cancel = () => {
        const why: unknown = signal?.reason;
        giveUp(why instanceof Error ? why : new Cancelled('the caller is gone'));
      };
      if (ask.isStanding) standing += 1;
      pending.set(id, {
        ask,
        resolve,
        reject,
        touch() {
          clearTimeout(timer);
          timer = setTimeout(expire, Math.min(timeoutMs, Math.max(0, untilMs - performance.now())));
        },
      });
      signal?.addEventListener('abort', cancel, { once: true });
      const meta = metaOf(params);
      const wanted =
        onProgress || 'progressToken' in meta
          ? withMeta(params, { ...meta, progressToken: id })
          : params;
      const message = { jsonrpc: '2.0', id, method, ...(wanted && { params: wanted }) } as const;
      if (signal?.aborted) cancel();
      else
        link
          .send(message, {
            signal: aborted.signal,
            ...(relatedTo !== undefined && { relatedTo }),
            ...(headers && { headers }),
            ...(asker && { asker }),
          })
          .catch(reject);
      return promise.finally(() => {
        pending.delete(id);
        if (ask.isStanding) standing -= 1;
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
      });
    },
    notify,
    receive(message, of) {
      if (isResponse(message)) {
        // An answer nobody waits for came too late: its request was given up.
        const { jsonrpc: _, id, ...answered } = message;
        if (isObject(answered)) pending.get(id)?.resolve(answered as RpcAnswer);
      } else if (isRequest(message)) void answer(message, of);
      else hear(message, of);
    },
    lost: (id, error) => pending.get(id)?.reject(error),
    polled: (id) => pending.get(id)?.ask.onPolled?.(),
    down(reason) {
      for (const { reject } of pending.values()) reject(new LinkDown(reason));
      for (const controller of incoming.values()) controller.abort(new Cancelled(reason));
    },
    underWay: () => pending.size - standing + incoming.size,
  };
}
