/** Which MCP servers a caller may use, how they are, and how the MCP side is as a whole. */
import { Elysia, t } from 'elysia';
import { mcpServerKind } from '../../actors/mcpServer/mcpServer.ts';
import type { Client } from '../access/clients.ts';
import type { ActorId } from '../../events/ids.ts';
import type { Door } from '../http/door.ts';
import { problems } from '../http/problem.ts';
import { mcpOverviewSchema, presentMcpOverview } from '../present/mcpOverview.ts';
import type { Services } from '../services.ts';

const tags = ['MCP'];

export function mcpOverviewRoutes({ runtime, mcp }: Services, { plugin }: Door) {
  const actors = runtime.of(mcpServerKind);
  const { catalog, policy, connections, backends, sessions, pool } = mcp;

  const shown = (client: Client | null) =>
    [...actors.all()]
      .filter(({ id, state }) => state.value !== 'removed' && policy.allowsServer(client, id))
      .toSorted((one, other) => (one.id < other.id ? -1 : 1))
      .map(({ id, state }) =>
        presentMcpOverview({
          id,
          isEnabled: state.value === 'enabled',
          connection: connections.stateOf(id),
          backend: connections.session(id)?.backend ?? backends.of(id)?.[0]?.name,
          tools: countOf(id, client),
          checkedAtMs: backends.checkedAtMs(id) ?? connections.checkedAtMs(id),
        }),
      );
  const countOf = (server: ActorId, client: Client | null): number =>
    catalog.list(server, 'tools').filter((offer) => policy.allowsTool(client, offer)).length;

  return new Elysia({ name: 'mcp-overview' })
    .use(plugin)
    .get(
      '/api/servers',
      ({ caller }) => ({ servers: shown(caller.kind === 'client' ? caller.client : null) }),
      {
        response: { 200: t.Object({ servers: t.Array(mcpOverviewSchema) }), ...problems(401, 403) },
        detail: { summary: 'The MCP servers that the caller may use', tags },
      },
    )
    .get(
      '/api/mcp/status',
      ({ caller }) => {
        const servers = shown(caller.kind === 'client' ? caller.client : null);
        const count = (status: string) => servers.filter((one) => one.status === status).length;
        const unhealthy = count('unhealthy');
        return {
          status: unhealthy === 0 ? ('healthy' as const) : ('degraded' as const),
          servers: {
            total: servers.length,
            healthy: count('healthy'),
            unhealthy,
            disabled: count('disabled'),
          },
          tools_count: servers.reduce((sum, { tools_count }) => sum + tools_count, 0),
          ...(caller.kind === 'operator' && {
            sessions: sessions.size(),
            connections: pool.size(),
          }),
        };
      },
      {
        response: {
          200: t.Object({
            status: t.Union([t.Literal('healthy'), t.Literal('degraded')]),
            servers: t.Object({
              total: t.Integer(),
              healthy: t.Integer(),
              unhealthy: t.Integer(),
              disabled: t.Integer(),
            }),
            tools_count: t.Integer(),
            sessions: t.Optional(
              t.Integer({ description: 'of clients, in this process; operators only' }),
            ),
            connections: t.Optional(
              t.Integer({ description: 'to servers for single clients; operators only' }),
            ),
          }),
          ...problems(401, 403),
        },
        detail: { summary: 'The MCP side as a whole', tags },
      },
    );
}
