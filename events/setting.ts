/** Events of a setting: a value that an operator changes while the gateways run. */
import { t, type Static } from './schema.ts';

export const settingSchemas = {
  SettingChanged: t.Object({
    /** What was in force where the command arrived: an earlier value, the variable's or the default. */
    before: t.Unknown(),
    after: t.Unknown(),
  }),
  /** Back to the variable or the default; `after` is what that was where the command arrived. */
  SettingReset: t.Object({ before: t.Unknown(), after: t.Unknown() }),
};

type Schemas = typeof settingSchemas;
export type SettingEvent = {
  [Type in keyof Schemas]: Readonly<{ type: Type; data: Readonly<Static<Schemas[Type]>> }>;
}[keyof Schemas];
