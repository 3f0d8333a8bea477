/** The model route as the runtime sees it. */
import type { ModelRouteEvent } from '../../events/modelRoute.ts';
import type { ActorKindDefinition } from '../runtime/actorKind.ts';
import type { ModelRouteCommand } from './commands.ts';
import { decide } from './decide.ts';
import { modelRouteMachine } from './machine.ts';

export const modelRouteKind: ActorKindDefinition<
  typeof modelRouteMachine,
  ModelRouteCommand,
  ModelRouteEvent
> = {
  kind: 'model-route',
  machine: modelRouteMachine,
  machineVersion: 1,
  decide,
  isDormant: (state) => state.matches('removed'),
};
