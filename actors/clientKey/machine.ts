/** How a client key changes with each fact. */
import { assign, setup, type SnapshotFrom } from 'xstate';
import type { ClientKeyEvent } from '../../events/clientKey.ts';
import type { Source } from '../../events/providerKey.ts';

export type ClientKeyContext = Readonly<{
  clientId: string;
  name: string;
  hash: string;
  masked: string;
  scopes: readonly string[];
  source: Source;
  createdAtMs: number;
}>;

const initial: ClientKeyContext = {
  clientId: '',
  name: '',
  hash: '',
  masked: '',
  scopes: [],
  source: 'api',
  createdAtMs: 0,
};

export const clientKeyMachine = setup({
  types: {} as { context: ClientKeyContext; events: ClientKeyEvent },
}).createMachine({
  id: 'client-key',
  context: initial,
  initial: 'unknown',
  states: {
    unknown: {
      on: {
        ClientKeyAdded: {
          target: 'active',
          actions: assign(({ event: { data } }) => ({ ...data })),
        },
      },
    },
    active: { on: { ClientKeyLeftSource: 'left', ClientKeyRemoved: 'removed' } },
    left: { on: { ClientKeyReturned: 'active', ClientKeyRemoved: 'removed' } },
    removed: {
      on: {
        /** An operator may add it again under its old id. */
        ClientKeyAdded: {
          target: 'active',
          actions: assign(({ event: { data } }) => ({ ...data })),
        },
      },
    },
  },
});

export type ClientKeyState = SnapshotFrom<typeof clientKeyMachine>;
