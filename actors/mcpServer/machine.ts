/** How an MCP server changes with each fact. */
import { assign, setup, type SnapshotFrom } from 'xstate';
import type { McpServerEvent } from '../../events/mcpServer.ts';
import { reconfigured, unknownServer, type McpServerContext } from './context.ts';
import { afterListed } from './lists.ts';
import { switchesAfter } from './toolSwitches.ts';

/** A server that is not there takes nothing but being added, and what is left to be done about its secrets. */
const notThere = {
  McpServerChanged: undefined,
  McpServerDescribed: undefined,
  McpServerItemsListed: undefined,
  McpToolSwitched: undefined,
  McpServerRemoved: undefined,
} as const;

const mcpSetup = setup({ types: {} as { context: McpServerContext; events: McpServerEvent } });

const added = {
  target: 'enabled',
  actions: mcpSetup.assign(({ context, event }) =>
    event.type === 'McpServerAdded'
      ? { ...unknownServer, ...event.data, secretsToErase: context.secretsToErase }
      : {},
  ),
} as const;

export const mcpServerMachine = mcpSetup.createMachine({
  id: 'mcp-server',
  context: unknownServer,
  initial: 'unknown',
  on: {
    McpServerChanged: {
      actions: assign(({ context, event: { data } }) => reconfigured(context, data.settings)),
    },
    McpServerDescribed: { actions: assign(({ event: { data } }) => data) },
    McpServerItemsListed: {
      actions: assign(({ context, event: { data } }) => ({
        lists: afterListed(context.lists, data),
      })),
    },
    McpToolSwitched: {
      actions: assign(({ context, event: { data } }) => ({
        toolSwitches: switchesAfter(context, data),
      })),
    },
    McpServerRemoved: {
      target: '.removed',
      actions: assign(({ context }) => ({
        ...unknownServer,
        name: context.name,
        source: context.source,
        secretsToErase: [...context.secretsToErase, context.settings.secretRef],
      })),
    },
    McpServerSecretErased: {
      actions: assign(({ context, event: { data } }) => ({
        secretsToErase: context.secretsToErase.filter((ref) => ref !== data.secretRef),
      })),
    },
  },
  states: {
    unknown: { on: { McpServerAdded: added, ...notThere, McpServerSecretErased: undefined } },
    enabled: {
      on: {
        McpServerDisabled: 'disabled',
        McpServerLeftSource: 'left',
        McpServerConnectAsked: {
          actions: assign(({ context }) => ({ connectsAsked: context.connectsAsked + 1 })),
        },
      },
    },
    disabled: { on: { McpServerEnabled: 'enabled', McpServerLeftSource: 'left' } },
    left: { on: { McpServerReturned: 'enabled' } },
    /** An operator may add it again under its old id. */
    removed: { on: { McpServerAdded: added, ...notThere } },
  },
});

export type McpServerState = SnapshotFrom<typeof mcpServerMachine>;
