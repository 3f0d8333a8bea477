/** What a command to a provider leads to: one event, nothing, or a refusal. */
import type { ProviderEvent } from '../../events/provider.ts';
import { Refusal } from '../runtime/refusal.ts';
import type {
  AddProvider,
  ChangeProvider,
  ProviderCommand,
  ProviderSettings,
  RestProvider,
} from './commands.ts';
import type { ProviderState } from './machine.ts';

type Decision = ProviderEvent | null;

const secondMs = 1_000;
const hourMs = 3_600_000;
const firstGuessMs = 5 * secondMs;
/** Every key of the provider waits for it, so a guess stays short. */
const longestGuessMs = 5 * 60_000;
/** A rest that begins so soon after the last one is a further strike. */
const soonMs = 60_000;

export function decide(command: ProviderCommand, state: ProviderState): Decision {
  switch (command.type) {
    case 'AddProvider':
      return add(command, state);
    case 'ChangeProvider':
      mustBeThere(state);
      return change(command, state);
    case 'RestProvider':
      mustBeThere(state);
      return rest(command, state);
    case 'RecoverProvider':
      mustBeThere(state);
      return state.value === 'resting'
        ? { type: 'ProviderRecovered', data: { cause: 'operator' } }
        : null;
    case 'WakeProvider':
      return wake(command.nowMs, state);
    case 'RemoveProvider':
      mustBeThere(state);
      return { type: 'ProviderRemoved', data: {} };
    default:
      return command satisfies never;
  }
}

export const wakeAtMs = ({ value, context }: ProviderState): number | undefined =>
  value === 'resting' ? context.lastRest?.untilMs : undefined;

function mustBeThere(state: ProviderState): void {
  if (state.value === 'unknown') {
    throw new Refusal('NOT_FOUND', 'there is no such provider; add it first');
  }
  if (state.value === 'removed') {
    throw new Refusal('GONE', 'the provider was removed; add it again to use it');
  }
}

const settingsOf = ({ name, dialect, baseUrl, auth }: ProviderSettings): ProviderSettings => ({
  name,
  dialect,
  baseUrl,
  auth,
});

const isSame = (a: ProviderSettings, b: ProviderSettings): boolean =>
  a.name === b.name && a.dialect === b.dialect && a.baseUrl === b.baseUrl && a.auth === b.auth;

function add(command: AddProvider, state: ProviderState): Decision {
  const { type: _type, ...data } = command;
  const { source } = data;
  const added: Decision = { type: 'ProviderAdded', data };
  if (state.value === 'unknown') return added;
  // What an operator removed stays removed, however often the environment names it.
  if (state.value === 'removed') return source === 'api' ? added : null;
  if (source === 'api') {
    throw new Refusal('ALREADY_EXISTS', 'there is a provider with this id already');
  }
  if (state.context.source === 'api' || isSame(data, state.context)) return null;
  return { type: 'ProviderChanged', data: { ...settingsOf(data), source } };
}

function change(command: ChangeProvider, { context }: ProviderState): Decision {
  const { type: _type, ...changes } = command;
  const settings = settingsOf({ ...settingsOf(context), ...changes });
  if (isSame(settings, context)) return null;
  return { type: 'ProviderChanged', data: { ...settings, source: 'api' } };
}

function rest(command: RestProvider, { value, context }: ProviderState): Decision {
  const { hintMs, ruleId, reason } = command;
  const nowMs = Math.round(command.nowMs);
  const last = context.lastRest;
  const running = value === 'resting' && last && nowMs < last.untilMs ? last : null;
  // Requests that were under way when the rest began say again what is known: they are no further strike.
  if (hintMs === null && running) return null;
  const isSoon = last !== null && nowMs - last.untilMs < soonMs;
  const strikes = hintMs === null ? (isSoon ? last.strikes : 0) + 1 : 0;
  const delayMs =
    hintMs === null
      ? Math.min(firstGuessMs * 2 ** Math.min(strikes - 1, 30), longestGuessMs)
      : Math.min(Math.max(Math.ceil(hintMs), secondMs), hourMs);
  const untilMs = nowMs + delayMs;
  if (running && untilMs - running.untilMs < secondMs) return null;
  return { type: 'ProviderRested', data: { untilMs, ruleId, reason, strikes } };
}

function wake(nowMs: number, state: ProviderState): Decision {
  const dueMs = wakeAtMs(state);
  if (dueMs === undefined || nowMs < dueMs) return null;
  return { type: 'ProviderRecovered', data: { cause: 'deadline' } };
}
