/** How a connection to an MCP server changes with each fact. */
import { assign, setup, type SnapshotFrom } from 'xstate';
import type { McpConnectionEvent } from '../../events/mcpConnection.ts';
import type { McpEra, McpTransport } from '../../events/mcpServer.ts';

export type McpConnectionContext = Readonly<{
  server: string;
  gateway: string;
  transport: McpTransport;
  command: string | null;
  /** How often it was dialled in all: names the one dial that counts. */
  dials: number;
  /** In a row. */
  failures: number;
  /** How often in a row it was lost soon after it was ready. */
  losses: number;
  /** Why it is not connected; null while it is. */
  reason: string | null;
  /** When it is dialled again by itself (epoch). */
  retryAtMs: number | null;
  era: McpEra | null;
  protocolVersion: string | null;
  dialledAtMs: number | null;
  readyAtMs: number | null;
}>;

const initial: McpConnectionContext = {
  server: '',
  gateway: '',
  transport: 'stdio',
  command: null,
  dials: 0,
  failures: 0,
  losses: 0,
  reason: null,
  retryAtMs: null,
  era: null,
  protocolVersion: null,
  dialledAtMs: null,
  readyAtMs: null,
};

const connectionSetup = setup({
  types: {} as { context: McpConnectionContext; events: McpConnectionEvent },
});

const fell = connectionSetup.assign(({ event }) =>
  event.type === 'McpConnectionFailed' ? { ...event.data, readyAtMs: null } : {},
);

const refused = connectionSetup.assign(({ event }) =>
  event.type === 'McpConnectionNeedsAuth' ? { reason: event.data.reason, readyAtMs: null } : {},
);

export const mcpConnectionMachine = connectionSetup.createMachine({
  id: 'mcp-connection',
  context: initial,
  initial: 'idle',
  on: {
    McpConnectionDialled: {
      target: '.connecting',
      actions: assign(({ context, event: { data } }) => ({
        server: data.server,
        gateway: data.gateway,
        transport: data.transport,
        command: data.command,
        dialledAtMs: data.dialledAtMs,
        dials: context.dials + 1,
        failures: data.cause === 'retry' ? context.failures : 0,
        losses: data.cause === 'retry' ? context.losses : 0,
        retryAtMs: null,
        readyAtMs: null,
      })),
    },
    McpConnectionClosed: {
      target: '.disabled',
      actions: assign({
        failures: 0,
        losses: 0,
        reason: null,
        retryAtMs: null,
        readyAtMs: null,
      }),
    },
  },
  states: {
    idle: {},
    connecting: {
      on: {
        McpConnectionReady: {
          target: 'ready',
          actions: assign(({ event: { data } }) => ({ ...data, failures: 0, reason: null })),
        },
        McpConnectionFailed: [
          {
            guard: ({ event: { data } }) => data.retryAtMs === null,
            target: 'failed',
            actions: fell,
          },
          { target: 'backoff', actions: fell },
        ],
        McpConnectionNeedsAuth: { target: 'needsAuth', actions: refused },
      },
    },
    ready: {
      on: {
        McpConnectionLost: {
          target: 'backoff',
          actions: assign(({ event: { data } }) => ({
            reason: data.reason,
            retryAtMs: data.retryAtMs,
            failures: 1,
            losses: data.failures,
            readyAtMs: null,
          })),
        },
        McpConnectionNeedsAuth: { target: 'needsAuth', actions: refused },
      },
    },
    backoff: {},
    needsAuth: {},
    failed: {},
    disabled: { on: { McpConnectionClosed: undefined } },
  },
});

export type McpConnectionState = SnapshotFrom<typeof mcpConnectionMachine>;
