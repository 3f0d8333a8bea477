/** Opens conversations with servers: for the gateway itself, and for one client alone. */
import { mcpServerKind } from '../../actors/mcpServer/mcpServer.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import type { ActorId } from '../../events/ids.ts';
import type { McpEra } from '../../events/mcpServer.ts';
import type { Vault } from '../vault.ts';
import type { Reaching } from './backends/reach.ts';
import type { BuiltIn } from './builtIn/builtIn.ts';
import { opened, type Opened } from './config/keep.ts';
import { hiderOf } from './config/hider.ts';
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
import type { Guard } from './upstream/guard.ts';
import type { Dial } from './upstream/http.ts';
import { openSession, type Identity, type UpstreamSession } from './upstream/session.ts';
import type { StderrRings } from './upstream/stderr.ts';

export type Wish = Readonly<{
  /** Whom the server is to see; the gateway itself without one. */
  identity?: Identity;
  /** All that is asked through it is asked by one client. */
  isSole?: boolean;
  /** Instead of what is remembered of it. */
  era?: McpEra;
  signal?: AbortSignal;
  /** Of a server of the pool: this backend, for everybody. */
  backend?: string;
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
  backends: Pick<Reaching, 'reach'>;
  builtIn: BuiltIn;
  guard: Guard;
  stderr: StderrRings;
  /** How long each step of the start may take. */
  stepMs: () => number;
  now: () => number;
  onError: (error: unknown, about: string) => void;
}>;

const nothingKept = { command: null, args: [], env: {}, cwd: null } as const;
const nothingOpened: Opened = { ...nothingKept, url: null, headers: {} };
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
  const { runtime, vault, version, environment, dialUrl, guard, stderr, now, onError } = options;
  const { backends, builtIn } = options;
  const servers = runtime.of(mcpServerKind);
  const own: Identity = {
    clientInfo: { name: 'signalbox', version },
    capabilities: ownCapabilities,
  };

  const remembered = (era: McpEra | null, atMs: number | null): McpEra | null =>
    era === 'legacy' && now() - (atMs ?? 0) > believeLegacyMs ? null : era;

  return {
    async dial(server, wish) {
      const { identity = own, signal, backend, onRequest = answerAlone, isSole, ...told } = wish;
      const state = servers.get(server)?.state;
      if (state?.value !== 'enabled') throw new BadServer('it is not enabled');
      const { settings, source, era, describedAtMs } = state.context;
      const variables = source === 'file' ? environment : null;
      const about = (error: unknown, what: string) =>
        onError(error, `MCP server ${server}: ${what}`);
      const open = async (all: Opened, onClose: Wish['onClose']) => {
        const hide = hiderOf(settings, all);
        const link = await linkTo({
          builtIn,
          transport: settings.transport,
          opened: all,
          environment,
          dial: dialUrl,
          guard,
          onStderr: stderr.writer(server, hide),
          onError: about,
        });
        try {
          return await openSession({
            link,
            identity,
            era: told.era ?? remembered(era, describedAtMs),
            stepMs: options.stepMs(),
            ...(signal && { signal }),
            ...(isSole && { isSole }),
            onRequest,
            ...told,
            onClose,
            onError: about,
          });
        } catch (error) {
          // Servers say back what they were given.
          if (error instanceof Error) error.message = hide(error.message);
          throw error;
        }
      };
      if (settings.transport === 'built-in') return open(nothingOpened, told.onClose);
      if (!settings.isPooled) return open(await opened(settings, variables, vault), told.onClose);
      const use = backend !== undefined ? 'shared' : identity === own ? 'own' : 'client';
      const reach = {
        use,
        onClose: told.onClose,
        ...(backend !== undefined && { backend }),
        ...(signal && { signal }),
      } as const;
      return backends.reach(server, reach, ({ url, headers }, onClose) =>
        open({ ...nothingKept, url: url.href, headers }, onClose),
      );
    },
  };
}
