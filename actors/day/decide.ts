/** A day is closed once; whoever comes second changes nothing. */
import type { DayEvent } from '../../events/day.ts';
import type { DayCommand } from './commands.ts';
import type { DayState } from './machine.ts';

export function decide(command: DayCommand, state: DayState): DayEvent | null {
  if (state.value === 'closed') return null;
  const { type: _type, ...data } = command;
  return { type: 'DayClosed', data };
}
