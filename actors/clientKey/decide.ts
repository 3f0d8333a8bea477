/** What a command to a client key leads to: one event, nothing, or a refusal. */
import type { ClientKeyEvent } from '../../events/clientKey.ts';
import { Refusal } from '../runtime/refusal.ts';
import type { AddClientKey, ClientKeyCommand } from './commands.ts';
import type { ClientKeyState } from './machine.ts';

type Decision = ClientKeyEvent | null;

export function decide(command: ClientKeyCommand, state: ClientKeyState): Decision {
  // A source governs only its own keys.
  const isOf = (source: string) => state.context.source === source;
  switch (command.type) {
    case 'AddClientKey':
      return add(command, state);
    case 'LeaveSource':
      return state.value === 'active' && isOf(command.source)
        ? { type: 'ClientKeyLeftSource', data: { source: command.source } }
        : null;
    case 'ReturnToSource':
      return state.value === 'left' && isOf(command.source)
        ? { type: 'ClientKeyReturned', data: { source: command.source } }
        : null;
    case 'RemoveClientKey':
      if (state.value === 'unknown') throw new Refusal('NOT_FOUND', 'there is no such client key');
      if (state.value === 'removed') throw new Refusal('GONE', 'the client key was removed before');
      return { type: 'ClientKeyRemoved', data: {} };
    default:
      return command satisfies never;
  }
}

function add(command: AddClientKey, { value }: ClientKeyState): Decision {
  const { type: _type, ...data } = command;
  const added: Decision = { type: 'ClientKeyAdded', data };
  if (value === 'unknown') return added;
  // What an operator removed stays removed, however often the environment names it.
  if (data.source !== 'api') return null;
  if (value === 'removed') return added;
  throw new Refusal('ALREADY_EXISTS', 'there is a client key with this id already');
}
