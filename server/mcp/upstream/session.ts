/** An open conversation with a server: which era it speaks is settled, and what it says of itself known. */
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  LATEST_PROTOCOL_VERSION,
  PROTOCOL_VERSION_META_KEY,
  SERVER_INFO_META_KEY,
} from '../rpc/words.ts';
import type { McpEra, McpServerDescription } from '../../../events/mcpServer.ts';
import { LinkDown, NeedsAuth, NotSent, type Link } from '../rpc/link.ts';
import {
  isObject,
  metaOf,
  withMeta,
  type Json,
  type RpcAnswer,
  type RpcNotification,
  type RpcRequest,
} from '../rpc/message.ts';
import { createPeer, type Ask, type Incoming } from '../rpc/peer.ts';

/** Whom a server sees: the client of the gateway where there is one, else the gateway. */
export type Identity = Readonly<{ clientInfo: Json; capabilities: Json }>;

export type UpstreamSession = Readonly<{
  description: McpServerDescription;
  /** Which of several backends it is with; left out where there is one. */
  backend?: string;
  /** @throws {NotSent|SessionGone|LinkDown|TimedOut|Cancelled} */
  request(method: string, params: Json | undefined, ask: Ask, as?: Identity): Promise<RpcAnswer>;
  notify(method: string, params?: Json): Promise<void>;
  isOpen(): boolean;
  underWay(): number;
  /** May be called twice. */
  close(): Promise<void>;
}>;

type Options = Readonly<{
  link: Link;
  identity: Identity;
  /** What is remembered of the server; null asks it. */
  era: McpEra | null;
  /** How long each step may take. */
  stepMs: number;
  signal?: AbortSignal;
  /** All that is asked through it is asked by one client. */
  isSole?: boolean;
  /** What belongs to no request of ours. */
  onRequest: (request: RpcRequest, context: Incoming) => Promise<RpcAnswer>;
  onNotification: (notification: RpcNotification) => void;
  /** Told once, when it was open and ended by itself. */
  onClose: (reason: string) => void;
  onError: (error: unknown, about: string) => void;
}>;

export const modernVersion = '2026-07-28';
/** A server that does not know the question may not answer it at all. */
const mostProbeMs = 3_000;

const envelopeKeys = [
  PROTOCOL_VERSION_META_KEY,
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
] as const;

/** What each modern request says of whoever makes it. */
const envelopeOf = ({ clientInfo, capabilities }: Identity): Json => ({
  [PROTOCOL_VERSION_META_KEY]: modernVersion,
  [CLIENT_CAPABILITIES_META_KEY]: capabilities,
  [CLIENT_INFO_META_KEY]: clientInfo,
});

/** A server of sessions knows whom it talks to from their start. */
function withoutEnvelope(params: Json | undefined): Json | undefined {
  const meta = metaOf(params);
  if (!envelopeKeys.some((key) => key in meta)) return params;
  const kept = Object.entries(meta).filter(([key]) => !envelopeKeys.some((one) => one === key));
  return withMeta(params, Object.fromEntries(kept));
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const describedBy = (era: McpEra, protocolVersion: string, said: Json): McpServerDescription => ({
  era,
  protocolVersion,
  serverInfo: said['serverInfo'] ?? metaOf(said)[SERVER_INFO_META_KEY] ?? null,
  capabilities: isObject(said['capabilities']) ? { ...said['capabilities'] } : {},
  instructions: textOf(said['instructions']),
});

/** @throws {NeedsAuth|NotSent|LinkDown|TimedOut} when it cannot be opened; nothing of it is left then. */
export async function openSession(options: Options): Promise<UpstreamSession> {
  const { link, identity, stepMs, signal, onClose } = options;
  let isOpen = true;
  let isSettled = false;
  const peer = createPeer({ ...options, link });
  const ask: Ask = { timeoutMs: stepMs, mostMs: stepMs, ...(signal && { signal }) };

  const discover = async (): Promise<McpServerDescription | undefined> => {
    const params = { _meta: envelopeOf(identity) };
    const probeMs = Math.min(stepMs, mostProbeMs);
    try {
      const asked = { ...ask, timeoutMs: probeMs, mostMs: probeMs };
      const answer = await peer.request('server/discover', params, asked);
      if (!('result' in answer)) return undefined;
      const versions: unknown = answer.result['supportedVersions'];
      return Array.isArray(versions) && versions.includes(modernVersion)
        ? describedBy('modern', modernVersion, answer.result)
        : undefined;
    } catch (error) {
      if (error instanceof NeedsAuth || error instanceof NotSent || !isOpen) throw error;
      if (signal?.aborted) throw error;
      return undefined;
    }
  };

  const initialize = async (): Promise<McpServerDescription> => {
    const answer = await peer.request(
      'initialize',
      { protocolVersion: LATEST_PROTOCOL_VERSION, ...identity },
      ask,
    );
    if ('error' in answer) throw new LinkDown(`it refused to begin: ${answer.error.message}`);
    const version = textOf(answer.result['protocolVersion']) ?? LATEST_PROTOCOL_VERSION;
    link.agreedOn?.(version);
    await peer.notify('notifications/initialized');
    return describedBy('legacy', version, answer.result);
  };

  const begin = async () => {
    await link.open({
      onMessage: peer.receive,
      onLost: peer.lost,
      onPolled: peer.polled,
      onClose(reason) {
        isOpen = false;
        peer.down(reason);
        if (isSettled) onClose(reason);
      },
    });
    const modern = options.era === 'legacy' ? undefined : await discover();
    if (!modern) return initialize();
    link.agreedOn?.(modernVersion);
    return modern;
  };

  let description: McpServerDescription;
  try {
    description = await begin();
    isSettled = true;
  } catch (error) {
    await link.close();
    throw error;
  }
  if (!isOpen) throw new LinkDown('it ended right after its start');
  const isModern = description.era === 'modern';

  return {
    description,
    request: (method, params, asked, as = identity) =>
      peer.request(
        method,
        isModern
          ? withMeta(params, { ...metaOf(params), ...envelopeOf(as) })
          : withoutEnvelope(params),
        asked,
      ),
    notify: (method, params) => peer.notify(method, params),
    isOpen: () => isOpen,
    underWay: peer.underWay,
    async close() {
      isOpen = false;
      isSettled = false;
      peer.down('the gateway closed the connection');
      await link.close();
    },
  };
}
