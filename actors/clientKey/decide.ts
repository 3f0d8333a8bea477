/** What a command to a client key leads to: one event, nothing, or a refusal. */
import { isDeepStrictEqual } from 'node:util';
import type { ClientKeyChanges, ClientKeyEvent } from '../../events/clientKey.ts';
import { Refusal } from '../runtime/refusal.ts';
import type {
  AddClientKey,
  ChangeClientKey,
  ClientKeyCommand,
  RotateClientKey,
} from './commands.ts';
import { fieldsOf, type ClientKeyContext } from './context.ts';
import type { ClientKeyState } from './machine.ts';

type Decision = ClientKeyEvent | null;

/** Older keys that may be in their grace at once. */
const mostRetiring = 8;

export function decide(command: ClientKeyCommand, state: ClientKeyState): Decision {
  // A source governs only its own keys.
  const isOf = (source: string) => state.context.source === source;
  switch (command.type) {
    case 'AddClientKey':
      return add(command, state);
    case 'ChangeClientKey':
      return change(command, state);
    case 'RotateClientKey':
      return rotate(command, state);
    case 'WakeClientKey':
      return wake(command.nowMs, state);
    case 'LeaveSource':
      return (state.value === 'active' || state.value === 'expired') && isOf(command.source)
        ? { type: 'ClientKeyLeftSource', data: { source: command.source } }
        : null;
    case 'ReturnToSource':
      return state.value === 'left' && isOf(command.source)
        ? { type: 'ClientKeyReturned', data: { source: command.source } }
        : null;
    case 'RemoveClientKey':
      mustBeThere(state);
      return { type: 'ClientKeyRemoved', data: {} };
    default:
      return command satisfies never;
  }
}

function mustBeThere({ value }: ClientKeyState): void {
  if (value === 'unknown') throw new Refusal('NOT_FOUND', 'there is no such client key');
  if (value === 'removed') throw new Refusal('GONE', 'the client key was removed before');
}

function mustBeTerms(
  { requestsPerMinute, burst, expiresAtMs }: Partial<ClientKeyContext>,
  nowMs: number,
): void {
  if (typeof burst === 'number' && typeof requestsPerMinute !== 'number') {
    throw new Refusal('INVALID', 'a burst needs requests per minute to go with');
  }
  if (typeof expiresAtMs === 'number' && expiresAtMs <= nowMs) {
    throw new Refusal('INVALID', 'the expiry is over already; remove the key to end it now');
  }
}

function add(command: AddClientKey, { value }: ClientKeyState): Decision {
  const { type: _type, ...data } = command;
  // The file's own key may be past its time: then it is added, and expires.
  if (data.source === 'api') mustBeTerms(data, data.createdAtMs);
  const added: Decision = { type: 'ClientKeyAdded', data };
  if (value === 'unknown') return added;
  // What an operator removed stays removed, however often the environment names it.
  if (data.source !== 'api') return null;
  if (value === 'removed') return added;
  throw new Refusal('ALREADY_EXISTS', 'there is a client key with this id already');
}

function change({ source, changes, nowMs }: ChangeClientKey, state: ClientKeyState): Decision {
  const { context } = state;
  const isOperator = source === 'api';
  if (isOperator) mustBeThere(state);
  else if (state.value === 'unknown' || state.value === 'removed' || context.source !== source)
    return null;
  // A pace that goes takes its burst with it.
  const wished: ClientKeyChanges =
    changes.requestsPerMinute === null ? { ...changes, burst: changes.burst ?? null } : changes;
  const meant = fieldsOf(wished).filter(
    (field) =>
      !isDeepStrictEqual(wished[field], context[field]) &&
      (isOperator || !context.setByOperator.includes(field)),
  );
  if (meant.length === 0) return null;
  const kept: ClientKeyChanges = Object.fromEntries(meant.map((field) => [field, wished[field]]));
  if (isOperator) {
    const { requestsPerMinute, burst } = { ...context, ...kept };
    mustBeTerms({ requestsPerMinute, burst, expiresAtMs: kept.expiresAtMs ?? null }, nowMs);
  }
  return { type: 'ClientKeyChanged', data: { source, changes: kept } };
}

function rotate(command: RotateClientKey, state: ClientKeyState): Decision {
  mustBeThere(state);
  const { hash, masked, nowMs, graceMs } = command;
  const { source, retiring } = state.context;
  if (source !== 'api') {
    throw new Refusal('INVALID', `the ${source} names this key; put another one there instead`);
  }
  if (state.value === 'expired') {
    throw new Refusal('INVALID', 'the client key expired; give it a later expiry first');
  }
  if (graceMs > 0 && retiring.length >= mostRetiring) {
    throw new Refusal(
      'INVALID',
      `${mostRetiring} older keys are in their grace; rotate without a grace to end them`,
    );
  }
  const graceUntilMs = graceMs > 0 ? nowMs + graceMs : null;
  return { type: 'ClientKeyRotated', data: { hash, masked, rotatedAtMs: nowMs, graceUntilMs } };
}

function wake(nowMs: number, { value, context }: ClientKeyState): Decision {
  const { expiresAtMs, retiring } = context;
  const over = retiring.find(({ untilMs }) => untilMs <= nowMs);
  if (over) return { type: 'ClientKeyGraceEnded', data: { hash: over.hash } };
  const isOver = value === 'active' && expiresAtMs !== null && expiresAtMs <= nowMs;
  return isOver ? { type: 'ClientKeyExpired', data: {} } : null;
}
