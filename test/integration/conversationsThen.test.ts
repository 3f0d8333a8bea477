/** Conversations as they are and as they were at any event: every number is the one that was live then. */
import { describe, expect, test } from 'bun:test';
import { actorId } from '../../events/ids.ts';
import { expectProblem } from '../support/api.ts';
import { startConversations, talk } from '../support/manyConversations.ts';
import { stoppedAfterAll } from '../support/endings.ts';

const gateway = stoppedAfterAll(startConversations);

const eventsOf = async (id: string) => {
  const read = await gateway.log.read({ kind: 'conversation', id: actorId(id) });
  return read.flatMap((message) => (message.ok ? [message.event] : []));
};
const newestOf = async (id: string) => (await eventsOf(id)).at(-1)!.sequence;

/** What the API says of a conversation now. */
async function liveOf(id: string) {
  const { api } = gateway.ann;
  const { json: conversation } = await api('GET', `/api/conversations/${id}`);
  const { json: messages } = await api('GET', `/api/conversations/${id}/messages`);
  return { ...conversation, messages: messages.data };
}

async function thenOf(id: string, query: string) {
  const { json } = await gateway.ann.api('GET', `/api/actors/conversation/${id}/at?${query}`);
  const { turns: _turns, content: _content, erased_at: _erased, ...context } = json.context;
  return context;
}

describe('a replay', () => {
  test('equals what was live, number by number and word by word, at every sequence', async () => {
    const { api } = gateway.ann;
    const begun = await api('POST', '/api/conversations', {
      model: 'gpt-5',
      system_prompt: 'Be brief',
    });
    const { id } = begun.json;
    const path = `/api/conversations/${id}`;
    const steps: (() => Promise<unknown>)[] = [
      () => api('POST', `${path}/messages`, { content: 'one' }),
      () => api('POST', `${path}/messages`, { content: 'two', model: 'claude-opus-4-8' }),
      () => api('PATCH', path, { title: 'renamed' }),
      () => {
        gateway.vendor.does((_, reply) => reply.json(400, { error: { message: 'no' } }));
        return api('POST', `${path}/messages`, { content: 'three' });
      },
      () => api('POST', `${path}/archive`),
      () => api('POST', `${path}/unarchive`),
    ];
    const live = new Map([[await newestOf(id), await liveOf(id)]]);
    for (const step of steps) {
      await step();
      live.set(await newestOf(id), await liveOf(id));
    }
    expect(live.size).toBe(steps.length + 1);
    for (const [sequence, known] of live) {
      expect(await thenOf(id, `sequence=${sequence}`)).toEqual(known);
    }
    // Between two of them: a turn under way.
    for (const { type, sequence, timeMs } of await eventsOf(id)) {
      const then = await thenOf(id, `sequence=${sequence}`);
      expect(then.status === 'running').toBe(type === 'TurnStarted');
      expect(then.running_turn === null).toBe(type !== 'TurnStarted');
      const sameTime = (await eventsOf(id)).filter((one) => one.timeMs === timeMs);
      if (sameTime.at(-1)?.sequence === sequence)
        expect(await thenOf(id, `time=${timeMs}`)).toEqual(then);
    }
    const now = (await api('GET', `/api/actors/conversation/${id}`)).json;
    expect(now).toMatchObject({ kind: 'conversation', id, sequence: await newestOf(id) });
    expect(now.context.messages).toEqual((await liveOf(id)).messages);
    await gateway.projected();
    const row = (await api('GET', '/api/actors/conversation')).json.data[0];
    const { message_count, turn_count, usage, cost_micro_usd, created_at, updated_at } =
      now.context;
    expect(row.context).toMatchObject({
      message_count,
      turn_count,
      usage,
      cost_micro_usd,
      created_at,
      updated_at,
    });
  });

  test('of a moment before or after the log is a 404', async () => {
    const { api } = gateway.ann;
    const id = await talk(gateway.ann, 'hello');
    const path = `/api/actors/conversation/${id}/at`;
    const [first] = await eventsOf(id);
    expectProblem(await api('GET', `${path}?sequence=${first!.sequence - 1}`), 404, 'NOT_YET');
    expectProblem(await api('GET', `${path}?sequence=999999`), 404, 'NOT_YET');
    expectProblem(await api('GET', path), 422, 'INVALID_QUERY');
  });

  test('of what was erased has its numbers and not a word', async () => {
    const { api } = gateway.ann;
    const id = await talk(gateway.ann, 'secret plans');
    const before = await newestOf(id);
    await api('DELETE', `/api/conversations/${id}`);
    const { json, text } = await api('GET', `/api/actors/conversation/${id}/at?sequence=${before}`);
    expect(json.context).toMatchObject({ turn_count: 1, content: 'erased', title: null });
    expect(text).not.toContain('secret plans');
    const now = await api('GET', `/api/actors/conversation/${id}`);
    expect(now.json).toMatchObject({
      status: 'erased',
      context: { erased_at: expect.any(String) },
    });
  });
});

