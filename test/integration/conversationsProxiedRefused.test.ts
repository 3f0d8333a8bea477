/** Turns through the proxy that are refused, race each other or find the log away. */
import { beforeEach, describe, expect, test } from 'bun:test';
import { askingAs, startConversations, userSays as user } from '../support/manyConversations.ts';
import { answersWell, bodies, plainPaths } from '../support/proxied.ts';
import { stoppedAfterAll } from '../support/endings.ts';

const gateway = stoppedAfterAll(startConversations);
const asking = askingAs(gateway);
const { ask, chat, eventsOf } = asking;
beforeEach(() => gateway.vendor.does(answersWell));

describe('is refused in its dialect', () => {
  const refusals = async (id: string, who = asking) => {
    const made = [];
    for (const dialect of ['openai', 'anthropic', 'gemini'] as const) {
      const answer = await who.ask(id, plainPaths[dialect], bodies[dialect]);
      made.push([answer.status, Object.keys((await answer.json()) as object)[0]]);
    }
    return made;
  };
  const asked = () => gateway.vendor.arrived.length;

  test('with an id that is none', async () => {
    const before = asked();
    expect(await refusals('Not An Id')).toEqual([
      [400, 'error'],
      [400, 'type'],
      [400, 'error'],
    ]);
    expect(asked()).toBe(before);
  });

  test('with the conversation of another, or an erased one', async () => {
    await chat('anns', user('mine'));
    const before = asked();
    expect(await refusals('anns', askingAs(gateway, 'bob'))).toEqual([
      [404, 'error'],
      [404, 'type'],
      [404, 'error'],
    ]);
    await gateway.ann.api('DELETE', '/api/conversations/anns');
    expect((await refusals('anns'))[0]).toEqual([404, 'error']);
    expect(asked()).toBe(before);
  });

  test('without a question, and where it is archived', async () => {
    expect((await chat('nothing', [])).status).toBe(400);
    await chat('stored', user('hi'));
    await gateway.ann.api('POST', '/api/conversations/stored/archive');
    const answer = await chat('stored', user('hi'));
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({ error: { code: 'conversation_archived' } });
  });
});

test('what is no turn passes as ever, whatever it names', async () => {
  gateway.vendor.does((_, reply) => reply.json(200, { data: [] }));
  const body = { model: 'text-embedding-3-small', input: 'x' };
  expect((await ask('no-turn', '/v1/embeddings', body)).status).toBe(200);
  expect(await eventsOf('no-turn')).toEqual([]);
});

test('many clients at once begin one conversation, and its turns stand in one order', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, (_, n) => chat('race', user(`q${n}`))));
  const passed = all.filter(({ status }) => status === 200);
  expect(all.every(({ status }) => status === 200 || status === 409)).toBe(true);
  expect(passed.length).toBeGreaterThan(0);
  const types = await eventsOf('race');
  expect(types.filter((type) => type === 'ConversationStarted')).toHaveLength(1);
  expect(types.filter((type) => type === 'TurnCompleted')).toHaveLength(passed.length);
});

test('what was recorded stands in no body store, also where bodies are kept', async () => {
  await gateway.api('PATCH', '/api/settings/record_bodies', { value: true });
  const answer = await chat('unkept', user('hi'));
  await gateway.api('PATCH', '/api/settings/record_bodies', { value: false });
  const request = answer.headers.get('x-signalbox-request-id');
  await gateway.projected();
  const { status } = await gateway.api('GET', `/api/logs/${request}/body`);
  expect(status).toBe(404);
});

test('while the log is away a turn is refused with 503, and nobody is asked', async () => {
  await chat('away', user('hi'));
  const before = gateway.vendor.arrived.length;
  await gateway.nats.kill9();
  const answer = await chat('away', user('hi again'));
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ error: { code: 'log_unavailable' } });
  expect(gateway.vendor.arrived.length).toBe(before);
  await gateway.nats.restart();
}, 60_000);
