/** The sessions of MCP clients that this gateway process holds. */
import { Elysia, t } from 'elysia';
import type { Door } from '../http/door.ts';
import { problems } from '../http/problem.ts';
import { shortId } from '../mcp/sessions/ids.ts';
import type { Session } from '../mcp/sessions/session.ts';
import { isoOf, nullable } from '../present/list.ts';
import type { Services } from '../services.ts';

const mostShown = 1_000;

const sessionSchema = t.Object({
  id: t.String({
    description: 'the begin of its id: enough to tell it apart, too little to use it',
  }),
  client: nullable(t.String()),
  client_info: t.Record(t.String(), t.Unknown()),
  server: nullable(t.String({ description: 'null for all servers under one roof' })),
  era: t.Literal('legacy'),
  protocol_version: t.String(),
  opened_at: t.String({ format: 'date-time' }),
  idle_ms: t.Integer(),
  streams: t.Integer({ description: 'streams that the client reads now' }),
  under_way: t.Integer({ description: 'requests in either direction' }),
});

export function mcpSessionRoutes({ gatewayId, mcp, now }: Services, { plugin }: Door) {
  const shown = (session: Session) => ({
    id: shortId(session.id),
    client: session.client?.clientId ?? null,
    client_info: { ...session.clientInfo() },
    server: session.view,
    era: 'legacy' as const,
    protocol_version: session.protocolVersion(),
    opened_at: isoOf(session.openedAtMs),
    idle_ms: Math.max(0, now() - session.lastUsedMs()),
    streams: session.streams.open(),
    under_way: session.underWay(),
  });

  return new Elysia({ name: 'mcp-sessions' }).use(plugin).get(
    '/api/mcp/sessions',
    () => ({
      data: [...mcp.sessions.all()].slice(-mostShown).toReversed().map(shown),
      total: mcp.sessions.size(),
      gateway_id: gatewayId,
    }),
    {
      response: {
        200: t.Object({
          data: t.Array(sessionSchema),
          total: t.Integer(),
          gateway_id: t.String({ description: 'each gateway process shows those that it holds' }),
        }),
        ...problems(401, 403),
      },
      detail: {
        summary: `Sessions of MCP clients in this process, the newest ${mostShown}`,
        tags: ['MCP'],
      },
    },
  );
}
