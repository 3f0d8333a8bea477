/** What a command to a breaker leads to: one event, or nothing. */
import type { BreakerEvent } from '../../events/breaker.ts';
import type { BreakerCommand, CloseBreaker, OpenBreaker } from './commands.ts';
import type { BreakerState } from './machine.ts';
import { waitMs } from './wait.ts';

type Decision = BreakerEvent | null;

/** What opens again so soon after it closed had not recovered. */
const soonMs = 60_000;

export function decide(command: BreakerCommand, state: BreakerState): Decision {
  switch (command.type) {
    case 'OpenBreaker':
      return open(command, state);
    case 'CloseBreaker':
      return close(command, state);
    case 'WakeBreaker':
      return isOver(state, command.nowMs) ? { type: 'BreakerHalfOpened', data: {} } : null;
    default:
      return command satisfies never;
  }
}

export const wakeAtMs = ({ value, context }: BreakerState): number | undefined =>
  value === 'open' ? context.opening?.untilMs : undefined;

function isOver(state: BreakerState, nowMs: number): boolean {
  const untilMs = wakeAtMs(state);
  return untilMs !== undefined && nowMs >= untilMs;
}

function open(command: OpenBreaker, state: BreakerState): Decision {
  const { value, context } = state;
  const { opening, closedAtMs } = context;
  const nowMs = Math.round(command.nowMs);
  // Another process was first: many see one and the same outage.
  if (value === 'open' && !isOver(state, nowMs)) return null;
  // What was seen before it closed says nothing about the time after.
  if (value === 'closed' && closedAtMs !== null && nowMs < closedAtMs) return null;
  const isLasting = value === 'closed' && (closedAtMs === null || nowMs - closedAtMs >= soonMs);
  const openings = (isLasting ? 0 : (opening?.openings ?? 0)) + 1;
  const untilMs = nowMs + waitMs(openings, command.recoveryTimeoutMs);
  const { ruleId, reason } = command;
  return { type: 'BreakerOpened', data: { openedAtMs: nowMs, untilMs, ruleId, reason, openings } };
}

function close(command: CloseBreaker, state: BreakerState): Decision {
  const { cause } = command;
  const nowMs = Math.round(command.nowMs);
  if (state.value === 'closed') return null;
  // Another process's probe failed meanwhile: the wait that it began holds.
  if (cause === 'probe' && state.value === 'open' && !isOver(state, nowMs)) return null;
  return { type: 'BreakerClosed', data: { closedAtMs: nowMs, cause } };
}
