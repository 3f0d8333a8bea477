/** What a command to a provider key leads to: one event, nothing, or a refusal. */
import type { ProviderKeyEvent } from '../../events/providerKey.ts';
import { Refusal } from '../runtime/refusal.ts';
import type {
  AddProviderKey,
  DisableProviderKey,
  EnableProviderKey,
  LeaveSource,
  ProviderKeyCommand,
  RecoverProviderKey,
  ReplaceSecret,
  RestProviderKey,
  ReturnToSource,
  SuspectProviderKey,
} from './commands.ts';
import { modelRest } from './context.ts';
import { nextRest } from './decideRest.ts';
import type { ProviderKeyState } from './machine.ts';
import { dueRest } from './wake.ts';

type Decision = ProviderKeyEvent | null;

/** A refused credential is believed when it is seen again within this time. */
const secondSightMs = 5 * 60_000;

/** Synchronous and cheap: the proxy also asks it what an answer would lead to, before the log has it. */
export function decide(command: ProviderKeyCommand, state: ProviderKeyState): Decision {
  const { context } = state;
  switch (command.type) {
    case 'AddProviderKey':
      return add(command, state);
    case 'WakeProviderKey':
      return wake(command.nowMs, state);
    case 'EraseSecretDone':
      return context.secretsToErase.includes(command.secretRef)
        ? { type: 'ProviderKeySecretErased', data: { secretRef: command.secretRef } }
        : null;
    case 'LeaveSource':
      return leaveSource(command, state);
    case 'ReturnToSource':
      return returnToSource(command, state);
    case 'RestProviderKey':
      mustBeThere(state);
      return rest(command, state);
    case 'RecoverProviderKey':
      mustBeThere(state);
      return recover(command, state);
    case 'SuspectProviderKey':
      mustBeThere(state);
      return suspect(command, state);
    case 'DisableProviderKey':
      mustBeThere(state);
      return disable(command, state);
    case 'EnableProviderKey':
      mustBeThere(state);
      return enable(command, state);
    case 'RenameProviderKey':
      mustBeThere(state);
      return command.name === context.name
        ? null
        : { type: 'ProviderKeyRenamed', data: { name: command.name } };
    case 'ReweighProviderKey':
      mustBeThere(state);
      mustBeWeight(command.weight);
      return command.weight === context.weight
        ? null
        : { type: 'ProviderKeyReweighted', data: { weight: command.weight } };
    case 'ReplaceSecret':
      mustBeThere(state);
      return replaceSecret(command, state);
    case 'RemoveProviderKey':
      mustBeThere(state);
      return { type: 'ProviderKeyRemoved', data: { secretRef: context.secretRef } };
    default:
      return command satisfies never;
  }
}

function mustBeThere(state: ProviderKeyState): void {
  if (state.value === 'unknown') {
    throw new Refusal('NOT_FOUND', 'there is no such provider key; add it first');
  }
  if (state.value === 'removed') {
    throw new Refusal('GONE', 'the provider key was removed; add it again to use it');
  }
}

function mustBeWeight(weight: number): void {
  if (Number.isSafeInteger(weight) && weight >= 1) return;
  throw new Refusal('INVALID', `a weight is a whole number from 1; ${weight} is none`);
}

function add(command: AddProviderKey, state: ProviderKeyState): Decision {
  const { type: _type, ...data } = command;
  mustBeWeight(data.weight);
  const added: Decision = { type: 'ProviderKeyAdded', data };
  if (state.value === 'unknown') return added;
  // What an operator removed stays removed, however often the environment names it.
  if (data.source !== 'api') return null;
  if (state.value === 'removed') return added;
  throw new Refusal('ALREADY_EXISTS', 'there is a provider key with this id already');
}

