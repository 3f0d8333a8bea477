/** How a provider changes with each fact. No clock, no effect: the same facts give the same state at any time. */
import { assign, setup, type SnapshotFrom } from 'xstate';
import type { Auth, Dialect, ProviderEvent } from '../../events/provider.ts';
import type { Source } from '../../events/providerKey.ts';

export type ProviderContext = Readonly<{
  name: string;
  dialect: Dialect;
  baseUrl: string;
  auth: Auth;
  /** Who had the last word on the settings: once it is `api`, the environment has none any more. */
  source: Source;
  createdAtMs: number;
  /** Kept after its end: the next rest doubles when it comes soon after this one. */
  lastRest: Readonly<{
    untilMs: number;
    ruleId: string;
    reason: string;
    strikes: number;
  }> | null;
}>;

const initial: ProviderContext = {
  name: '',
  dialect: 'openai',
  baseUrl: '',
  auth: 'bearer',
  source: 'api',
  createdAtMs: 0,
  lastRest: null,
};

export const providerMachine = setup({
  types: {} as { context: ProviderContext; events: ProviderEvent },
}).createMachine({
  id: 'provider',
  context: initial,
  initial: 'unknown',
  on: {
    ProviderChanged: { actions: assign(({ event: { data } }) => ({ ...data })) },
    ProviderRested: {
      target: '.resting',
      actions: assign(({ event: { data } }) => ({ lastRest: data })),
    },
    ProviderRemoved: { target: '.removed', actions: assign({ lastRest: null }) },
  },
  states: {
    unknown: {
      on: {
        ProviderAdded: {
          target: 'active',
          actions: assign(({ event: { data } }) => ({ ...data })),
        },
        ProviderChanged: undefined,
        ProviderRested: undefined,
        ProviderRemoved: undefined,
      },
    },
    active: {},
    resting: {
      on: {
        ProviderRecovered: {
          target: 'active',
          actions: assign(({ context, event: { data } }) => ({
            lastRest: data.cause === 'operator' ? null : context.lastRest,
          })),
        },
      },
    },
    removed: {
      on: {
        /** An operator may add it again under its old id. */
        ProviderAdded: {
          target: 'active',
          actions: assign(({ event: { data } }) => ({ ...data })),
        },
        ProviderChanged: undefined,
        ProviderRested: undefined,
        ProviderRemoved: undefined,
      },
    },
  },
});

export type ProviderState = SnapshotFrom<typeof providerMachine>;
