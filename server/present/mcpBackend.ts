/** The backends of an MCP server as the outside reads them. */
import { t, type Static } from 'elysia';
import type { Breakers } from '../breakers/breakers.ts';
import type { Member, Members } from '../mcp/backends/members.ts';
import { isoOf, nullable } from './list.ts';

export const mcpBackendSchema = t.Object({
  name: t.String(),
  url: nullable(t.String({ description: 'without user, and without the values of its query' })),
  state: t.String({
    description: 'untested, healthy, unhealthy, draining or gone, as this process sees it',
  }),
  reason: nullable(t.String({ description: 'why it is out of use' })),
  weight: t.Integer(),
  breaker: t.String({ description: 'closed, open or half-open' }),
  sessions: t.Integer({ description: 'of this process' }),
  last_health_check: nullable(t.String({ format: 'date-time' })),
});

export function presentMcpBackend(
  member: Member,
  { stateOf }: Pick<Members, 'stateOf'>,
  breakers: Pick<Breakers, 'stateOf'>,
): Static<typeof mcpBackendSchema> {
  const state = stateOf(member);
  return {
    name: member.name,
    url: state?.context.settings?.url ?? null,
    state: state?.value ?? 'untested',
    reason: state?.context.reason ?? null,
    weight: member.weight,
    breaker: breakers.stateOf(member.breaker).value,
    sessions: member.sessions.size,
    last_health_check: member.checkedAtMs === null ? null : isoOf(member.checkedAtMs),
  };
}
