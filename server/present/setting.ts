/** A setting as the outside reads it: one that changes while the gateway runs, or one that is read at the start. */
import { t, type Static } from 'elysia';
import type { Setting } from '../config.ts';
import type { SettingView } from '../settings/settings.ts';
import { nullable } from './list.ts';

export const settingSchema = t.Object({
  name: t.String({ description: 'of one that cannot be changed here: its variable' }),
  value: t.Unknown({ description: 'what is in force; of a secret only that it is set' }),
  default: t.Unknown(),
  unit: nullable(t.String()),
  source: t.String({ description: 'api, environment, flag or default; api beats the others' }),
  meaning: t.String(),
  variable: nullable(t.String({ description: 'the environment variable' })),
  variable_value: t.Unknown({ description: 'also when a value set here beats it; null: not set' }),
  changeable: t.Boolean({ description: 'false: read at the start only' }),
});
export type PresentedSetting = Static<typeof settingSchema>;

export const presentSetting = (setting: SettingView): PresentedSetting => ({
  name: setting.name,
  value: setting.value,
  default: setting.default,
  unit: setting.unit,
  source: setting.source,
  meaning: setting.meaning,
  variable: setting.variable,
  variable_value: setting.variableValue,
  changeable: true,
});

export const presentVariable = (setting: Setting): PresentedSetting => ({
  name: setting.name,
  value: setting.value,
  default: setting.default,
  unit: setting.unit,
  source: setting.source,
  meaning: setting.meaning,
  variable: setting.name,
  variable_value: setting.source === 'default' ? null : setting.value,
  changeable: false,
});
