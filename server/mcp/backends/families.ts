/** Gauges of the backends, read at the scrape. */
import type { Breakers } from '../../breakers/breakers.ts';
import type { Sample } from '../../metrics/counters.ts';
import type { Family } from '../../metrics/metrics.ts';
import type { Member, Members } from './members.ts';

const states = ['untested', 'healthy', 'unhealthy'] as const;
const breakerStates = ['closed', 'open', 'half-open'] as const;

export function backendFamilies(
  members: Members,
  breakers: Pick<Breakers, 'stateOf'>,
): readonly Family[] {
  const each = (samplesOf: (member: Member) => Sample[]) => () =>
    [...members.all()].flatMap(samplesOf);
  const oneOf = (member: Member, all: readonly string[], present: string | undefined) =>
    all.map((state) => ({
      labels: { backend: member.name, state },
      value: Number(state === present),
    }));

  return [
    {
      name: 'signalbox_mcp_backend_state',
      help: 'MCP backends by state: 1 for the state it is in',
      type: 'gauge',
      samples: each((member) => oneOf(member, states, members.stateOf(member)?.value)),
    },
    {
      name: 'signalbox_mcp_backend_breaker_state',
      help: 'Breakers of MCP backends by state: 1 for the state it is in',
      type: 'gauge',
      samples: each((member) =>
        oneOf(member, breakerStates, breakers.stateOf(member.breaker).value),
      ),
    },
    {
      name: 'signalbox_mcp_backend_sessions',
      help: 'Sessions with MCP backends in this process',
      type: 'gauge',
      samples: each((member) => [
        { labels: { backend: member.name }, value: member.sessions.size },
      ]),
    },
  ];
}
