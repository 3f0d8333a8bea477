/** Opens conversations with servers: for the gateway itself, and for one client alone. */
import { mcpServerKind } from '../../actors/mcpServer/mcpServer.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import type { ActorId } from '../../events/ids.ts';
import type { McpEra } from '../../events/mcpServer.ts';
import type { Vault } from '../vault.ts';
import { opened } from './config/keep.ts';
import { BadServer } from './config/written.ts';
import {
  failed,
  methodNotFound,
  type RpcAnswer,
  type RpcNotification,
  type RpcRequest,
} from './rpc/message.ts';
import type { Incoming } from './rpc/peer.ts';
import { linkTo } from './upstream/dial.ts';
import type { Dial } from './upstream/http.ts';
import { openSession, type Identity, type UpstreamSession } from './upstream/session.ts';
import type { StderrRings } from './upstream/stderr.ts';

export type Wish = Readonly<{
  /** Whom the server is to see; the gateway itself without one. */
  identity?: Identity;
  signal?: AbortSignal;
  onRequest?: (request: RpcRequest, context: Incoming) => Promise<RpcAnswer>;
  onNotification: (notification: RpcNotification) => void;
  onClose: (reason: string) => void;
}>;

export type Dialler = Readonly<{
  /** @throws when it cannot be reached; the reason is for people. */
  dial(server: ActorId, wish: Wish): Promise<UpstreamSession>;
}>;

type Options = Readonly<{
  runtime: Runtime;
  vault: Vault;
  version: string;
  /** The gateway's own environment. */
  environment: Readonly<Record<string, string | undefined>>;
  dialUrl: Dial;
  stderr: StderrRings;
  now: () => number;
  onError: (error: unknown, about: string) => void;
}>;

const stepMs = 30_000;
/** A server may have become a modern one since: then it is asked again. */
const believeLegacyMs = 24 * 60 * 60_000;

/** All that clients can do, so that a server hides nothing from the catalog. */
const ownCapabilities = {
  roots: { listChanged: true },
  sampling: {},
  elicitation: { form: {}, url: {} },
};

/** What a server asks while no client is there to be asked. */
function answerAlone({ method }: RpcRequest): Promise<RpcAnswer> {
  if (method === 'ping') return Promise.resolve({ result: {} });
  if (method === 'roots/list') return Promise.resolve({ result: { roots: [] } });
  return Promise.resolve(failed(methodNotFound, `no client is there to answer ${method}`));
}

export function createDialler(options: Options): Dialler {
  const { runtime, vault, version, environment, dialUrl, stderr, now, onError } = options;
  const servers = runtime.of(mcpServerKind);
  const own: Identity = {
    clientInfo: { name: 'signalbox', version },
    capabilities: ownCapabilities,
  };

  const remembered = (era: McpEra | null, atMs: number | null): McpEra | null =>
    era === 'legacy' && now() - (atMs ?? 0) > believeLegacyMs ? null : era;

  return {
    async dial(server, { identity = own, signal, onRequest = answerAlone, ...told }) {
      const state = servers.get(server)?.state;
      if (state?.value !== 'enabled') throw new BadServer('it is not enabled');
      const { settings, source, era, describedAtMs } = state.context;
      const variables = source === 'file' ? environment : null;
      const about = (error: unknown, what: string) =>
        onError(error, `MCP server ${server}: ${what}`);
      const link = linkTo({
        transport: settings.transport,
        opened: await opened(settings, variables, vault),
        environment,
        dial: dialUrl,
        onStderr: (text) => stderr.add(server, text),
        onError: about,
      });
      return openSession({
        link,
        identity,
        era: remembered(era, describedAtMs),
        stepMs,
        ...(signal && { signal }),
        onRequest,
        ...told,
        onError: about,
      });
    },
  };
}
