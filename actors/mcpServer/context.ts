/** What is known of an MCP server. */
import type {
  McpEra,
  McpItem,
  McpList,
  McpServerSettings,
  McpSource,
  McpToolSwitch,
} from '../../events/mcpServer.ts';

export type McpServerContext = Readonly<{
  name: string;
  source: McpSource;
  createdAtMs: number;
  settings: McpServerSettings;
  /** Null until a gateway was connected for the first time, and after a change of configuration. */
  era: McpEra | null;
  protocolVersion: string | null;
  describedAtMs: number | null;
  serverInfo: unknown;
  capabilities: Readonly<Record<string, unknown>>;
  instructions: string | null;
  /** What it offers, in the order in which it named it; kept while the server is away. */
  lists: Readonly<Record<McpList, readonly McpItem[]>>;
  /** Tools that an operator switched to something else than the configuration says. */
  toolSwitches: readonly McpToolSwitch[];
  /** How often an operator wanted it connected at once. */
  connectsAsked: number;
  secretsToErase: readonly string[];
}>;

const noSettings: McpServerSettings = {
  transport: 'stdio',
  command: null,
  args: [],
  env: [],
  cwd: null,
  url: null,
  headers: [],
  secretRef: '',
  fingerprint: '',
  stateless: false,
  toolsOff: [],
};

const undescribed = {
  era: null,
  protocolVersion: null,
  describedAtMs: null,
} as const;

export const unknownServer: McpServerContext = {
  name: '',
  source: 'api',
  createdAtMs: 0,
  settings: noSettings,
  ...undescribed,
  serverInfo: null,
  capabilities: {},
  instructions: null,
  lists: { tools: [], resources: [], resourceTemplates: [], prompts: [] },
  toolSwitches: [],
  connectsAsked: 0,
  secretsToErase: [],
};

/** Its configuration gives way to another one, whose secrets may be others. */
export const reconfigured = (
  { settings: before, secretsToErase }: McpServerContext,
  settings: McpServerSettings,
): Partial<McpServerContext> => ({
  settings,
  ...undescribed,
  secretsToErase:
    before.secretRef === '' || before.secretRef === settings.secretRef
      ? secretsToErase
      : [...secretsToErase, before.secretRef],
});
