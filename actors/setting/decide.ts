/** What a command to a setting leads to: one event, or nothing where nothing would change. */
import { isDeepStrictEqual } from 'node:util';
import type { SettingEvent } from '../../events/setting.ts';
import type { SettingCommand } from './commands.ts';
import type { SettingState } from './machine.ts';

export function decide(command: SettingCommand, state: SettingState): SettingEvent | null {
  const isSet = state.value === 'set';
  const { fallback } = command;
  const before: unknown = isSet ? state.context.value : fallback;
  switch (command.type) {
    case 'ChangeSetting': {
      const { value } = command;
      // A value like the fallback's is still a choice: it stays when the variable changes.
      if (isSet && isDeepStrictEqual(value, before)) return null;
      return { type: 'SettingChanged', data: { before, after: value } };
    }
    case 'ResetSetting':
      return isSet ? { type: 'SettingReset', data: { before, after: fallback } } : null;
    default:
      return command satisfies never;
  }
}
