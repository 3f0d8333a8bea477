/** A gateway with a password and two clients that hold conversations. */
import { actorId } from '../../events/ids.ts';
import { apiOf, type Api } from './api.ts';
import { startKeyBench, type KeyBench } from './clientKeys.ts';
import { bodies } from './proxied.ts';

export type Talker = Readonly<{ id: string; key: string; api: Api }>;

export type ManyConversations = KeyBench & Readonly<{ ann: Talker; bob: Talker }>;

export async function startConversations(): Promise<ManyConversations> {
  const bench = await startKeyBench({ MIDDLEWARE_PASSWORD: 'test-password' });
  const talker = async (name: string): Promise<Talker> => {
    const { key } = await bench.make({ name });
    return { id: name, key, api: apiOf(bench.url, { authorization: `Bearer ${key}` }) };
  };
  return { ...bench, ann: await talker('ann'), bob: await talker('bob') };
}

/** Begins a conversation with one turn; answers its id. */
export async function talk({ api }: Pick<Talker, 'api'>, content: string, model = 'gpt-5') {
  const { id } = (await api('POST', '/api/conversations', { model })).json;
  await api('POST', `/api/conversations/${id}/messages`, { content });
  return String(id);
}

export const userSays = (content: string) => [{ role: 'user', content }];

/** How a client of a vendor's API asks in a conversation that it names. */
export type Asking = Readonly<{
  ask: (id: string, path: string, body: object, init?: RequestInit) => Promise<Response>;
  /** In OpenAI's dialect; `more` goes into the body. */
  chat: (id: string, messages: unknown, more?: object, init?: RequestInit) => Promise<Response>;
  /** The types of the events of a conversation. */
  eventsOf: (id: string) => Promise<string[]>;
}>;

/** The gateway may start later. */
export function askingAs(gateway: ManyConversations, who: 'ann' | 'bob' = 'ann'): Asking {
  const ask: Asking['ask'] = (id, path, body, init = {}) =>
    gateway.post(path, body, {
      ...init,
      headers: { authorization: `Bearer ${gateway[who].key}`, 'x-conversation-id': id },
    });
  return {
    ask,
    chat: (id, messages, more = {}, init = {}) =>
      ask(id, '/v1/chat/completions', { ...bodies.openai, messages, ...more }, init),
    async eventsOf(id) {
      const read = await gateway.log.read({ kind: 'conversation', id: actorId(id) });
      return read.flatMap((message) => (message.ok ? [message.event.type] : []));
    },
  };
}
