/** How a setting changes with each fact. */
import { assign, setup, type SnapshotFrom } from 'xstate';
import type { SettingEvent } from '../../events/setting.ts';

/** `value` is the operator's; null while there is none. */
export type SettingContext = Readonly<{ value: unknown }>;

export const settingMachine = setup({
  types: {} as { context: SettingContext; events: SettingEvent },
}).createMachine({
  id: 'setting',
  context: { value: null },
  initial: 'unset',
  states: {
    unset: {},
    set: { on: { SettingReset: { target: 'unset', actions: assign({ value: null }) } } },
  },
  on: {
    SettingChanged: {
      target: '.set',
      actions: assign(({ event: { data } }) => ({ value: data.after })),
    },
  },
});

export type SettingState = SnapshotFrom<typeof settingMachine>;
