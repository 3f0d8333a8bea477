/** Conversations that get what nobody expects: odd answers, odd questions, and ends that come too late. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test';
import { randomBytes } from 'node:crypto';
import { jetstream } from '@nats-io/jetstream';
import { Objm } from '@nats-io/obj';
import { connectNats } from '../../events/connection.ts';
import { conversationObjectBucket } from '../../events/subjects.ts';
import { apiOf, expectProblem, type Api } from '../support/api.ts';
import { answers, answersWell, bodies, startProxied, type Proxied } from '../support/proxied.ts';
import { readSse } from '../support/sseReader.ts';
import { openAiChat } from '../support/vendorStreams.ts';
import { begin, byHand, sayStreamed, textOfEvents } from '../support/talking.ts';
import { until } from '../support/until.ts';

let gateway: Proxied;
let api: Api;

beforeAll(async () => {
  gateway = await startProxied({ keys: { openai: ['test-key-openai'] } });
  api = apiOf(gateway.url);
});
beforeEach(() => gateway.vendor.does(answersWell));
afterAll(() => gateway.stop());

const say = (path: string, content: unknown) => api('POST', `${path}/messages`, { content });
const answersText = (text: string, status = 200) =>
  gateway.vendor.does((_arrived, reply) =>
    reply.send(status, text, { 'content-type': 'application/json' }),
  );
const well = JSON.stringify(answers.openai);
const inTurn = (id: string, body: object | string) =>
  gateway.post('/v1/chat/completions', body, { headers: { 'x-conversation-id': id } });
const statusesOf = async (path: string) =>
  (await api('GET', `${path}/messages`)).json.data.map(({ status }: { status: string }) => status);

test('a provider that says nothing, or sends elsewhere, is never a success', async () => {
  const path = await begin(api);
  for (const status of [204, 304]) {
    gateway.vendor.does((_arrived, reply) => reply.raw(`HTTP/1.1 ${status} Said\r\n\r\n`));
    expectProblem(await say(path, 'Hi'), 502, 'TURN_FAILED');
  }
  gateway.vendor.does((_arrived, reply) => reply.send(302, '', { location: '/elsewhere' }));
  expectProblem(await say(path, 'Hi'), 502, 'TURN_FAILED');
});

test('a whole answer is one under any status that says so', async () => {
  const path = await begin(api);
  answersText(well, 201);
  const answer = await say(path, 'Hi');
  expect(answer.status).toBe(200);
  expect(answer.json).toMatchObject({ status: 'completed', message: { content: 'Hello' } });
  expect((await inTurn('created', bodies.openai)).status).toBe(201);
  expect(await statusesOf('/api/conversations/created')).toEqual(['completed', 'completed']);
});

test('an answer is kept whatever its provider says of its tokens and its model', async () => {
  const path = await begin(api);
  answersText(well.replace('"prompt_tokens":5', '"prompt_tokens":1e400'));
  expect((await say(path, 'Hi')).json).toMatchObject({ status: 'completed' });
  answersText(JSON.stringify({ ...answers.openai, model: 'm'.repeat(1_500_000) }));
  const answer = await say(path, 'Hi');
  expect(answer.json).toMatchObject({ status: 'completed', model: 'm'.repeat(200) });
});

test('a turn whose answer cannot be kept has failed, and the conversation goes on', async () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const call = { id: 'c', type: 'function', function: { name: 'f', arguments: deep } };
  const message = { role: 'assistant', content: 'Hi', tool_calls: [call] };
  answersText(JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'tool_calls' }] }));
  const path = await begin(api);
  expectProblem(await say(path, 'Hi'), 500, 'TURN_FAILED');
  gateway.vendor.does(answersWell);
  expect((await say(path, 'Again')).json).toMatchObject({ turn: 2, status: 'completed' });
  expect(await statusesOf(path)).toEqual(['failed', 'completed', 'completed']);
}, 60_000);

test('a question that cannot be kept is refused, as its dialect says it', async () => {
  const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  const tools = `[{"type":"function","function":{"name":"f","parameters":${deep}}}]`;
  const body = JSON.stringify(bodies.openai).replace('{', `{"tools":${tools},`);
  const answer = await inTurn('deep', body);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { code: 'invalid_message' } });
}, 60_000);

test('a model with a very long name is asked all the same', async () => {
  const model = 'm'.repeat(1_500_000);
  expect((await inTurn('long-name', { ...bodies.openai, model })).status).toBe(200);
  expect(await statusesOf('/api/conversations/long-name')).toEqual(['completed', 'completed']);
}, 60_000);

test('a fork holds a large system prompt beside a large history', async () => {
  const some = (size: number) => randomBytes(size).toString('base64');
  const path = await begin(api, { model: 'gpt-5', system_prompt: some(500_000) });
  await say(path, some(500_000));
  const fork = await api('POST', `${path}/fork`, {});
  expect(fork.status).toBe(201);
  expect(fork.json.system_prompt).toHaveLength(666_668);
  expect((await say(`/api/conversations/${fork.json.id}`, 'On')).status).toBe(200);
}, 60_000);

test('nothing large is left of an answer that was broken off by an erasure', async () => {
  const nc = await connectNats(gateway.nats.connectOptions());
  const objects = await new Objm(jetstream(nc)).create(conversationObjectBucket);
  const before = (await objects.list()).length;
  const { script, opened } = byHand();
  gateway.vendor.does(script);
  const path = await begin(api);
  const sse = readSse((await sayStreamed(gateway.url(), path, 'Hi')).body!);
  await until('the provider is asked', () => opened.length === 1);
  await opened[0]!.say(randomBytes(900_000).toString('base64'));
  await sse.until((items) => textOfEvents(items).length === 1_200_000);
  expect((await api('DELETE', path)).status).toBe(204);
  expect(await sse.ended).toBe('ended');
  expect(await objects.list()).toHaveLength(before);
  await nc.close();
}, 60_000);

test('what stands beside the text is told once too, however often the connection is lost', async () => {
  const { promise: isLost, resolve: lose } = Promise.withResolvers<void>();
  const delta = (more: object, finish: string | null = null) =>
    openAiChat.chunk([{ index: 0, delta: more, finish_reason: finish }]);
  const call = (more: object) => delta({ tool_calls: [{ index: 0, ...more }] });
  const named = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":' } };
  gateway.vendor.does(async (_arrived, reply) => {
    reply.begin();
    await reply.chunk(delta({ content: 'Let me see' }) + call(named));
    await isLost;
    await reply.chunk(call({ function: { arguments: '1}' } }));
    await reply.chunk(delta({}, 'tool_calls') + openAiChat.done);
    reply.end();
  });
  const path = await begin(api);
  const first = readSse((await sayStreamed(gateway.url(), path, 'Hi')).body!);
  await first.until((items) => items.some(({ event }) => event === 'tool_input'));
  await first.leave();
  const headers = { 'last-event-id': first.lastId()! };
  const second = readSse((await sayStreamed(gateway.url(), path, 'Hi', headers)).body!);
  lose();
  await second.ended;
  const told = [...first.items, ...second.items];
  expect(told.map(({ event }) => event)).toEqual([
    'turn',
    'delta',
    'tool_call',
    'tool_input',
    'tool_input',
    'done',
  ]);
  const input = told.flatMap(({ event, data }) => (event === 'tool_input' ? [data['json']] : []));
  expect(input).toEqual(['{"a":', '1}']);
});
