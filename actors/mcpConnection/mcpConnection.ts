/** The connection of one gateway process to one MCP server, as the runtime sees it. */
import type { McpConnectionEvent } from '../../events/mcpConnection.ts';
import type { ActorKindDefinition } from '../runtime/actorKind.ts';
import type { McpConnectionCommand } from './commands.ts';
import { decide } from './decide.ts';
import { mcpConnectionMachine } from './machine.ts';

/** The line is brought to where the state says it is: opened once for each dial, closed everywhere else but `ready`. */
export type LineEffect =
  | Readonly<{ type: 'OpenMcpLine'; dial: number }>
  | Readonly<{ type: 'CloseMcpLine'; dial: number }>;

export const mcpConnectionKind: ActorKindDefinition<
  typeof mcpConnectionMachine,
  McpConnectionCommand,
  McpConnectionEvent,
  LineEffect
> = {
  kind: 'mcp-connection',
  machine: mcpConnectionMachine,
  machineVersion: 2,
  decide,
  /** Only the gateway whose connection it is can do anything for it. */
  wakeAtMs: ({ value, context }, gatewayId) =>
    value === 'backoff' && context.gateway === gatewayId
      ? (context.retryAtMs ?? undefined)
      : undefined,
  wake: (nowMs) => ({ type: 'WakeMcpConnection', nowMs }),
  owed({ value, context }, gatewayId) {
    if (context.gateway !== gatewayId || value === 'ready') return [];
    const type = value === 'connecting' ? 'OpenMcpLine' : 'CloseMcpLine';
    return [{ type, dial: context.dials }];
  },
  isDormant: (state) => state.matches('disabled'),
};
