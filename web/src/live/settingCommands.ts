/** What the console asks of settings, and of the webhooks that are one of them. */
import { answerOf, api } from './api.ts';

export const allSettings = () => answerOf(api.settings.get());
export type Setting = Awaited<ReturnType<typeof allSettings>>['data'][number];

const setting = (name: string) => api.settings({ name });

export const settings = {
  change: (name: string, value: unknown) => answerOf(setting(name).patch({ value })),
  /** Back to the variable, or to the default. */
  reset: (name: string) => answerOf(setting(name).delete()),
};

/** The newest changes of all settings, newest first. */
export const settingChanges = () =>
  answerOf(api.events.get({ query: { kind: 'setting', order: 'desc', limit: 500 } }));

export const webhooks = {
  /** What became of their notices, as this gateway saw it. */
  list: () => answerOf(api.webhooks.get()),
  test: (url: string) => answerOf(api.webhooks.test.post({ url })),
  secretOf: (url: string) => answerOf(api.webhooks.secret.post({ url })),
};
