/** What can be asked of an MCP server. */
import type {
  McpItem,
  McpList,
  McpServerDescription,
  McpServerEvent,
  McpServerSettings,
  McpSource,
} from '../../events/mcpServer.ts';

type DataOf<Type> = Extract<McpServerEvent, { type: Type }>['data'];

export type AddMcpServer = Readonly<{ type: 'AddMcpServer' }> & DataOf<'McpServerAdded'>;

/** Another configuration. From the environment or a file it leaves alone what is not its own. */
export type ChangeMcpServer = Readonly<{
  type: 'ChangeMcpServer';
  source: McpSource;
  settings: McpServerSettings;
}>;

export type EnableMcpServer = Readonly<{ type: 'EnableMcpServer' }>;
export type DisableMcpServer = Readonly<{ type: 'DisableMcpServer' }>;

/** An operator wants every gateway to try now. */
export type AskForConnection = Readonly<{ type: 'AskForConnection' }>;

/** What the server said of itself when a gateway connected. */
export type DescribeMcpServer = Readonly<{
  type: 'DescribeMcpServer';
  description: McpServerDescription;
  nowMs: number;
}>;

/** One of its lists as a gateway read it. */
export type ListMcpItems = Readonly<{
  type: 'ListMcpItems';
  list: McpList;
  items: readonly McpItem[];
}>;

/** An operator's word on one tool, by the server's own name of it; it goes before what the configuration says. */
export type SwitchMcpTool = Readonly<{ type: 'SwitchMcpTool'; tool: string; isEnabled: boolean }>;

export type LeaveSource = Readonly<{ type: 'LeaveSource'; source: McpSource }>;
export type ReturnToSource = Readonly<{ type: 'ReturnToSource'; source: McpSource }>;
/** One that is built in is taken out by the gateway alone: without `source` it stays. */
export type RemoveMcpServer = Readonly<{ type: 'RemoveMcpServer'; source?: 'built-in' }>;
export type EraseSecretDone = Readonly<{ type: 'EraseSecretDone'; secretRef: string }>;

export type McpServerCommand =
  | AddMcpServer
  | ChangeMcpServer
  | EnableMcpServer
  | DisableMcpServer
  | AskForConnection
  | DescribeMcpServer
  | ListMcpItems
  | SwitchMcpTool
  | LeaveSource
  | ReturnToSource
  | RemoveMcpServer
  | EraseSecretDone;