describe('a client', () => {
  test('sees its own actors only', async () => {
    const id = await talk(gateway.ann, 'mine');
    await gateway.projected();
    for (const more of ['', '/events', '/at?sequence=1']) {
      const answer = await gateway.bob.api('GET', `/api/actors/conversation/${id}${more}`);
      expectProblem(answer, 404, 'ACTOR_NOT_FOUND');
    }
    const own = await gateway.bob.api('GET', '/api/actors/conversation?owner=ann');
    expect(own.json.data).toEqual([]);
    expect((await gateway.bob.api('GET', '/api/actors/provider-key')).status).toBe(403);
    const events = await gateway.ann.api('GET', `/api/actors/conversation/${id}/events?limit=2`);
    expect(events.json).toMatchObject({
      data: [{ type: 'ConversationStarted' }, { type: 'TurnStarted' }],
      next: expect.any(Number),
    });
    const machine = await gateway.bob.api('GET', '/api/actors/conversation/machine');
    expect(machine.json).toMatchObject({ kind: 'conversation', initial: 'unknown' });
  });
});

describe('an operator', () => {
  const readings = async () => {
    const { json } = await gateway.api('GET', '/api/events?type=ConversationRead&limit=1000');
    return json.data.map(({ data, by }: Record<string, object>) => ({ ...data, by }));
  };

  test('sees the numbers, and what was said only where the setting allows it, each time told to the audit log', async () => {
    gateway.vendor.does((_, reply) =>
      reply.json(200, {
        choices: [
          { index: 0, message: { role: 'assistant', content: 'Aha' }, finish_reason: 'stop' },
        ],
      }),
    );
    const id = await talk(gateway.bob, 'private matters');
    const paths = [
      `/api/actors/conversation/${id}`,
      `/api/actors/conversation/${id}/at?sequence=${await newestOf(id)}`,
      `/api/conversations/${id}`,
      `/api/conversations/${id}/messages`,
      `/api/conversations/${id}/export`,
    ];
    for (const path of paths) {
      const { text, json, status } = await gateway.api('GET', path);
      expect(text).not.toContain('private matters');
      if (path.startsWith('/api/actors')) {
        const context = { owner: 'bob', turn_count: 1, title: null, content: 'hidden' };
        expect(json).toMatchObject({ status: 'idle', context });
      } else expect(status).toBe(404);
    }
    expect(await readings()).toEqual([]);

    const setting = '/api/settings/operators_read_conversations';
    expect((await gateway.api('PATCH', setting, { value: true })).status).toBe(200);
    for (const path of paths) {
      expect((await gateway.api('GET', path)).text).toContain('private matters');
    }
    const reading = { conversation_id: id, owner: 'bob', by: { kind: 'operator' } };
    expect(await readings()).toMatchObject(paths.map(() => reading));
    // Its own, and what says nothing of what was said, are nobody else's business.
    await gateway.api('GET', '/api/conversations');
    await gateway.api('GET', `/api/actors/conversation/${id}/events`);
    await gateway.bob.api('GET', `/api/conversations/${id}`);
    expect(await readings()).toHaveLength(paths.length);
    await gateway.api('DELETE', setting);
    expect((await gateway.api('GET', `/api/conversations/${id}`)).status).toBe(404);
  });
});
