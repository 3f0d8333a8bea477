/** How a model route changes with each fact. */
import { assign, setup, type SnapshotFrom } from 'xstate';
import type { ModelRouteEvent } from '../../events/modelRoute.ts';
import type { ModelRouteSettings } from './commands.ts';

export type ModelRouteContext = Readonly<{
  name: string;
  settings: ModelRouteSettings;
  createdAtMs: number;
}>;

const initial: ModelRouteContext = {
  name: '',
  settings: { strategy: 'fallback', targets: [], resume: false, recordBodies: false },
  createdAtMs: 0,
};

type Defined = Extract<ModelRouteEvent, { type: 'ModelRouteDefined' }>;

const defined = ({ event: { data } }: { event: Defined }): ModelRouteContext => {
  const { name, createdAtMs, ...settings } = data;
  return { name, settings, createdAtMs };
};

export const modelRouteMachine = setup({
  types: {} as { context: ModelRouteContext; events: ModelRouteEvent },
}).createMachine({
  id: 'model-route',
  context: initial,
  initial: 'unknown',
  states: {
    unknown: {
      on: { ModelRouteDefined: { target: 'active', actions: assign(defined) } },
    },
    active: {
      on: {
        ModelRouteChanged: { actions: assign(({ event: { data } }) => ({ settings: data })) },
        ModelRouteRemoved: 'removed',
      },
    },
    removed: {
      on: {
        /** The name is free again. */
        ModelRouteDefined: { target: 'active', actions: assign(defined) },
      },
    },
  },
});

export type ModelRouteState = SnapshotFrom<typeof modelRouteMachine>;
