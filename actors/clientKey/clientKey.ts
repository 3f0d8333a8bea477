/** The client key as the runtime sees it. */
import type { ClientKeyEvent } from '../../events/clientKey.ts';
import type { ActorKindDefinition } from '../runtime/actorKind.ts';
import type { ClientKeyCommand } from './commands.ts';
import { nextEndMs } from './context.ts';
import { decide } from './decide.ts';
import { clientKeyMachine } from './machine.ts';

export const clientKeyKind: ActorKindDefinition<
  typeof clientKeyMachine,
  ClientKeyCommand,
  ClientKeyEvent
> = {
  kind: 'client-key',
  machine: clientKeyMachine,
  machineVersion: 4,
  decide,
  wakeAtMs: (state) => nextEndMs(state.matches('active'), state.context),
  wake: (nowMs) => ({ type: 'WakeClientKey', nowMs }),
  isDormant: (state) => state.matches('removed'),
};
