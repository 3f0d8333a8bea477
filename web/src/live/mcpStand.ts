/** Whether an MCP server can be used now: made of the server, its connections and its backends. */
import { createMemo, type Accessor } from 'solid-js';
import type { Actor } from './fold/actors.ts';
import { actorOf, actorsOf } from './selectors.ts';
import { world } from './store.ts';
import type { ToolCall } from './world.ts';

export type McpServer = Actor<'mcp-server'>;
export type McpConnection = Actor<'mcp-connection'>;

export type McpStand = Readonly<{
  /** A status of the connection, of the server where it is not to be connected, or of its backends. */
  status: string;
  why: string | null;
  /** When it is tried again. */
  untilMs: number | null;
}>;

const connectionsOf = (id: string): readonly McpConnection[] =>
  actorsOf('mcp-connection').filter(({ context }) => context.server === id);

/** The one of the gateway that this page follows, else any. */
export function connectionOf(id: string): McpConnection | undefined {
  const own = actorOf('mcp-connection', `${id}-${world()?.gatewayId ?? ''}`);
  return own ?? connectionsOf(id)[0];
}

export const backendsOf = (id: string): readonly Actor<'mcp-backend'>[] =>
  actorsOf('mcp-backend').filter(({ context }) => context.servers?.includes(id));

export function standOf({ id, status, context }: McpServer): McpStand {
  if (status !== 'enabled') {
    const why = status === 'left' ? `The ${context.source} names it no more` : 'Switched off';
    return { status, why, untilMs: null };
  }
  if (context.settings.is_pooled === true) {
    const all = backendsOf(id);
    const isReady = all.some((one) => one.status === 'healthy');
    const why = isReady ? null : (all[0]?.context.reason ?? 'None of its backends is healthy');
    return { status: isReady ? 'ready' : 'unhealthy', why, untilMs: null };
  }
  const connection = connectionOf(id);
  if (!connection) return { status: 'idle', why: 'Not asked for yet', untilMs: null };
  const { reason, retry_at_ms: untilMs } = connection.context;
  const isAway = connection.status === 'backoff' || connection.status === 'failed';
  return {
    status: connection.status,
    why: connection.status === 'ready' ? null : reason,
    untilMs: isAway ? untilMs : null,
  };
}

export type Group = 'ready' | 'away' | 'off';

const groups: Readonly<Record<string, Group>> = {
  ready: 'ready',
  disabled: 'off',
  left: 'off',
  idle: 'off',
};
export const groupOf = (stand: McpStand): Group => groups[stand.status] ?? 'away';

const isToolOn = ({ settings, tool_switches: switches }: McpServer['context'], tool: string) =>
  switches.find(({ name }) => name === tool)?.is_enabled ?? !settings.tools_off.includes(tool);

export const toolOn = (server: McpServer, tool: string): boolean => isToolOn(server.context, tool);

/** Changes whenever a server, or what it offers, does. */
export const offerMark = (): string =>
  actorsOf('mcp-server')
    .map(({ id, sequence }) => `${id} ${sequence}`)
    .join('\n');

/** Changes whenever one of its lists does: by the hashes of what is in them. */
export const listMark = (
  server: Accessor<McpServer>,
  lists: Accessor<readonly string[]>,
): Accessor<Readonly<{ id: string; hashes: string }>> =>
  createMemo(
    () => {
      const { id, context } = server();
      const items = lists().flatMap((list) => context.lists[list] ?? []);
      return { id, hashes: items.map(({ hash }) => hash).join() };
    },
    undefined,
    { equals: (one, other) => one.id === other.id && one.hashes === other.hashes },
  );

/** The newest that is remembered. */
export const lastCallOf = (id: string): ToolCall | undefined =>
  world()?.calls.find(({ server }) => server === id);
