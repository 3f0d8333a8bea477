/** The built-in server for a client on stdio: what it asks goes to the gateway, under names that say whose they are. */
import { discoverResult, initializeResult, type Introduction } from '../downstream/introduce.ts';
import { Cancelled, NeedsAuth, NotSent, type Link } from '../rpc/link.ts';
import {
  connectionClosed,
  failed,
  isObject,
  metaOf,
  methodNotFound,
  type Json,
  type RpcAnswer,
  type RpcMessage,
  type RpcRequest,
} from '../rpc/message.ts';
import { createPeer, type Incoming, type Peer } from '../rpc/peer.ts';
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  LATEST_PROTOCOL_VERSION,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '../rpc/words.ts';
import { reasonOf } from '../upstream/reason.ts';
import { openSession, type Identity, type UpstreamSession } from '../upstream/session.ts';
import { builtInName } from './name.ts';

type Options = Readonly<{
  /** Where the gateway is, for people. */
  url: string;
  /** A new way to the server in the gateway. */
  link: () => Link;
  /** To the client. */
  write: (message: RpcMessage) => Promise<void>;
  onError: (error: unknown, about: string) => void;
}>;

export type Relay = Readonly<{
  receive: Peer['receive'];
  /** Resolves once every request that came so far is answered. */
  idle(): Promise<void>;
  /** Ends what is under way; may be called twice. */
  stop(): Promise<void>;
}>;

const stepMs = 10_000;
/** The gateway itself says when it has waited long enough. */
const mostMs = 3_600_000;
const prefix = `${builtInName}_`;
const passedOn = new Set(['tools/list', 'tools/call', 'resources/list', 'resources/read']);

const prefixed = (answer: RpcAnswer): RpcAnswer => {
  if ('error' in answer || !Array.isArray(answer.result['tools'])) return answer;
  const tools: unknown[] = answer.result['tools'];
  const named = tools.map((tool) =>
    isObject(tool) ? { ...tool, name: `${prefix}${String(tool['name'])}` } : tool,
  );
  return { result: { ...answer.result, tools: named } };
};

/** A name without the prefix is nobody's, and stays so. */
const ownName = ({ name, ...rest }: Json): Json => ({
  ...rest,
  name: typeof name === 'string' && name.startsWith(prefix) ? name.slice(prefix.length) : '',
});

const objectOf = (value: unknown): Json => (isObject(value) ? value : {});

export function createRelay({ url, link, write, onError }: Options): Relay {
  let opening: Promise<UpstreamSession> | undefined;
  let introduced: Identity = { clientInfo: { name: 'stdio', version: '1' }, capabilities: {} };
  let isStopped = false;

  /** Without a session: a gateway that starts anew has nothing to forget. */
  const open = (): Promise<UpstreamSession> => {
    opening ??= openSession({
      link: link(),
      identity: introduced,
      era: 'modern',
      stepMs,
      onRequest: async () => failed(methodNotFound, 'this client cannot be asked'),
      onNotification() {},
      onClose() {
        opening = undefined;
      },
      onError,
    });
    opening.catch(() => (opening = undefined));
    return opening;
  };

  const unreachable = (error: unknown): RpcAnswer => {
    if (error instanceof Cancelled) throw error;
    if (error instanceof NeedsAuth)
      return failed(
        connectionClosed,
        `The gateway at ${url} wants another client key: set SIGNALBOX_CLIENT_KEY.`,
      );
    const remedy = error instanceof NotSent ? '; start it, or set SIGNALBOX_URL' : '';
    return failed(connectionClosed, `The gateway at ${url}: ${reasonOf(error)}${remedy}.`);
  };

  const introduction = async (): Promise<Introduction> => {
    const { capabilities, serverInfo, instructions } = (await open()).description;
    return { capabilities, serverInfo: objectOf(serverInfo), instructions };
  };

  const identityOf = (params: Json | undefined): Identity => {
    const meta = metaOf(params);
    const info = meta[CLIENT_INFO_META_KEY];
    if (!isObject(info)) return introduced;
    return { clientInfo: info, capabilities: objectOf(meta[CLIENT_CAPABILITIES_META_KEY]) };
  };

  const initialize = async (params: Json = {}): Promise<RpcAnswer> => {
    const { protocolVersion: wanted, clientInfo, capabilities } = params;
    introduced = { clientInfo: objectOf(clientInfo), capabilities: objectOf(capabilities) };
    const version = typeof wanted === 'string' ? wanted : '';
    const isKnown = SUPPORTED_PROTOCOL_VERSIONS.includes(version);
    const agreed = isKnown ? version : LATEST_PROTOCOL_VERSION;
    return { result: initializeResult(await introduction(), agreed) };
  };

  const forward = async (
    { method, params }: RpcRequest,
    { signal, progress }: Incoming,
  ): Promise<RpcAnswer> => {
    const session = await open();
    const asked = method === 'tools/call' ? ownName(params ?? {}) : params;
    const ask = {
      signal,
      timeoutMs: mostMs,
      mostMs,
      ...(progress && { onProgress: progress }),
    };
    return prefixed(await session.request(method, asked, ask, identityOf(params)));
  };

  const answer = async (request: RpcRequest, context: Incoming): Promise<RpcAnswer> => {
    const { method, params } = request;
    if (method === 'ping') return { result: {} };
    if (method === 'initialize') return initialize(params);
    if (method === 'server/discover') return { result: discoverResult(await introduction()) };
    if (passedOn.has(method)) return forward(request, context);
    return failed(methodNotFound, 'Method not found');
  };

  const answering = new Set<Promise<unknown>>();
  const noted = (answered: Promise<RpcAnswer>): Promise<RpcAnswer> => {
    const over: Promise<unknown> = answered.then(
      () => answering.delete(over),
      () => answering.delete(over),
    );
    answering.add(over);
    return answered;
  };

  const client = createPeer({
    link: { send: write },
    onRequest: (request, context) => noted(answer(request, context).catch(unreachable)),
    onNotification() {},
    onError,
  });

  return {
    receive: client.receive,
    async idle() {
      while (answering.size > 0) await Promise.all(answering);
    },
    async stop() {
      if (isStopped) return;
      isStopped = true;
      client.down('the client is gone');
      await opening?.then(
        (session) => session.close(),
        () => undefined,
      );
    },
  };
}
