/** Conversations that are forked, put away, exported, full, large, and whose they are. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { randomBytes } from 'node:crypto';
import { apiOf, expectProblem, type Api } from '../support/api.ts';
import { answersWell, startProxied, type Proxied } from '../support/proxied.ts';
import { begin } from '../support/talking.ts';

let gateway: Proxied;
let api: Api;
let stranger: Api;

beforeAll(async () => {
  gateway = await startProxied({
    keys: { openai: ['k-openai'], anthropic: ['k-anthropic'], gemini: ['k-gemini'] },
    env: { MCP_API_KEYS: 'sk-ann:ann,sk-bob:bob', MIDDLEWARE_PASSWORD: 'a password' },
  });
  api = apiOf(gateway.url, { authorization: 'Bearer sk-ann' });
  stranger = apiOf(gateway.url, { authorization: 'Bearer sk-bob' });
});
afterAll(() => gateway.stop());

const contents = async (path: string): Promise<string[]> =>
  (await api('GET', `${path}/messages`)).json.data.map((one: { content: string }) => one.content);

/** The messages that the vendor got last. */
const sentLast = (): { role: string; content: unknown }[] =>
  JSON.parse(gateway.vendor.last().body.toString()).messages;

test('a conversation is its client’s alone', async () => {
  const path = await begin(api);
  expect((await api('GET', path)).json.owner).toBe('ann');
  const asked: [string, string, unknown?][] = [
    ['GET', path],
    ['GET', `${path}/messages`],
    ['POST', `${path}/messages`, { content: 'Hi' }],
    ['PATCH', path, { title: 'Mine' }],
    ['POST', `${path}/fork`, {}],
    ['POST', `${path}/archive`],
    ['GET', `${path}/export`],
    ['DELETE', path],
  ];
  for (const [method, where, body] of asked) {
    expectProblem(await stranger(method, where, body), 404, 'CONVERSATION_NOT_FOUND');
  }
  for (const wrong of ['not-there', '..', 'A b']) {
    const answer = await api('GET', `/api/conversations/${encodeURIComponent(wrong)}`);
    expect(answer.status).toBe(404);
  }
  const nobody = await apiOf(gateway.url)('GET', path);
  expectProblem(nobody, 401, 'UNAUTHORIZED');
});

test('a model that the client may not use is refused as everywhere', async () => {
  await gateway.restart({ MCP_API_KEYS: 'sk-ann:ann,sk-bob:bob,sk-cat:cat' });
  const login = await apiOf(gateway.url)('POST', '/api/login', { password: 'a password' });
  const operator = apiOf(gateway.url, { authorization: `Bearer ${login.json.token}` });
  const keys = await operator('GET', '/api/keys');
  const cat = keys.json.data.find((key: { client_id: string }) => key.client_id === 'cat');
  await operator('PATCH', `/api/keys/${cat.id}`, { models: ['claude-*'] });
  const limited = apiOf(gateway.url, { authorization: 'Bearer sk-cat' });
  const path = await begin(limited, { model: 'gpt-5' });
  const refused = await limited('POST', `${path}/messages`, { content: 'Hi' });
  expectProblem(refused, 403, 'TURN_FAILED');
  const model = 'claude-opus-4-8';
  expect((await limited('POST', `${path}/messages`, { content: 'Hi', model })).status).toBe(200);
  // An operator's conversations are its own.
  const own = await begin(operator, {});
  expect((await operator('POST', `${own}/messages`, { content: 'Hi', model })).status).toBe(200);
  expectProblem(await operator('GET', path), 404, 'CONVERSATION_NOT_FOUND');
});

test('one conversation goes on with models of three dialects', async () => {
  const path = await begin(api, { system_prompt: 'Be brief.' });
  for (const model of ['gpt-5', 'claude-opus-4-8', 'gemini-2.5-flash']) {
    const { json } = await api('POST', `${path}/messages`, { content: `Hi ${model}`, model });
    expect(json).toMatchObject({ status: 'completed', message: { content: 'Hello' } });
  }
  expect(gateway.vendor.arrived.slice(-3).map(({ path: to }) => to)).toEqual([
    '/v1/chat/completions',
    '/v1/messages',
    '/v1beta/models/gemini-2.5-flash:generateContent',
  ]);
  const { contents: told } = JSON.parse(gateway.vendor.last().body.toString());
  expect(told.map(({ role }: { role: string }) => role)).toEqual([
    'user',
    'model',
    'user',
    'model',
    'user',
  ]);
  const { json } = await api('GET', `${path}/messages`);
  expect(json.data.map((one: { model_used: string }) => one.model_used)).toEqual([
    'gpt-5',
    'gpt-5',
    'claude-opus-4-8',
    'claude-opus-4-8',
    'gemini-2.5-flash',
    'gemini-2.5-flash',
  ]);
});

