/** Turns of conversations: streamed, followed again, one at a time, cancelled, failed. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test';
import { apiOf, expectProblem, type Api } from '../support/api.ts';
import { startProxied, type Proxied } from '../support/proxied.ts';
import { readSse } from '../support/sseReader.ts';
import { begin, byHand, sayStreamed, streams, textOfEvents } from '../support/talking.ts';
import { until } from '../support/until.ts';

let gateway: Proxied;
let api: Api;

beforeAll(async () => {
  gateway = await startProxied({
    keys: { openai: ['test-key-openai'] },
    limits: { drainMs: 200 },
  });
  api = apiOf(gateway.url);
});
beforeEach(() => gateway.vendor.forget());
afterAll(() => gateway.stop());

test('a streamed answer comes piece by piece, and its last event is the turn', async () => {
  gateway.vendor.does(streams('Grüße', ' aus', ' Bern'));
  const path = await begin(api);
  const answer = await sayStreamed(gateway.url(), path, 'Hi');
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const sse = readSse(answer.body!);
  expect(await sse.ended).toBe('ended');
  const [first] = sse.items;
  expect(first).toMatchObject({ event: 'turn', data: { turn: 1, model: 'gpt-5' } });
  expect(textOfEvents(sse.items)).toBe('Grüße aus Bern');
  expect(sse.items.at(-1)).toMatchObject({
    event: 'done',
    id: `${String(first!.data['turn_id'])}:14`,
    data: {
      status: 'completed',
      finish_reason: 'stop',
      message: { content: 'Grüße aus Bern', role: 'assistant' },
      usage: { input_tokens: 19, output_tokens: 10 },
    },
  });
});

test('whoever loses the connection follows the running turn again from where it was', async () => {
  const { script, opened } = byHand();
  gateway.vendor.does(script);
  const path = await begin(api);
  const first = readSse((await sayStreamed(gateway.url(), path, 'Hi')).body!);
  await until('the provider is asked', () => opened.length === 1);
  await opened[0]!.say('One, ');
  await first.until((items) => textOfEvents(items) === 'One, ');
  const lastId = first.lastId()!;
  await first.leave();
  await opened[0]!.say('two, ');
  const again = await sayStreamed(gateway.url(), path, 'Hi', { 'last-event-id': lastId });
  const second = readSse(again.body!);
  await second.until((items) => textOfEvents(items) === 'two, ');
  const turnId = lastId.split(':')[0]!;
  const whole = readSse((await fetch(`${gateway.url()}${path}/turns/${turnId}/events`)).body!);
  await opened[0]!.say('three');
  await opened[0]!.finish();
  expect([await second.ended, await whole.ended]).toEqual(['ended', 'ended']);
  expect(textOfEvents(second.items)).toBe('two, three');
  expect(textOfEvents(whole.items)).toBe('One, two, three');
  expect(gateway.vendor.arrived).toHaveLength(1);
  // Also once it is over.
  const after = readSse(
    (await sayStreamed(gateway.url(), path, 'Hi', { 'last-event-id': lastId })).body!,
  );
  await after.ended;
  expect(textOfEvents(after.items)).toBe('two, three');
  expect(after.items.at(-1)?.event).toBe('done');
  const wrong = await sayStreamed(gateway.url(), path, 'Hi', { 'last-event-id': 'x' });
  expect(wrong.status).toBe(422);
});

test('a second turn is told to come back, or waits for the first', async () => {
  const { script, opened } = byHand();
  gateway.vendor.does(script);
  const path = await begin(api);
  const first = readSse((await sayStreamed(gateway.url(), path, 'One')).body!);
  await until('the provider is asked', () => opened.length === 1);
  const refused = await api('POST', `${path}/messages`, { content: 'Two' });
  expectProblem(refused, 409, 'TURN_RUNNING');
  expect(refused.headers.get('retry-after')).toBe('2');
  const waiting = ['Two', 'Three'].map((content) =>
    api('POST', `${path}/messages`, { content, wait: true }),
  );
  gateway.vendor.does(({ body }, reply) => {
    const { messages } = JSON.parse(body.toString());
    const content = `answer to ${messages.at(-1).content}`;
    reply.json(200, {
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    });
  });
  await opened[0]!.say('Done');
  await opened[0]!.finish();
  await first.ended;
  const answers = await Promise.all(waiting);
  expect(answers.map(({ json }) => [json.turn, json.message.content])).toEqual([
    [2, 'answer to Two'],
    [3, 'answer to Three'],
  ]);
});

test('a turn that is cancelled keeps what came of it and leaves the provider', async () => {
  const { script, opened } = byHand();
  gateway.vendor.does(script);
  const path = await begin(api);
  const sse = readSse((await sayStreamed(gateway.url(), path, 'Hi')).body!);
  await until('the provider is asked', () => opened.length === 1);
  await opened[0]!.say('Half an ans');
  await sse.until((items) => textOfEvents(items) === 'Half an ans');
  const turnId = sse.lastId()!.split(':')[0];
  const cancelled = await api('POST', `${path}/turns/${turnId}/cancel`);
  expect(cancelled.json).toEqual({ cancelled: true });
  await sse.ended;
  expect(sse.items.at(-1)).toMatchObject({
    event: 'error',
    data: {
      status: 'interrupted',
      error: { code: 'CANCELLED' },
      message: { content: 'Half an ans' },
    },
  });
  await opened[0]!.arrived.closed;
  const { json } = await api('GET', `${path}/messages`);
  expect(json.data.map((one: { content: string }) => one.content)).toEqual(['Hi', 'Half an ans']);
});

test('a stream that breaks is an interrupted turn, and the next one knows what was said', async () => {
  const { script, opened } = byHand();
  gateway.vendor.does(script);
  const path = await begin(api);
  const sse = readSse((await sayStreamed(gateway.url(), path, 'Hi')).body!);
  await until('the provider is asked', () => opened.length === 1);
  await opened[0]!.say('Once upon');
  opened[0]!.cut();
  await sse.ended;
  expect(sse.items.at(-1)).toMatchObject({
    event: 'error',
    data: { status: 'interrupted', error: { code: 'UPSTREAM' } },
  });
  gateway.vendor.does(streams('a time'));
  const next = readSse((await sayStreamed(gateway.url(), path, 'Go on')).body!);
  await next.ended;
  const { messages } = JSON.parse(gateway.vendor.last().body.toString());
  expect(messages).toEqual([
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'Once upon' },
    { role: 'user', content: 'Go on' },
  ]);
});

test('a turn that nobody answers has failed, says why, and is not told to the next', async () => {
  gateway.vendor.does((_arrived, reply) =>
    reply.json(400, { error: { message: 'no such parameter', type: 'invalid_request_error' } }),
  );
  const path = await begin(api);
  const failed = await api('POST', `${path}/messages`, { content: 'Hi' });
  expectProblem(failed, 400, 'TURN_FAILED');
  expect(failed.json.detail).toContain('no such parameter');
  gateway.vendor.does(streams('Hello'));
  const next = readSse((await sayStreamed(gateway.url(), path, 'Again')).body!);
  await next.ended;
  const { messages } = JSON.parse(gateway.vendor.last().body.toString());
  expect(messages).toEqual([{ role: 'user', content: 'Again' }]);
  const { json } = await api('GET', `${path}/messages`);
  expect(json.data.map((one: { status: string }) => one.status)).toEqual([
    'failed',
    'completed',
    'completed',
  ]);
});

test('a turn is asked for once, under an idempotency key of its own', async () => {
  gateway.vendor.does(streams('Hello'));
  const path = await begin(api);
  const sse = readSse((await sayStreamed(gateway.url(), path, 'Hi')).body!);
  await sse.ended;
  const { headers } = gateway.vendor.last();
  const turnId = sse.items[0]!.data['turn_id'];
  expect(headers.get('idempotency-key')).toBe(String(turnId));
  expect(headers.get('x-client-request-id')).toBe(String(turnId));
});

test('a gateway that is stopped ends its turns and keeps what came, heard or not', async () => {
  const { script, opened } = byHand();
  gateway.vendor.does(script);
  const heard = await begin(api);
  const unheard = await begin(api);
  const [sse, left] = await Promise.all(
    [heard, unheard].map(async (path) =>
      readSse((await sayStreamed(gateway.url(), path, 'Hi')).body!),
    ),
  );
  await until('the provider is asked', () => opened.length === 2);
  for (const open of opened) await open.say('Well, ');
  for (const one of [sse, left]) await one!.until((items) => textOfEvents(items) === 'Well, ');
  await left!.leave();
  await gateway.restart();
  expect(await sse!.ended).toBe('ended');
  expect(sse!.items.at(-1)).toMatchObject({
    event: 'error',
    data: { status: 'interrupted', error: { code: 'STOPPING' }, message: { content: 'Well, ' } },
  });
  for (const path of [heard, unheard]) {
    const { json } = await api('GET', `${path}/messages`);
    expect(json.data).toMatchObject([
      { content: 'Hi', status: 'interrupted' },
      { content: 'Well, ', status: 'interrupted' },
    ]);
  }
});

test('a turn is recorded as any request, with who asked and what it cost', async () => {
  gateway.vendor.does(streams('Hello'));
  const path = await begin(api);
  const sse = readSse((await sayStreamed(gateway.url(), path, 'Hi')).body!);
  await sse.ended;
  const turn = sse.items.at(-1)!.data;
  const logged = async () => (await api('GET', '/api/logs?limit=1')).json.data[0];
  await until('it is projected', async () => (await logged())?.outcome === 'completed');
  const request = await logged();
  expect(request).toMatchObject({ model: 'gpt-5', route: '/v1/chat/completions', streamed: true });
  expect(turn['cost_micro_usd']).toBe(request.cost_micro_usd);
  expect(turn['cost_micro_usd']).toBeGreaterThan(0);
});
