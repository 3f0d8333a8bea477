/** The day as the runtime sees it. */
import type { DayEvent } from '../../events/day.ts';
import type { ActorKindDefinition } from '../runtime/actorKind.ts';
import type { DayCommand } from './commands.ts';
import { decide } from './decide.ts';
import { dayMachine } from './machine.ts';

export const dayKind: ActorKindDefinition<typeof dayMachine, DayCommand, DayEvent> = {
  kind: 'day',
  machine: dayMachine,
  machineVersion: 1,
  decide,
  isDormant: (state) => state.matches('closed'),
};
