/** The provider as the runtime sees it. */
import type { ProviderEvent } from '../../events/provider.ts';
import type { ActorKindDefinition } from '../runtime/actorKind.ts';
import type { ProviderCommand } from './commands.ts';
import { decide, wakeAtMs } from './decide.ts';
import { providerMachine } from './machine.ts';

export const providerKind: ActorKindDefinition<
  typeof providerMachine,
  ProviderCommand,
  ProviderEvent
> = {
  kind: 'provider',
  machine: providerMachine,
  machineVersion: 1,
  decide,
  wakeAtMs,
  wake: (nowMs) => ({ type: 'WakeProvider', nowMs }),
  isDormant: (state) => state.matches('removed'),
};
