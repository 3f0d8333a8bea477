/** The provider key as the runtime sees it. */
import type { ProviderKeyEvent } from '../../events/providerKey.ts';
import type { ActorKindDefinition } from '../runtime/actorKind.ts';
import type { ProviderKeyCommand } from './commands.ts';
import { decide } from './decide.ts';
import { providerKeyMachine } from './machine.ts';
import { wakeAtMs } from './wake.ts';

/** The vault still holds a secret that no key needs; answered with the command `EraseSecretDone`. */
export type EraseSecret = Readonly<{ type: 'EraseSecret'; secretRef: string }>;

export const providerKeyKind: ActorKindDefinition<
  typeof providerKeyMachine,
  ProviderKeyCommand,
  ProviderKeyEvent,
  EraseSecret
> = {
  kind: 'provider-key',
  machine: providerKeyMachine,
  machineVersion: 1,
  decide,
  wakeAtMs,
  wake: (nowMs) => ({ type: 'WakeProviderKey', nowMs }),
  owed: ({ context }) =>
    context.secretsToErase.map((secretRef) => ({ type: 'EraseSecret', secretRef })),
  isDormant: (state) => state.matches('removed') && state.context.secretsToErase.length === 0,
};
