/** What a command to a backend leads to: one event, or nothing. */
import { isDeepStrictEqual } from 'node:util';
import type { McpBackendEvent } from '../../events/mcpBackend.ts';
import type { DeclareMcpBackend, McpBackendCommand } from './commands.ts';
import type { McpBackendState } from './machine.ts';

type Decision = McpBackendEvent | null;

const isNamed = ({ value }: McpBackendState): boolean =>
  value === 'untested' || value === 'healthy' || value === 'unhealthy';

export function decide(command: McpBackendCommand, state: McpBackendState): Decision {
  const { value, context } = state;
  switch (command.type) {
    case 'DeclareMcpBackend':
      return declare(command, state);
    case 'ListBackendServers': {
      const servers = [...new Set(command.servers)].toSorted();
      return isNamed(state) && !isDeepStrictEqual(servers, context.servers)
        ? { type: 'McpBackendServersListed', data: { servers } }
        : null;
    }
    case 'ReportBackendHealthy': {
      const { type: _type, ...data } = command;
      return value === 'untested' || value === 'unhealthy'
        ? { type: 'McpBackendHealthy', data }
        : null;
    }
    case 'ReportBackendUnhealthy': {
      const { type: _type, ...data } = command;
      return value === 'untested' || value === 'healthy'
        ? { type: 'McpBackendUnhealthy', data }
        : null;
    }
    case 'DrainMcpBackend': {
      const { sessions, nowMs: drainingAtMs } = command;
      return isNamed(state)
        ? { type: 'McpBackendDraining', data: { sessions, drainingAtMs } }
        : null;
    }
    case 'EndMcpBackend': {
      const { type: _type, ...data } = command;
      return value === 'draining' ? { type: 'McpBackendDrained', data } : null;
    }
    default:
      return command satisfies never;
  }
}

function declare({ settings, isRestart }: DeclareMcpBackend, state: McpBackendState): Decision {
  const { value, context } = state;
  const declared = (cause: 'added' | 'changed' | 'returned' | 'restarted'): Decision => ({
    type: 'McpBackendDeclared',
    data: { ...settings, cause },
  });
  if (value === 'unknown') return declared('added');
  if (!isNamed(state)) return declared('returned');
  if (!isDeepStrictEqual(settings, context.settings)) return declared('changed');
  return isRestart && value === 'unhealthy' ? declared('restarted') : null;
}
