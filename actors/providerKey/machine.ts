/** How a provider key changes with each fact. No clock, no effect: the same facts give the same state at any time. */
import { assign, setup, type SnapshotFrom } from 'xstate';
import type { ProviderKeyEvent } from '../../events/providerKey.ts';
import {
  blameless,
  restOf,
  toErase,
  unknownKey,
  withRestedModel,
  without,
  type ProviderKeyContext,
} from './context.ts';

/** A key that is not there takes nothing but being added. */
const notThere = {
  ProviderKeyRested: undefined,
  ProviderKeyModelRested: undefined,
  ProviderKeyRecovered: undefined,
  ProviderKeyModelRecovered: undefined,
  ProviderKeySuspected: undefined,
  ProviderKeyDisabled: undefined,
  ProviderKeyLeftSource: undefined,
  ProviderKeyRenamed: undefined,
  ProviderKeyReweighted: undefined,
  ProviderKeySecretReplaced: undefined,
  ProviderKeyRemoved: undefined,
} as const;

export const providerKeyMachine = setup({
  types: {} as { context: ProviderKeyContext; events: ProviderKeyEvent },
}).createMachine({
  id: 'provider-key',
  context: unknownKey,
  initial: 'unknown',
  on: {
    ProviderKeyRested: {
      target: '.resting',
      actions: assign(({ context, event: { data } }) => ({
        rest: restOf(data),
        strikes: data.guessed ? data.strikes : context.strikes,
      })),
    },
    ProviderKeyModelRested: {
      actions: assign(({ context, event: { data } }) => ({
        models: withRestedModel(context.models, data.model, restOf(data)),
      })),
    },
    ProviderKeyRecovered: {
      target: '.healthy',
      actions: assign(({ context, event: { data } }) => ({
        rest: null,
        strikes: data.cause === 'deadline' ? context.strikes : 0,
        models: data.cause === 'operator' ? {} : context.models,
        suspectedAtMs: data.cause === 'deadline' ? context.suspectedAtMs : null,
      })),
    },
    ProviderKeyModelRecovered: {
      actions: assign(({ context, event: { data } }) => ({
        models: without(context.models, data.model),
      })),
    },
    ProviderKeySuspected: {
      actions: assign(({ event: { data } }) => ({ suspectedAtMs: data.seenAtMs })),
    },
    ProviderKeyDisabled: {
      target: '.disabled',
      actions: assign(({ event: { data } }) => ({ ...blameless, disabled: data })),
    },
    ProviderKeyLeftSource: {
      target: '.disabled',
      actions: assign(({ event: { data } }) => ({
        ...blameless,
        disabled: {
          cause: 'left_source' as const,
          ruleId: null,
          reason: `the ${data.source} no longer names it`,
        },
      })),
    },
    ProviderKeyRenamed: { actions: assign(({ event: { data } }) => ({ name: data.name })) },
    ProviderKeyReweighted: { actions: assign(({ event: { data } }) => ({ weight: data.weight })) },
    ProviderKeySecretReplaced: {
      target: '.healthy',
      actions: assign(({ context, event: { data } }) => ({
        ...blameless,
        ...data,
        secretsToErase: toErase(context, data.secretRef),
      })),
    },
    ProviderKeyRemoved: {
      target: '.removed',
      actions: assign(({ context }) => ({
        ...blameless,
        secretRef: '',
        secretsToErase: toErase(context, ''),
      })),
    },
    ProviderKeySecretErased: {
      actions: assign(({ context, event: { data } }) => ({
        secretsToErase: context.secretsToErase.filter((ref) => ref !== data.secretRef),
      })),
    },
  },
  states: {
    unknown: {
      on: {
        ProviderKeyAdded: {
          target: 'healthy',
          actions: assign(({ event: { data } }) => ({ ...data })),
        },
        ...notThere,
        ProviderKeySecretErased: undefined,
      },
    },
    healthy: {},
    resting: {},
    disabled: {
      on: {
        ProviderKeyRested: undefined,
        ProviderKeyModelRested: undefined,
        ProviderKeyRecovered: undefined,
        ProviderKeyModelRecovered: undefined,
        ProviderKeySuspected: undefined,
        ProviderKeyEnabled: { target: 'healthy', actions: assign(blameless) },
        /** A new secret answers a refused or a moved one; it does not overrule the operator or the source. */
        ProviderKeySecretReplaced: [
          {
            guard: ({ context }) =>
              context.disabled?.cause === 'operator' || context.disabled?.cause === 'left_source',
            actions: assign(({ context, event: { data } }) => ({
              ...data,
              secretsToErase: toErase(context, data.secretRef),
            })),
          },
          {
            target: 'healthy',
            actions: assign(({ context, event: { data } }) => ({
              ...blameless,
              ...data,
              secretsToErase: toErase(context, data.secretRef),
            })),
          },
        ],
      },
    },
    removed: {
      on: {
        /** An operator may add it again under its old id. */
        ProviderKeyAdded: {
          target: 'healthy',
          actions: assign(({ context, event: { data } }) => ({
            ...blameless,
            ...data,
            secretsToErase: toErase(context, data.secretRef),
          })),
        },
        ...notThere,
      },
    },
  },
});

export type ProviderKeyState = SnapshotFrom<typeof providerKeyMachine>;
