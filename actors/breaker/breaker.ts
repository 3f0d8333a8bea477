/** The breaker as the runtime sees it. Its id is its provider's. */
import type { BreakerEvent } from '../../events/breaker.ts';
import type { ActorKindDefinition } from '../runtime/actorKind.ts';
import type { BreakerCommand } from './commands.ts';
import { decide, wakeAtMs } from './decide.ts';
import { breakerMachine } from './machine.ts';

export const breakerKind: ActorKindDefinition<typeof breakerMachine, BreakerCommand, BreakerEvent> =
  {
    kind: 'breaker',
    machine: breakerMachine,
    machineVersion: 1,
    decide,
    wakeAtMs,
    wake: (nowMs) => ({ type: 'WakeBreaker', nowMs }),
  };
