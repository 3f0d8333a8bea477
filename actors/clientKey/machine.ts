/** How a client key changes with each fact. */
import { assign, setup, type SnapshotFrom } from 'xstate';
import type { ClientKeyEvent } from '../../events/clientKey.ts';
import { changed, rotated, unknownKey, withTerms, type ClientKeyContext } from './context.ts';

/** A key that is not there takes nothing but being added. */
const notThere = {
  ClientKeyChanged: undefined,
  ClientKeyRotated: undefined,
  ClientKeyGraceEnded: undefined,
  ClientKeyRemoved: undefined,
} as const;

export const clientKeyMachine = setup({
  types: {} as { context: ClientKeyContext; events: ClientKeyEvent },
}).createMachine({
  id: 'client-key',
  context: unknownKey,
  initial: 'unknown',
  on: {
    ClientKeyChanged: {
      actions: assign(({ context, event: { data } }) => changed(context, data)),
    },
    ClientKeyRotated: {
      actions: assign(({ context, event: { data } }) => rotated(context, data)),
    },
    ClientKeyGraceEnded: {
      actions: assign(({ context, event: { data } }) => ({
        retiring: context.retiring.filter(({ hash }) => hash !== data.hash),
      })),
    },
    ClientKeyRemoved: { target: '.removed', actions: assign({ retiring: [] }) },
  },
  states: {
    unknown: {
      on: {
        ClientKeyAdded: {
          target: 'active',
          actions: assign(({ event: { data } }) => withTerms(data)),
        },
        ...notThere,
      },
    },
    active: { on: { ClientKeyLeftSource: 'left', ClientKeyExpired: 'expired' } },
    left: { on: { ClientKeyReturned: 'active' } },
    expired: {
      on: {
        ClientKeyLeftSource: 'left',
        ClientKeyRotated: undefined,
        ClientKeyChanged: [
          {
            guard: ({ event: { data } }) => data.changes.expiresAtMs !== undefined,
            target: 'active',
            actions: assign(({ context, event: { data } }) => changed(context, data)),
          },
          { actions: assign(({ context, event: { data } }) => changed(context, data)) },
        ],
      },
    },
    removed: {
      on: {
        /** An operator may add it again under its old id. */
        ClientKeyAdded: {
          target: 'active',
          actions: assign(({ event: { data } }) => withTerms(data)),
        },
        ...notThere,
      },
    },
  },
});

export type ClientKeyState = SnapshotFrom<typeof clientKeyMachine>;
