/** Names the built-in server among all others, or takes it out: from then on it is one of them. */
import { mcpServerKind } from '../../../actors/mcpServer/mcpServer.ts';
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
  isWanted: boolean;
  servers: Pick<McpServers, 'declare' | 'leaveAllBut'>;
  runtime: Runtime;
  logger: Logger;
}>;

export async function declareBuiltIn({ isWanted, servers, runtime, logger }: Options) {
  const id = actorId(builtInName);
  const cause = runtime.ownCause();
  if (!isWanted) return servers.leaveAllBut(new Set(), 'built-in', cause);
  await servers.declare(builtInName, written, 'built-in', cause);
  const state = runtime.of(mcpServerKind).get(id)?.state;
  if (state && state.value !== 'removed' && state.context.source !== 'built-in')
    logger.warn(
      { server: id },
      'an MCP server of this name is configured: the built-in one is not there',
    );
}
