/** Conversations whose gateways are killed in mid-turn, and which several gateways hold at once. */
import { beforeAll, expect, test } from 'bun:test';
import { actorId } from '../../events/ids.ts';
import { connectNats } from '../../events/connection.ts';
import { openJetStreamLog } from '../../events/jetStreamLog.ts';
import { apiOf } from '../support/api.ts';
import { startTwoGateways, type GatewayProcess } from '../support/gatewayProcess.ts';
import { readSse } from '../support/sseReader.ts';
import { begin, byHand, sayStreamed, streams, textOfEvents } from '../support/talking.ts';
import { until } from '../support/until.ts';
import type { Vendor } from '../support/vendor.ts';
import { stoppedAfterAll } from '../support/endings.ts';

const gateways = stoppedAfterAll(() =>
  startTwoGateways(streams('Hello'), { MAX_CONVERSATION_LENGTH: '1000' }),
);
let vendor: Vendor;
let one: GatewayProcess;
let other: GatewayProcess;
beforeAll(() => {
  ({ vendor, one, other } = gateways);
});

type Message = Readonly<{ turn_id: string; role: string; content: string; status: string }>;

const typesIn = async (path: string): Promise<string[]> => {
  const nc = await connectNats(gateways.nats.connectOptions());
  const log = await openJetStreamLog(nc);
  const id = actorId(path.split('/').at(-1)!);
  const read = await log.read({ kind: 'conversation', id });
  await nc.close();
  return read.flatMap((message) => (message.ok ? [message.event.type] : ['unreadable']));
};

test.each(['the same gateway', 'another gateway'])(
  'a turn whose gateway was killed is interrupted when %s opens the conversation',
  async (who) => {
    const { script, opened } = byHand();
    vendor.does(script);
    vendor.forget();
    const path = await begin(apiOf(one.url));
    const sse = readSse((await sayStreamed(one.url(), path, 'Tell me all')).body!);
    await until('the provider is asked', () => opened.length === 1);
    await opened[0]!.say('So it began');
    await sse.until((items) => textOfEvents(items) === 'So it began');
    await until('the progress is in the log', async () =>
      (await typesIn(path)).includes('TurnProgressed'),
    );
    if (who === 'the same gateway') await one.restart();
    else await one.kill9();
    const opener = who === 'the same gateway' ? one : other;
    const { json } = await apiOf(opener.url)('GET', `${path}/messages`);
    expect(json.data).toMatchObject([
      { role: 'user', content: 'Tell me all', status: 'interrupted' },
      { role: 'assistant', content: 'So it began', status: 'interrupted' },
    ]);
    expect(vendor.arrived).toHaveLength(1);
    expect(await typesIn(path)).toEqual([
      'ConversationStarted',
      'TurnStarted',
      'TurnProgressed',
      'TurnInterrupted',
    ]);
    await one.restart();
  },
  60_000,
);

test('a turn that runs in another process is followed there to its end', async () => {
  const { script, opened } = byHand();
  vendor.does(script);
  const path = await begin(apiOf(one.url));
  const sse = readSse((await sayStreamed(one.url(), path, 'Hi')).body!);
  await until('the provider is asked', () => opened.length === 1);
  await opened[0]!.say('One, ');
  await sse.until((items) => textOfEvents(items) === 'One, ');
  const lastId = sse.lastId()!;
  await sse.leave();
  await opened[0]!.say('two');
  const there = await sayStreamed(other.url(), path, 'Hi', { 'last-event-id': lastId });
  const follower = readSse(there.body!);
  await follower.until((items) => textOfEvents(items) === 'two', 10_000);
  await opened[0]!.say(', three');
  await opened[0]!.finish();
  expect(await follower.ended).toBe('ended');
  expect(textOfEvents(follower.items)).toBe('two, three');
  expect(follower.items.at(-1)).toMatchObject({ event: 'done', data: { status: 'completed' } });
}, 60_000);

test('of thirty-two writers at two gateways each gets its turn, in one order for all', async () => {
  vendor.does(({ body }, reply) => {
    const { messages } = JSON.parse(body.toString());
    const content = `re: ${messages.at(-1).content} (${messages.length})`;
    reply.json(200, {
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    });
  });
  vendor.forget();
  const path = await begin(apiOf(one.url));
  const answers = await Promise.all(
    Array.from({ length: 32 }, (_, writer) => {
      const api = apiOf((writer % 2 === 0 ? one : other).url);
      return api('POST', `${path}/messages`, { content: `writer ${writer}`, wait: true });
    }),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(32).fill(200));
  const read = async (gateway: GatewayProcess) =>
    (await apiOf(gateway.url)('GET', `${path}/messages`)).json.data as Message[];
  const messages = await read(one);
  expect(await read(other)).toEqual(messages);
  const asked = messages.filter(({ role }) => role === 'user').map(({ content }) => content);
  expect(asked.toSorted()).toEqual(
    Array.from({ length: 32 }, (_, writer) => `writer ${writer}`).toSorted(),
  );
  // Each was told all that was said before it.
  expect(messages.filter(({ role }) => role === 'assistant').map(({ content }) => content)).toEqual(
    asked.map((content, index) => `re: ${content} (${2 * index + 1})`),
  );
  const turnIds = vendor.arrived.map(({ headers }) => headers.get('idempotency-key'));
  expect(new Set(turnIds).size).toBe(32);
  expect(turnIds).toHaveLength(32);
}, 120_000);

test('ten kills in mid-turn lose no turn and send none twice', async () => {
  const { script, opened } = byHand();
  vendor.does(script);
  vendor.forget();
  const path = await begin(apiOf(one.url));
  for (let kill = 1; kill <= 10; kill++) {
    const asked = sayStreamed(one.url(), path, `question ${kill}`).catch(() => undefined);
    await until('the provider is asked', () => opened.length === kill, 20_000);
    await opened[kill - 1]!.say(`part ${kill}`);
    await one.restart();
    await asked;
    const { json } = await apiOf(one.url)('GET', path);
    expect(json).toMatchObject({ status: 'idle', turn_count: kill });
  }
  const { json } = await apiOf(one.url)('GET', `${path}/messages`);
  const turns = (json.data as Message[]).filter(({ role }) => role === 'user');
  expect(turns.map(({ content, status }) => [content, status])).toEqual(
    Array.from({ length: 10 }, (_, kill) => [`question ${kill + 1}`, 'interrupted']),
  );
  const journal = vendor.arrived.map(({ headers }) => headers.get('idempotency-key'));
  expect(journal).toEqual(turns.map(({ turn_id: turnId }) => turnId));
}, 120_000);
