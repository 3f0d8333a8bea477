/** The MCP server as the runtime sees it. */
import type { McpServerEvent } from '../../events/mcpServer.ts';
import type { ActorKindDefinition } from '../runtime/actorKind.ts';
import type { McpServerCommand } from './commands.ts';
import { decide } from './decide.ts';
import { mcpServerMachine } from './machine.ts';

type EraseSecret = Readonly<{ type: 'EraseSecret'; secretRef: string }>;

export const mcpServerKind: ActorKindDefinition<
  typeof mcpServerMachine,
  McpServerCommand,
  McpServerEvent,
  EraseSecret
> = {
  kind: 'mcp-server',
  machine: mcpServerMachine,
  machineVersion: 2,
  decide,
  owed: ({ context }) =>
    context.secretsToErase.map((secretRef) => ({ type: 'EraseSecret', secretRef })),
  isDormant: (state) => state.matches('removed') && state.context.secretsToErase.length === 0,
};
