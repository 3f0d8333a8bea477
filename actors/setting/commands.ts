/** What can be asked of a setting. Whether a value fits is known where the settings are listed, not here. */

/** `fallback` is what is in force as long as no operator has set it. */
export type ChangeSetting = Readonly<{ type: 'ChangeSetting'; value: unknown; fallback: unknown }>;

export type ResetSetting = Readonly<{ type: 'ResetSetting'; fallback: unknown }>;

export type SettingCommand = ChangeSetting | ResetSetting;
