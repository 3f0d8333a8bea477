/** An MCP server as the outside reads it: its configuration without secrets, what it offers, and how it is reached. */
import { t, type Static } from 'elysia';
import type { McpConnectionState } from '../../actors/mcpConnection/machine.ts';
import type { McpServerState } from '../../actors/mcpServer/machine.ts';
import { toolsOff } from '../../actors/mcpServer/toolSwitches.ts';
import { mcpEra, mcpPrefix, mcpSource, mcpTransport } from '../../events/mcpServer.ts';
import type { ListFault } from '../mcp/catalogReader.ts';
import { statusOf } from './actor.ts';
import { isoOf, nullable } from './list.ts';
import { callRulesSchema, presentCallRules } from './mcpCallRules.ts';

const time = t.String({ format: 'date-time' });
const shown = t.Object({
  name: t.String(),
  value: nullable(t.String({ description: 'null: it is secret' })),
});

export const mcpConnectionSchema = t.Object({
  state: t.String({
    description: 'idle, connecting, ready, backoff, needsAuth, failed or disabled, in this process',
  }),
  reason: nullable(t.String({ description: 'why it is not connected' })),
  failures: t.Integer({ description: 'in a row' }),
  next_attempt_at: nullable(time),
  ready_since: nullable(time),
});

export const mcpServerSchema = t.Object({
  id: t.String(),
  name: t.String(),
  source: mcpSource,
  status: t.Union([t.Literal('enabled'), t.Literal('disabled'), t.Literal('left')], {
    description: 'left: its source no longer names it',
  }),
  transport: mcpTransport,
  command: nullable(t.String()),
  args: t.Array(nullable(t.String())),
  cwd: nullable(t.String()),
  env: t.Array(shown),
  url: nullable(t.String()),
  headers: t.Array(shown),
  stateless: t.Boolean(),
  disabled_tools: t.Array(t.String()),
  ...callRulesSchema,
  prefix: mcpPrefix,
  era: nullable(mcpEra),
  protocol_version: nullable(t.String()),
  tools_count: t.Integer(),
  resources_count: t.Integer(),
  prompts_count: t.Integer(),
  connection: mcpConnectionSchema,
  created_at: time,
});

export const listFaultSchema = t.Object({
  list: t.String({ description: 'tools, resources, resourceTemplates or prompts' }),
  reason: t.String(),
  since: time,
});

export const presentListFault = ({
  list,
  reason,
  sinceMs,
}: ListFault): Static<typeof listFaultSchema> => ({ list, reason, since: isoOf(sinceMs) });

const isoOrNull = (timeMs: number | null): string | null =>
  timeMs === null ? null : isoOf(timeMs);

export function presentMcpConnection(
  state: McpConnectionState | undefined,
): Static<typeof mcpConnectionSchema> {
  // One that was closed long ago is in memory no more.
  if (!state)
    return { state: 'idle', reason: null, failures: 0, next_attempt_at: null, ready_since: null };
  const { reason, failures, retryAtMs, readyAtMs } = state.context;
  return {
    state: statusOf(state.value),
    reason,
    failures,
    next_attempt_at: isoOrNull(retryAtMs),
    ready_since: isoOrNull(readyAtMs),
  };
}

const values = (hidden: readonly { name: string; text: string | null }[]) =>
  hidden.map(({ name, text }) => ({ name, value: text }));

export function presentMcpServer(
  id: string,
  { value, context }: McpServerState,
  connection: McpConnectionState | undefined,
): Static<typeof mcpServerSchema> {
  const { settings, lists } = context;
  return {
    id,
    name: context.name,
    source: context.source,
    status: value === 'enabled' || value === 'left' ? value : 'disabled',
    transport: settings.transport,
    command: settings.command,
    args: settings.args.map(({ text }) => text),
    cwd: settings.cwd,
    env: values(settings.env),
    url: settings.url,
    headers: values(settings.headers),
    stateless: settings.stateless,
    disabled_tools: [...toolsOff(context)],
    ...presentCallRules(settings.calls),
    prefix: settings.prefix ?? 'always',
    era: context.era,
    protocol_version: context.protocolVersion,
    tools_count: lists.tools.length,
    resources_count: lists.resources.length,
    prompts_count: lists.prompts.length,
    connection: presentMcpConnection(connection),
    created_at: isoOf(context.createdAtMs),
  };
}
