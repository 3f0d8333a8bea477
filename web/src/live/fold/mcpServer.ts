/** An MCP server, as its facts make it. */
import { omit, type Data, type Fold } from './step.ts';

type Hidden = readonly Readonly<{ name: string; text: string | null }>[];
/** What a server offers, by name; the whole of it is read when it is looked at. */
export type McpItemName = Readonly<{ name: string; hash: string }>;

export type McpServerContext = Readonly<{
  name: string;
  source: string;
  created_at_ms: number;
  settings: Readonly<{
    transport: string;
    command: string | null;
    args: Hidden;
    env: Hidden;
    cwd: string | null;
    url: string | null;
    headers: Hidden;
    stateless: boolean;
    tools_off: readonly string[];
    calls?: Data;
    prefix?: string;
    is_pooled?: boolean;
  }>;
  era: string | null;
  protocol_version: string | null;
  described_at_ms: number | null;
  server_info: unknown;
  lists: Readonly<Record<string, readonly McpItemName[]>>;
  tool_switches: readonly Readonly<{ name: string; is_enabled: boolean }>[];
  connects_asked: number;
}>;

const undescribed = { era: null, protocol_version: null, described_at_ms: null };

export const unknownMcpServer: McpServerContext = {
  name: '',
  source: 'api',
  created_at_ms: 0,
  settings: {
    transport: 'stdio',
    command: null,
    args: [],
    env: [],
    cwd: null,
    url: null,
    headers: [],
    stateless: false,
    tools_off: [],
  },
  ...undescribed,
  server_info: null,
  lists: { tools: [], resources: [], resourceTemplates: [], prompts: [] },
  tool_switches: [],
  connects_asked: 0,
};

const settingsOf = (data: Data) =>
  omit(data['settings'] as Data, ['secret_ref', 'fingerprint']) as McpServerContext['settings'];

const namesOf = (items: unknown) =>
  (items as readonly McpItemName[]).map(({ name, hash }) => ({ name, hash }));

/** All of it, or what a part of a large change leaves. */
function listAfter(before: readonly McpItemName[], data: Data): readonly McpItemName[] {
  const items = namesOf(data['items']);
  if (data['part'] === undefined) return items;
  const gone = new Set(data['removed'] as readonly string[]);
  const news = new Map(items.map((item) => [item.name, item]));
  const kept = before
    .filter(({ name }) => !gone.has(name))
    .map((item) => news.get(item.name) ?? item);
  const known = new Set(kept.map(({ name }) => name));
  return [...kept, ...items.filter(({ name }) => !known.has(name))];
}

/** What the configuration says anyway needs no switch. */
function switchesAfter({ settings, tool_switches }: McpServerContext, data: Data) {
  const name = String(data['tool']);
  const isEnabled = data['is_enabled'] === true;
  const others = tool_switches.filter((one) => one.name !== name);
  const isUsual = isEnabled !== settings.tools_off.includes(name);
  return isUsual ? others : [...others, { name, is_enabled: isEnabled }];
}

export const foldMcpServer: Fold<McpServerContext> = ({ status, context }, type, data) => {
  const isThere = status !== 'unknown' && status !== 'removed';
  if (isThere === (type === 'McpServerAdded')) return undefined;
  switch (type) {
    case 'McpServerAdded':
      return {
        status: 'enabled',
        context: { ...unknownMcpServer, ...data, settings: settingsOf(data) },
      };
    case 'McpServerChanged':
      return { status, context: { ...context, settings: settingsOf(data), ...undescribed } };
    case 'McpServerDescribed':
      return { status, context: { ...context, ...omit(data, ['capabilities', 'instructions']) } };
    case 'McpServerItemsListed': {
      const list = String(data['list']);
      const lists = { ...context.lists, [list]: listAfter(context.lists[list] ?? [], data) };
      return { status, context: { ...context, lists } };
    }
    case 'McpToolSwitched':
      return { status, context: { ...context, tool_switches: switchesAfter(context, data) } };
    case 'McpServerConnectAsked':
      if (status !== 'enabled') return undefined;
      return { status, context: { ...context, connects_asked: context.connects_asked + 1 } };
    case 'McpServerEnabled':
      return status === 'disabled' ? { status: 'enabled', context } : undefined;
    case 'McpServerDisabled':
      return status === 'enabled' ? { status: 'disabled', context } : undefined;
    case 'McpServerLeftSource':
      return status === 'left' ? undefined : { status: 'left', context };
    case 'McpServerReturned':
      return status === 'left' ? { status: 'enabled', context } : undefined;
    case 'McpServerRemoved': {
      const { name, source } = context;
      return { status: 'removed', context: { ...unknownMcpServer, name, source } };
    }
    default:
      return undefined;
  }
};
