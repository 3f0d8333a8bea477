/** An MCP server as its callers see it: whether it can be used, and nothing of how it is reached. */
import { t, type Static } from 'elysia';
import type { McpConnectionState } from '../../actors/mcpConnection/machine.ts';
import { statusOf } from './actor.ts';
import { isoOf, nullable } from './list.ts';
import { onlyBackend } from './mcpTool.ts';

export const mcpOverviewSchema = t.Object({
  name: t.String(),
  backend: t.String({ description: `"${onlyBackend}" where it has one only` }),
  status: t.Union([t.Literal('healthy'), t.Literal('unhealthy'), t.Literal('disabled')]),
  state: t.String({
    description: 'idle, connecting, ready, backoff, needsAuth, failed or disabled, in this process',
  }),
  tools_count: t.Integer({ description: 'that the caller may use' }),
  last_health_check: nullable(t.String({ format: 'date-time' })),
});

type Seen = Readonly<{
  id: string;
  isEnabled: boolean;
  connection: McpConnectionState | undefined;
  backend: string | undefined;
  tools: number;
  /** Epoch; undefined as long as nothing was heard of it. */
  checkedAtMs: number | undefined;
}>;

export function presentMcpOverview(seen: Seen): Static<typeof mcpOverviewSchema> {
  const { id, isEnabled, connection, backend, tools, checkedAtMs } = seen;
  const state = connection ? statusOf(connection.value) : 'idle';
  const isReady = state === 'ready';
  return {
    name: id,
    backend: backend ?? onlyBackend,
    status: !isEnabled ? 'disabled' : isReady ? 'healthy' : 'unhealthy',
    state: isEnabled ? state : 'disabled',
    tools_count: tools,
    last_health_check: checkedAtMs === undefined ? null : isoOf(checkedAtMs),
  };
}
