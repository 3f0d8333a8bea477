/** Conversations over HTTP: a real gateway, a real log, a vendor on real sockets. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { apiOf, type Api } from '../support/api.ts';
import { startProxied, type Proxied } from '../support/proxied.ts';

let gateway: Proxied;
let api: Api;

beforeAll(async () => {
  gateway = await startProxied({
    keys: {
      openai: ['test-key-openai'],
      anthropic: ['test-key-anthropic'],
      gemini: ['test-key-gemini'],
    },
  });
  api = apiOf(gateway.url);
});
afterAll(() => gateway.stop());

test('a conversation is begun, gone on with and read, also after a restart', async () => {
  const begun = await api('POST', '/api/conversations', { model: 'gpt-5' });
  expect(begun.status).toBe(201);
  const { id } = begun.json;
  const path = `/api/conversations/${id}`;
  const first = await api('POST', `${path}/messages`, { content: 'Hi, who are you?' });
  expect(first.json).toMatchObject({
    conversation_id: id,
    turn: 1,
    status: 'completed',
    message: { role: 'assistant', content: 'Hello', token_count: 2 },
    provider: 'openai',
    finish_reason: 'stop',
    usage: { input_tokens: 5, output_tokens: 2 },
  });
  await gateway.restart();
  const second = await api('POST', `${path}/messages`, { content: 'And now?' });
  expect(second.status).toBe(200);
  const sent = JSON.parse(gateway.vendor.last().body.toString());
  expect(sent.messages.map(({ role }: { role: string }) => role)).toEqual([
    'user',
    'assistant',
    'user',
  ]);
  const { json } = await api('GET', `${path}/messages`);
  expect(json.data.map(({ role, content }: Record<string, string>) => [role, content])).toEqual([
    ['user', 'Hi, who are you?'],
    ['assistant', 'Hello'],
    ['user', 'And now?'],
    ['assistant', 'Hello'],
  ]);
  expect((await api('GET', path)).json).toMatchObject({
    title: 'Hi, who are you?',
    turn_count: 2,
    message_count: 4,
    status: 'idle',
  });
});
