/** A gateway with a password and two clients that hold conversations. */
import { apiOf, type Api } from './api.ts';
import { startKeyBench, type KeyBench } from './clientKeys.ts';

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
