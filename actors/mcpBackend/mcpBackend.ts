/** A backend of the MCP pool, as one gateway process sees it, and as the runtime sees it. */
import type { McpBackendEvent } from '../../events/mcpBackend.ts';
import type { ActorKindDefinition } from '../runtime/actorKind.ts';
import type { McpBackendCommand } from './commands.ts';
import { decide } from './decide.ts';
import { mcpBackendMachine } from './machine.ts';

export const mcpBackendKind: ActorKindDefinition<
  typeof mcpBackendMachine,
  McpBackendCommand,
  McpBackendEvent
> = {
  kind: 'mcp-backend',
  machine: mcpBackendMachine,
  machineVersion: 1,
  decide,
  isDormant: (state) => state.matches('gone'),
};
