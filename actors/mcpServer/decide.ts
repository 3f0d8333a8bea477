/** What a command to an MCP server leads to: one event, nothing, or a refusal. */
import { isDeepStrictEqual } from 'node:util';
import type { McpServerEvent } from '../../events/mcpServer.ts';
import { Refusal } from '../runtime/refusal.ts';
import type {
  AddMcpServer,
  ChangeMcpServer,
  DescribeMcpServer,
  McpServerCommand,
} from './commands.ts';
import { listedEvent } from './lists.ts';
import type { McpServerState } from './machine.ts';
import { switchTool } from './toolSwitches.ts';

type Decision = McpServerEvent | null;

export function decide(command: McpServerCommand, state: McpServerState): Decision {
  const { value, context } = state;
  switch (command.type) {
    case 'AddMcpServer':
      return add(command, state);
    case 'ChangeMcpServer':
      return change(command, state);
    case 'EnableMcpServer':
      mustBeThere(state);
      mustNotHaveLeft(state);
      return value === 'disabled' ? { type: 'McpServerEnabled', data: {} } : null;
    case 'DisableMcpServer':
      mustBeThere(state);
      return value === 'enabled' ? { type: 'McpServerDisabled', data: {} } : null;
    case 'AskForConnection':
      mustBeThere(state);
      mustNotHaveLeft(state);
      return value === 'enabled'
        ? { type: 'McpServerConnectAsked', data: {} }
        : { type: 'McpServerEnabled', data: {} };
    case 'DescribeMcpServer':
      return describe(command, state);
    case 'ListMcpItems':
      return isThere(state)
        ? listedEvent(command.list, context.lists[command.list], command.items)
        : null;
    case 'SwitchMcpTool':
      mustBeThere(state);
      return switchTool(command, context);
    case 'LeaveSource':
      return (value === 'enabled' || value === 'disabled') && context.source === command.source
        ? { type: 'McpServerLeftSource', data: { source: command.source } }
        : null;
    case 'ReturnToSource':
      return value === 'left' && context.source === command.source
        ? { type: 'McpServerReturned', data: { source: command.source } }
        : null;
    case 'RemoveMcpServer':
      mustBeThere(state);
      if (command.source !== 'built-in') mustNotBeBuiltIn(state);
      return { type: 'McpServerRemoved', data: {} };
    case 'EraseSecretDone':
      return context.secretsToErase.includes(command.secretRef)
        ? { type: 'McpServerSecretErased', data: { secretRef: command.secretRef } }
        : null;
    default:
      return command satisfies never;
  }
}

const isThere = ({ value }: McpServerState): boolean => value !== 'unknown' && value !== 'removed';

function mustBeThere({ value }: McpServerState): void {
  if (value === 'unknown') throw new Refusal('NOT_FOUND', 'there is no such MCP server');
  if (value === 'removed') throw new Refusal('GONE', 'the MCP server was removed before');
}

function mustNotBeBuiltIn({ context }: McpServerState): void {
  if (context.source !== 'built-in') return;
  throw new Refusal('INVALID', 'this MCP server is a part of the gateway; disable it instead');
}

function mustNotHaveLeft({ value, context }: McpServerState): void {
  if (value !== 'left') return;
  throw new Refusal(
    'INVALID',
    `the ${context.source} no longer names this MCP server; name it there again, or remove it here`,
  );
}

function add(command: AddMcpServer, { value, context }: McpServerState): Decision {
  const { type: _type, ...data } = command;
  const added: Decision = { type: 'McpServerAdded', data };
  // No operator removed one that was built in: its name is anybody's again.
  if (value === 'unknown' || (value === 'removed' && context.source === 'built-in')) return added;
  // What an operator removed stays removed, however often the file names it.
  if (data.source !== 'api') return null;
  if (value === 'removed') return added;
  throw new Refusal('ALREADY_EXISTS', 'there is an MCP server with this name already');
}

function change({ source, settings }: ChangeMcpServer, state: McpServerState): Decision {
  const { context } = state;
  if (source === 'api') mustBeThere(state);
  if (!isThere(state)) return null;
  if (context.source !== source) {
    if (source !== 'api') return null;
    mustNotBeBuiltIn(state);
    throw new Refusal(
      'INVALID',
      `the ${context.source} holds the configuration of this MCP server; change it there`,
    );
  }
  const { secretRef } = context.settings;
  // The same under another name in the vault is the same.
  const isSame = isDeepStrictEqual({ ...settings, secretRef }, context.settings);
  return isSame ? null : { type: 'McpServerChanged', data: { settings, source } };
}

function describe({ description, nowMs }: DescribeMcpServer, state: McpServerState): Decision {
  if (!isThere(state)) return null;
  const { era, protocolVersion, serverInfo, capabilities, instructions } = state.context;
  const known = { era, protocolVersion, serverInfo, capabilities, instructions };
  if (isDeepStrictEqual(known, description)) return null;
  return { type: 'McpServerDescribed', data: { ...description, describedAtMs: nowMs } };
}
