/** How a backend changes with each fact. */
import { assign, setup, type SnapshotFrom } from 'xstate';
import type { McpBackendEvent, McpBackendSettings } from '../../events/mcpBackend.ts';

export type McpBackendContext = Readonly<{
  settings: McpBackendSettings | null;
  /** Ids of the MCP servers behind it; null until it was asked. */
  servers: readonly string[] | null;
  /** Why it is out of use; null while it is not. */
  reason: string | null;
  drainingAtMs: number | null;
}>;

const initial: McpBackendContext = {
  settings: null,
  servers: null,
  reason: null,
  drainingAtMs: null,
};

/** Of one that is not named, checks and lists say nothing any more. */
const notNamed = {
  McpBackendServersListed: undefined,
  McpBackendHealthy: undefined,
  McpBackendUnhealthy: undefined,
  McpBackendDraining: undefined,
} as const;

export const mcpBackendMachine = setup({
  types: {} as { context: McpBackendContext; events: McpBackendEvent },
}).createMachine({
  id: 'mcp-backend',
  context: initial,
  initial: 'unknown',
  on: {
    McpBackendDeclared: {
      target: '.untested',
      actions: assign(({ context, event: { data } }) => {
        const { cause: _cause, ...settings } = data;
        // At another address there may be other servers.
        const isSame = settings.url === context.settings?.url;
        return { ...initial, settings, servers: isSame ? context.servers : null };
      }),
    },
    McpBackendServersListed: {
      actions: assign(({ event: { data } }) => ({ servers: data.servers })),
    },
    McpBackendHealthy: { target: '.healthy', actions: assign({ reason: null }) },
    McpBackendUnhealthy: {
      target: '.unhealthy',
      actions: assign(({ event: { data } }) => ({ reason: data.reason })),
    },
    McpBackendDraining: {
      target: '.draining',
      actions: assign(({ event: { data } }) => ({
        reason: 'the configuration names it no more',
        drainingAtMs: data.drainingAtMs,
      })),
    },
  },
  states: {
    unknown: { on: notNamed },
    untested: {},
    healthy: { on: { McpBackendHealthy: undefined } },
    unhealthy: { on: { McpBackendUnhealthy: undefined } },
    draining: { on: { ...notNamed, McpBackendDrained: 'gone' } },
    gone: { on: notNamed },
  },
});

export type McpBackendState = SnapshotFrom<typeof mcpBackendMachine>;