function rest(command: RestProviderKey, state: ProviderKeyState): Decision {
  if (state.value === 'disabled') return null;
  const { context } = state;
  const { model } = command;
  if (model === undefined) {
    const data = nextRest(command, context.rest, context.strikes);
    return data && { type: 'ProviderKeyRested', data };
  }
  const present = modelRest(context, model);
  const data = nextRest(command, present, present?.strikes ?? 0);
  return data && { type: 'ProviderKeyModelRested', data: { model, ...data } };
}

function recover(command: RecoverProviderKey, state: ProviderKeyState): Decision {
  const { nowMs, cause, model } = command;
  const { context } = state;
  if (state.value === 'disabled') {
    if (cause === 'probe') return null;
    throw new Refusal('INVALID', 'the provider key is disabled, not resting; enable it instead');
  }
  const resting = model === undefined ? context.rest : modelRest(context, model);
  // A success before the deadline belongs to a request that was sent before the refusal: it proves nothing.
  if (cause === 'probe' && (!resting || nowMs < resting.untilMs)) return null;
  if (model !== undefined) {
    return resting && { type: 'ProviderKeyModelRecovered', data: { model, cause } };
  }
  if (!resting && Object.keys(context.models).length === 0) return null;
  return { type: 'ProviderKeyRecovered', data: { cause } };
}

function wake(nowMs: number, state: ProviderKeyState): Decision {
  const due = dueRest(state);
  if (!due || nowMs < due.untilMs) return null;
  return due.model === null
    ? { type: 'ProviderKeyRecovered', data: { cause: 'deadline' } }
    : { type: 'ProviderKeyModelRecovered', data: { model: due.model, cause: 'deadline' } };
}

function suspect(command: SuspectProviderKey, state: ProviderKeyState): Decision {
  if (state.value === 'disabled') return null;
  const { nowMs, ruleId, reason } = command;
  if (command.isLastUsable) {
    return rest({ ...command, type: 'RestProviderKey', hintMs: null, longest: 'hour' }, state);
  }
  const { suspectedAtMs } = state.context;
  const isSeenAgain = suspectedAtMs !== null && nowMs - suspectedAtMs <= secondSightMs;
  if (isSeenAgain || command.isCertain) {
    return { type: 'ProviderKeyDisabled', data: { cause: 'credential', ruleId, reason } };
  }
  return { type: 'ProviderKeySuspected', data: { seenAtMs: Math.round(nowMs), ruleId, reason } };
}

function disable({ cause, reason }: DisableProviderKey, state: ProviderKeyState): Decision {
  const present = state.context.disabled?.cause;
  // A moved origin is the stronger word: enabling must not send the secret there.
  if (present === cause || present === 'origin_changed') return null;
  return { type: 'ProviderKeyDisabled', data: { cause, ruleId: null, reason } };
}

function enable({ cause }: EnableProviderKey, state: ProviderKeyState): Decision {
  const { disabled } = state.context;
  if (!disabled) return null;
  if (cause === 'probe' && disabled.cause !== 'credential') return null;
  if (disabled.cause === 'origin_changed') {
    throw new Refusal('INVALID', "the provider's origin changed; enter the secret again instead");
  }
  return { type: 'ProviderKeyEnabled', data: { cause } };
}

function replaceSecret(command: ReplaceSecret, state: ProviderKeyState): Decision {
  const { type: _type, ...data } = command;
  if (data.secretRef === state.context.secretRef) return null;
  return { type: 'ProviderKeySecretReplaced', data };
}

/** A disabled key stays what it is: it is not used anyway, and coming back must not enable it. */
function leaveSource({ source }: LeaveSource, state: ProviderKeyState): Decision {
  const isUsed = state.value === 'healthy' || state.value === 'resting';
  if (!isUsed || state.context.source !== source) return null;
  return { type: 'ProviderKeyLeftSource', data: { source } };
}

function returnToSource({ source }: ReturnToSource, state: ProviderKeyState): Decision {
  const { context } = state;
  if (context.disabled?.cause !== 'left_source' || context.source !== source) return null;
  return { type: 'ProviderKeyEnabled', data: { cause: 'returned_to_source' } };
}
