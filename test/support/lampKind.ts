/**
 * A small kind of actor to try the runtime with: it is added, named, rested until a time, and removed, and owes the
 * erasing of one thing then. Its facts are those of a provider key, so that the log takes them.
 */
import { assign, setup, type SnapshotFrom } from 'xstate';
import type { ActorKindDefinition } from '../../actors/runtime/actorKind.ts';
import { Refusal } from '../../actors/runtime/refusal.ts';
import type { ProviderKeyEvent } from '../../events/providerKey.ts';
import { guessedRest, keyData } from './providerKeyFacts.ts';

type LampContext = Readonly<{ name: string; untilMs: number | null; toErase: readonly string[] }>;

const machine = setup({
  types: {} as { context: LampContext; events: ProviderKeyEvent },
}).createMachine({
  id: 'lamp',
  context: { name: '', untilMs: null, toErase: [] },
  initial: 'unknown',
  states: {
    unknown: { on: { ProviderKeyAdded: 'lit' } },
    lit: {
      on: {
        ProviderKeyRenamed: {
          actions: assign(({ event: { data } }) => {
            if (data.name === 'breaks the machine') throw new Error('the lamp broke');
            return { name: data.name };
          }),
        },
        ProviderKeyRested: {
          target: 'dark',
          actions: assign(({ event: { data } }) => ({ untilMs: data.untilMs })),
        },
        ProviderKeyRemoved: {
          target: 'removed',
          actions: assign(({ event: { data } }) => ({ toErase: [data.secretRef] })),
        },
      },
    },
    dark: {
      on: {
        ProviderKeyRecovered: { target: 'lit', actions: assign({ untilMs: null }) },
        ProviderKeyRenamed: { actions: assign(({ event: { data } }) => ({ name: data.name })) },
      },
    },
    removed: {
      on: {
        ProviderKeyAdded: 'lit',
        ProviderKeySecretErased: { actions: assign({ toErase: [] }) },
      },
    },
  },
});

export type LampState = SnapshotFrom<typeof machine>;

export type LampCommand =
  | Readonly<{ type: 'Add' }>
  | Readonly<{ type: 'Name'; name: string }>
  | Readonly<{ type: 'Darken'; untilMs: number }>
  | Readonly<{ type: 'Wake'; nowMs: number }>
  | Readonly<{ type: 'Remove'; secretRef: string }>
  | Readonly<{ type: 'Erased'; secretRef: string }>;

function decide(command: LampCommand, state: LampState): ProviderKeyEvent | null {
  const { value, context } = state;
  if (command.type === 'Add') {
    if (value === 'unknown' || value === 'removed')
      return { type: 'ProviderKeyAdded', data: keyData };
    throw new Refusal('ALREADY_EXISTS', 'there is such a lamp already');
  }
  if (value === 'unknown') throw new Refusal('NOT_FOUND', 'there is no such lamp');
  switch (command.type) {
    case 'Name':
      if (value === 'removed') throw new Refusal('GONE', 'the lamp was removed');
      return command.name === context.name
        ? null
        : { type: 'ProviderKeyRenamed', data: { name: command.name } };
    case 'Darken':
      return { type: 'ProviderKeyRested', data: guessedRest(command.untilMs) };
    case 'Wake':
      return context.untilMs !== null && command.nowMs >= context.untilMs
        ? { type: 'ProviderKeyRecovered', data: { cause: 'deadline' } }
        : null;
    case 'Remove':
      return { type: 'ProviderKeyRemoved', data: { secretRef: command.secretRef } };
    case 'Erased':
      return context.toErase.includes(command.secretRef)
        ? { type: 'ProviderKeySecretErased', data: { secretRef: command.secretRef } }
        : null;
    default:
      return command satisfies never;
  }
}

export type Erase = Readonly<{ type: 'Erase'; secretRef: string }>;

export const lampKind: ActorKindDefinition<typeof machine, LampCommand, ProviderKeyEvent, Erase> = {
  kind: 'provider-key',
  machine,
  machineVersion: 1,
  decide,
  wakeAtMs: ({ context }) => context.untilMs ?? undefined,
  wake: (nowMs) => ({ type: 'Wake', nowMs }),
  owed: ({ context }) => context.toErase.map((secretRef) => ({ type: 'Erase', secretRef })),
  isDormant: ({ value, context }) => value === 'removed' && context.toErase.length === 0,
};
