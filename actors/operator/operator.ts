/** The operator as the runtime sees it. */
import type { OperatorEvent } from '../../events/operator.ts';
import type { ActorKindDefinition } from '../runtime/actorKind.ts';
import type { OperatorCommand } from './commands.ts';
import { decide } from './decide.ts';
import { operatorMachine } from './machine.ts';

export const operatorKind: ActorKindDefinition<
  typeof operatorMachine,
  OperatorCommand,
  OperatorEvent
> = {
  kind: 'operator',
  machine: operatorMachine,
  machineVersion: 1,
  decide,
};
