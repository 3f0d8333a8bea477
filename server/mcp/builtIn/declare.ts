/** Names the built-in server among all others, or takes it out: from then on it is one of them. */
import { mcpServerKind } from '../../../actors/mcpServer/mcpServer.ts';
import { Refusal } from '../../../actors/runtime/refusal.ts';
import type { Runtime } from '../../../actors/runtime/runtime.ts';
import { actorId } from '../../../events/ids.ts';
import type { Logger } from '../../logger.ts';
import type { WrittenServer } from '../config/written.ts';
import type { McpServers } from '../servers.ts';
import { builtInName } from './name.ts';

/** The request path has limits of its own for how long a model may think and write. */
const mostMs = 3_600_000;

const written: WrittenServer = {
  transport: 'built-in',
  command: null,
  args: [],
  env: {},
  cwd: null,
  url: null,
  headers: {},
  stateless: true,
  isEnabled: true,
  toolsOff: [],
  calls: { timeoutMs: mostMs, mostMs, cacheMs: 0, maxConcurrent: null, tools: [] },
  prefix: 'always',
};

type Options = Readonly<{
  servers: Pick<McpServers, 'declare'>;
  runtime: Runtime;
  logger: Logger;
}>;

const id = actorId(builtInName);

/** Undefined where nobody has the name. */
const stateOf = (runtime: Runtime) => {
  const state = runtime.of(mcpServerKind).get(id)?.state;
  return state?.value === 'unknown' || state?.value === 'removed' ? undefined : state;
};

export async function declareBuiltIn({ servers, runtime, logger }: Options): Promise<void> {
  await servers.declare(builtInName, written, 'built-in', runtime.ownCause());
  const state = stateOf(runtime);
  if (state && state.context.source !== 'built-in')
    logger.warn(
      { server: id },
      'an MCP server of this name is configured: the built-in one is not there',
    );
}

export async function withdrawBuiltIn({ runtime }: Pick<Options, 'runtime'>): Promise<void> {
  if (stateOf(runtime)?.context.source !== 'built-in') return;
  const command = { type: 'RemoveMcpServer', source: 'built-in' } as const;
  try {
    await runtime.of(mcpServerKind).ask(id, command, runtime.ownCause());
  } catch (error) {
    // Another process of the gateway was quicker.
    if (!(error instanceof Refusal)) throw error;
  }
}
