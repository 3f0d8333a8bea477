/** Lists of conversations, their events in the audit log and in the live stream, and their rows against the log. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { compareWithRebuild } from '../../events/projections/rebuild.ts';
import { startConversations, talk, type ManyConversations } from '../support/manyConversations.ts';
import { readSse } from '../support/sseReader.ts';

let gateway: ManyConversations;
const ofAnn: string[] = [];
let ofBob: string;

beforeAll(async () => {
  gateway = await startConversations();
  ofAnn.push(await talk(gateway.ann, 'How do lighthouses work?'));
  ofAnn.push(await talk(gateway.ann, 'Bake a Zimtschnecke', 'claude-opus-4-8'));
  ofBob = await talk(gateway.bob, 'Why lighthouses?');
  ofAnn.push(await talk(gateway.ann, 'More about LIGHTHOUSES'));
});
afterAll(() => gateway.stop());

const idsOf = ({ json }: { json: { data: { id: string }[] } }) => json.data.map(({ id }) => id);

test('a client sees its own, with their titles, the newest first, page by page', async () => {
  const { api } = gateway.ann;
  const all = await api('GET', '/api/conversations?owner=somebody');
  expect(idsOf(all)).toEqual(ofAnn.toReversed());
  expect(all.json).toMatchObject({
    next: null,
    cursor: expect.stringMatching(/^c\d+-v\d+$/),
    data: [
      {
        title: 'More about LIGHTHOUSES',
        owner: gateway.ann.id,
        status: 'idle',
        model: 'gpt-5',
        turn_count: 1,
        message_count: 2,
        usage: { input_tokens: 5, output_tokens: 2 },
        running_turn: null,
      },
      { title: 'Bake a Zimtschnecke' },
      { title: 'How do lighthouses work?' },
    ],
  });
  const first = await api('GET', '/api/conversations?limit=2');
  const second = await api('GET', `/api/conversations?limit=2&after=${first.json.next}`);
  expect([...idsOf(first), ...idsOf(second)]).toEqual(ofAnn.toReversed());
  expect(second.json.next).toBeNull();
});

test('is searched by title, model and whether it was archived', async () => {
  const { api } = gateway.ann;
  const found = await api('GET', '/api/conversations?title=lighthouse');
  expect(idsOf(found)).toEqual([ofAnn[2]!, ofAnn[0]!]);
  const one = await api('GET', '/api/conversations?title=lighthouse&limit=1');
  expect(idsOf(one)).toEqual([ofAnn[2]!]);
  const rest = await api('GET', `/api/conversations?title=lighthouse&after=${one.json.next}`);
  expect(idsOf(rest)).toEqual([ofAnn[0]!]);
  expect(idsOf(await api('GET', '/api/conversations?model=claude-opus-4-8'))).toEqual([ofAnn[1]!]);
  await api('POST', `/api/conversations/${ofAnn[0]}/archive`);
  expect(idsOf(await api('GET', '/api/conversations?archived=true'))).toEqual([ofAnn[0]!]);
  expect(idsOf(await api('GET', '/api/conversations?archived=false'))).not.toContain(ofAnn[0]!);
  expect((await api('GET', '/api/conversations?archived=maybe')).status).toBe(422);
});

test('an operator sees that they exist, and no title', async () => {
  const all = await gateway.api('GET', '/api/conversations');
  expect(idsOf(all).toSorted()).toEqual([...ofAnn, ofBob].toSorted());
  expect(all.text).not.toMatch(/lighthouse|Zimt/i);
  expect(idsOf(await gateway.api('GET', `/api/conversations?owner=${gateway.bob.id}`))).toEqual([
    ofBob,
  ]);
  expect(idsOf(await gateway.api('GET', '/api/conversations?title=lighthouse'))).toEqual([]);
});

test('says at once what was done a moment ago, and nothing of what was erased', async () => {
  const { api } = gateway.bob;
  const erased = await talk(gateway.bob, 'soon gone');
  expect(idsOf(await api('GET', '/api/conversations'))[0]).toBe(erased);
  await api('PATCH', `/api/conversations/${erased}`, { title: 'another name' });
  const [renamed] = (await api('GET', '/api/conversations')).json.data;
  expect(renamed.title).toBe('another name');
  await api('DELETE', `/api/conversations/${erased}`);
  expect(idsOf(await api('GET', '/api/conversations'))).toEqual([ofBob]);
  await gateway.projected();
  expect(idsOf(await api('GET', '/api/conversations'))).toEqual([ofBob]);
});

test('the audit log has their events by their kind, and of what was said only its length', async () => {
  const path = `/api/events?kind=conversation&id=${ofBob}`;
  for (const isProjected of [false, true]) {
    if (isProjected) await gateway.projected();
    const { json, text } = await gateway.api('GET', path);
    expect(json.data.map(({ type }: { type: string }) => type)).toEqual([
      'ConversationStarted',
      'TurnStarted',
      'TurnCompleted',
    ]);
    expect(json.data[1]).toMatchObject({
      kind: 'conversation',
      actor_id: ofBob,
      by: { kind: 'client' },
      data: { number: 1, question: { content_bytes: expect.any(Number) } },
    });
    expect(text).not.toMatch(/ciphertext|nonce|key_ref/);
  }
  const ended = await gateway.api('GET', `${path}&order=desc&limit=1`);
  expect(ended.json.data[0].type).toBe('TurnCompleted');
  const all = await gateway.api('GET', '/api/events?limit=1000');
  expect(all.json.data.some(({ kind }: { kind: string }) => kind === 'conversation')).toBe(false);
});

test('the live stream tells of them without a word of what was said, and goes on at its cursor', async () => {
  const { authorization } = await login();
  const listen = async (query: string) => {
    const { body } = await fetch(`${gateway.url()}/api/live${query}`, { headers: authorization });
    return readSse(body!);
  };
  const reader = await listen('?kind=conversation');
  await reader.until((events) => events.length === 1);
  const { json: before } = await gateway.api('GET', '/api/conversations');
  const id = await talk(gateway.ann, 'overheard');
  await reader.until((events) => events.length === 4);
  const told = reader.items.slice(1);
  expect(told.map(({ data }) => [data['type'], data['status']])).toEqual([
    ['ConversationStarted', 'idle'],
    ['TurnStarted', 'running'],
    ['TurnCompleted', 'idle'],
  ]);
  expect(JSON.stringify(told)).not.toMatch(/ciphertext|overheard/);
  await reader.leave();

  const again = await listen(`?after=${told[0]!.id}&kind=conversation&id=${id}`);
  await again.until((events) => events.length === 3);
  expect(again.items.slice(1).map(({ data }) => data['type'])).toEqual([
    'TurnStarted',
    'TurnCompleted',
  ]);
  await again.leave();
  const fromList = await listen(`?after=${before.cursor}&kind=conversation`);
  await fromList.until((events) => events.length === 4);
  await fromList.leave();
});

test('the rows are those that the log makes again', async () => {
  await gateway.projected();
  const tables = await compareWithRebuild(gateway.log, gateway.databasePath);
  expect(tables.filter(({ isEqual }) => !isEqual)).toEqual([]);
  expect(tables.find(({ table }) => table === 'conversation')?.rows).toBeGreaterThan(4);
});

async function login() {
  const { json } = await gateway.api('POST', '/api/login', { password: 'test-password' });
  return { authorization: { authorization: `Bearer ${json.token}` } };
}
