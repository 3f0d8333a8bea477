/** The setting as the runtime sees it. */
import type { SettingEvent } from '../../events/setting.ts';
import type { ActorKindDefinition } from '../runtime/actorKind.ts';
import type { SettingCommand } from './commands.ts';
import { decide } from './decide.ts';
import { settingMachine } from './machine.ts';

export const settingKind: ActorKindDefinition<typeof settingMachine, SettingCommand, SettingEvent> =
  {
    kind: 'setting',
    machine: settingMachine,
    machineVersion: 1,
    decide,
  };
