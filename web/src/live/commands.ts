/** Everything that the console asks of the gateway, beside the snapshot and the live stream. */
import { answerOf, api } from './api.ts';

export const logIn = (password: string) => answerOf(api.login.post({ password }));
export const logOut = () => answerOf(api.logout.post());

const key = (id: string) => api['provider-keys']({ id });

export const providerKeys = {
  add: (body: { provider: string; key: string; name?: string; weight?: number }) =>
    answerOf(api['provider-keys'].post(body)),
  import: (provider: string, keys: string[]) =>
    answerOf(api['provider-keys'].import.post({ provider, keys }, { query: {} })),
  change: (id: string, changes: { name?: string; weight?: number; key?: string }) =>
    answerOf(key(id).patch(changes)),
  enable: (id: string) => answerOf(key(id).enable.post()),
  disable: (id: string, reason?: string) =>
    answerOf(key(id).disable.post(reason === undefined ? {} : { reason })),
  wake: (id: string) => answerOf(key(id).wake.post()),
  probe: (id: string) => answerOf(key(id).probe.post()),
  remove: (id: string) => answerOf(key(id).delete()),
};

/** The machine of a kind of actor: the XState definition itself. */
export const machineOf = (kind: string) => answerOf(api.actors({ kind }).machine.get());

/** What happened to one actor, newest first. */
export const historyOf = (kind: string, id: string, limit = 200) =>
  answerOf(
    api
      .actors({ kind })({ id })
      .events.get({ query: { order: 'desc', limit } }),
  );

export const requestOf = (id: string) => answerOf(api.logs({ id }).get());
