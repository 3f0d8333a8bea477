/** What a server's state and facts ask of the connection to it. */
import type { DialMcpServer, HangUp } from '../../actors/mcpConnection/commands.ts';
import type { McpServerState } from '../../actors/mcpServer/machine.ts';
import type { McpDialCause } from '../../events/mcpConnection.ts';
import type { ActorId } from '../../events/ids.ts';

/** By the fact that causes a dial; any other causes none. */
export const dialCauses: Readonly<Record<string, McpDialCause>> = {
  McpServerAdded: 'enabled',
  McpServerEnabled: 'enabled',
  McpServerReturned: 'enabled',
  McpServerChanged: 'changed',
  McpServerConnectAsked: 'operator',
};

type Dialled = Readonly<{ server: ActorId; gateway: string; state: McpServerState }>;

export function dialCommand(
  { server, gateway, state }: Dialled,
  cause: McpDialCause,
  nowMs: number,
): DialMcpServer {
  const { transport, command } = state.context.settings;
  return { type: 'DialMcpServer', cause, line: { server, gateway, transport, command }, nowMs };
}

export const hangUpCommand = ({ value }: McpServerState): HangUp => ({
  type: 'HangUp',
  cause: value === 'removed' ? 'removed' : 'disabled',
});