test('a fork has the turns up to its own, and both go on apart', async () => {
  const path = await begin(api);
  for (const content of ['One', 'Two', 'Three']) await api('POST', `${path}/messages`, { content });
  const { json: fork } = await api('POST', `${path}/fork`, { turn: 2 });
  expect(fork).toMatchObject({ title: 'One', turn_count: 2, forked_from: { turn: 2 } });
  const forked = `/api/conversations/${fork.id}`;
  const { json: next } = await api('POST', `${forked}/messages`, { content: 'Other' });
  expect(next.turn).toBe(3);
  expect(sentLast().map(({ content }) => content)).toEqual([
    'One',
    'Hello',
    'Two',
    'Hello',
    'Other',
  ]);
  expect(await contents(path)).toEqual(['One', 'Hello', 'Two', 'Hello', 'Three', 'Hello']);
  // A fork of a fork, after its origin is gone.
  await api('DELETE', path);
  const { json: again } = await api('POST', `${forked}/fork`, {});
  expect(await contents(`/api/conversations/${again.id}`)).toEqual([
    'One',
    'Hello',
    'Two',
    'Hello',
    'Other',
    'Hello',
  ]);
  expectProblem(await api('POST', `${forked}/fork`, { turn: 9 }), 422, 'INVALID');
});

test('a conversation is renamed, archived, and goes on when it is taken back', async () => {
  const path = await begin(api);
  expect((await api('PATCH', path, { title: 'Plans' })).json.title).toBe('Plans');
  await api('POST', `${path}/messages`, { content: 'Hi' });
  expect((await api('GET', path)).json.title).toBe('Plans');
  expect((await api('POST', `${path}/archive`)).json.status).toBe('archived');
  const refused = await api('POST', `${path}/messages`, { content: 'Hi' });
  expectProblem(refused, 409, 'ARCHIVED');
  expect(await contents(path)).toEqual(['Hi', 'Hello']);
  expect((await api('POST', `${path}/unarchive`)).json.status).toBe('idle');
  expect((await api('POST', `${path}/messages`, { content: 'Hi' })).status).toBe(200);
});

test('tools are called and answered, images and files are sent, large ones too', async () => {
  const path = await begin(api, { model: 'gpt-5' });
  gateway.vendor.does((_arrived, reply) =>
    reply.json(200, {
      choices: [
        {
          index: 0,
          finish_reason: 'tool_calls',
          message: {
            role: 'assistant',
            content: null,
            tool_calls: [
              {
                id: 'call_1',
                type: 'function',
                function: { name: 'weather', arguments: '{"city":"Bern"}' },
              },
            ],
          },
        },
      ],
    }),
  );
  const data = randomBytes(900_000).toString('base64');
  const tools = [{ name: 'weather', input_schema: { type: 'object', properties: {} } }];
  const called = await api('POST', `${path}/messages`, {
    content: [
      { type: 'text', text: 'Is it raining here?' },
      { type: 'image', media_type: 'image/png', data },
    ],
    tools,
  });
  expect(called.json).toMatchObject({
    finish_reason: 'toolCalls',
    message: {
      parts: [{ type: 'tool_call', id: 'call_1', name: 'weather', input: { city: 'Bern' } }],
    },
  });
  gateway.vendor.does(answersWell);
  await gateway.restart();
  const answered = await api('POST', `${path}/messages`, {
    content: [{ type: 'tool_result', call_id: 'call_1', content: 'no' }],
    tools,
  });
  expect(answered.status).toBe(200);
  const [first, second, third] = sentLast();
  expect(JSON.stringify(first!.content)).toContain(data);
  expect(second).toMatchObject({ role: 'assistant', tool_calls: [{ id: 'call_1' }] });
  expect(third).toMatchObject({ role: 'tool', tool_call_id: 'call_1', content: 'no' });
  const { json } = await api('GET', `${path}/messages`);
  expect(json.data[0].parts[1]).toEqual({ type: 'image', media_type: 'image/png', data });
}, 60_000);

test('a full conversation refuses, or goes on with its last messages', async () => {
  await gateway.restart({ MAX_CONVERSATION_LENGTH: '4' });
  const path = await begin(api);
  for (const content of ['One', 'Two']) {
    expect((await api('POST', `${path}/messages`, { content })).status).toBe(200);
  }
  const full = await api('POST', `${path}/messages`, { content: 'Three' });
  expectProblem(full, 409, 'CONVERSATION_FULL');
  const login = await apiOf(gateway.url)('POST', '/api/login', { password: 'a password' });
  const operator = apiOf(gateway.url, { authorization: `Bearer ${login.json.token}` });
  await operator('PATCH', '/api/settings/trim_conversations', { value: true });
  expect((await api('POST', `${path}/messages`, { content: 'Three' })).status).toBe(200);
  expect(sentLast().map(({ content }) => content)).toEqual(['Two', 'Hello', 'Three']);
  expect(await contents(path)).toHaveLength(6);
});

test('an export is a file of JSON with all of it, or Markdown to be read', async () => {
  const path = await begin(api, { system_prompt: 'Be kind.', model: 'gpt-5' });
  await api('POST', `${path}/messages`, { content: 'What is *that*?' });
  const json = await api('GET', `${path}/export`);
  expect(json.headers.get('content-disposition')).toMatch(
    /^attachment; filename="conversation-[0-9a-f-]{36}\.json"$/,
  );
  expect(json.json).toMatchObject({
    conversation: { title: 'What is *that*?', system_prompt: 'Be kind.' },
    turns: [
      {
        turn: 1,
        status: 'completed',
        messages: [{ content: 'What is *that*?' }, { content: 'Hello' }],
      },
    ],
  });
  const markdown = await api('GET', `${path}/export?format=markdown`);
  expect(markdown.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
  expect(markdown.text).toMatch(
    /^# What is \*that\*\?\n\n\d{4}-[^\n]+\n\n## System\n\nBe kind\.\n\n## User\n\nWhat is \*that\*\?\n\n## Assistant \(gpt-5\)\n\nHello\n$/,
  );
});
