/** Clients of the vendors' APIs that name a conversation: bytes pass as they are, and the turn is in the log. */
import { beforeEach, describe, expect, test } from 'bun:test';
import { askingAs, startConversations, userSays as user } from '../support/manyConversations.ts';
import { answers, answersWell, bodies, plainPaths, streamPaths } from '../support/proxied.ts';
import type { Dialect } from '../support/proxied.ts';
import { byHand, streams } from '../support/talking.ts';
import { until } from '../support/until.ts';
import { stoppedAfterAll } from '../support/endings.ts';

const gateway = stoppedAfterAll(startConversations);
const asking = askingAs(gateway);
const { ask, chat, eventsOf } = asking;
beforeEach(() => gateway.vendor.does(answersWell));

const messagesOf = async (id: string) =>
  (await gateway.ann.api('GET', `/api/conversations/${id}/messages`)).json.data.map(
    ({ role, content, status }: Record<string, string>) => [role, content, status],
  );
const over = (id: string, count: number) =>
  until('the turn is over', async () => (await eventsOf(id)).length >= count);

describe('a plain answer', () => {
  test.each(['openai', 'anthropic', 'gemini'] as const)(
    'in the dialect of %s passes byte for byte, and is the turn',
    async (dialect: Dialect) => {
      const id = `plain-${dialect}`;
      const answer = await ask(id, plainPaths[dialect], bodies[dialect]);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toBe(JSON.stringify(answers[dialect]));
      expect(JSON.parse(gateway.vendor.last().body.toString())).toEqual(bodies[dialect]);
      expect(await eventsOf(id)).toEqual(['ConversationStarted', 'TurnStarted', 'TurnCompleted']);
      const { json } = await gateway.ann.api('GET', `/api/conversations/${id}`);
      expect(json).toMatchObject({ owner: 'ann', title: 'Hi', turn_count: 1, status: 'idle' });
      expect(json.usage).toEqual({ input_tokens: 5, output_tokens: 2 });
      expect(json.cost_micro_usd).toBeGreaterThan(0);
      expect(await messagesOf(id)).toEqual([
        ['user', 'Hi', 'completed'],
        ['assistant', 'Hello', 'completed'],
      ]);
    },
  );

  test('adds only what is new, results of tools included', async () => {
    const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } };
    await chat('history', user('one'));
    await chat('history', [
      ...user('one'),
      { role: 'assistant', content: 'Hello' },
      ...user('two'),
    ]);
    await chat('history', [
      ...user('edited'),
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c1', content: '42' },
    ]);
    const { json } = await gateway.ann.api('GET', '/api/conversations/history/messages');
    const asked = json.data.filter(({ role }: { role: string }) => role === 'user');
    expect(asked.map(({ content }: { content: string }) => content)).toEqual(['one', 'two', '']);
    expect(JSON.stringify(asked[2].parts)).toContain('42');
    // Gone on with through the other door.
    const next = await gateway.ann.api('POST', '/api/conversations/history/messages', {
      content: 'more',
    });
    expect(next.json).toMatchObject({ turn: 4, status: 'completed' });
  });

  test('that is a refusal of the vendor fails the turn, and passes', async () => {
    gateway.vendor.does((_, reply) => reply.json(400, { error: { message: 'secret words' } }));
    const answer = await chat('refused', user('no'));
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('secret words');
    const { json } = await gateway.ann.api('GET', '/api/conversations/refused/messages');
    expect(json.data).toMatchObject([{ role: 'user', status: 'failed' }]);
    const { text } = await gateway.api('GET', '/api/logs?limit=1');
    expect(text).not.toContain('secret words');
  });
});

describe('a streamed answer', () => {
  test('passes byte for byte, and is the turn', async () => {
    gateway.vendor.does(streams('Hel', 'lo'));
    const plain = await gateway.post(
      '/v1/chat/completions',
      { ...bodies.openai, stream: true },
      { headers: { authorization: `Bearer ${gateway.ann.key}` } },
    );
    const answer = await ask('streamed', streamPaths.openai, { ...bodies.openai, stream: true });
    expect(await answer.text()).toBe(await plain.text());
    expect(await messagesOf('streamed')).toEqual([
      ['user', 'Hi', 'completed'],
      ['assistant', 'Hello', 'completed'],
    ]);
    // The next question, sent at once, finds the turn over.
    for (const text of ['a', 'b', 'c']) {
      const next = await chat('streamed', user(text), { stream: true });
      expect(next.status).toBe(200);
      await next.text();
    }
    const ids = await eventsOf('streamed');
    expect(ids.filter((type) => type === 'TurnCompleted')).toHaveLength(4);
  });

  test('of Gemini without events, an array, is read too', async () => {
    const part = (text: string) =>
      JSON.stringify({ candidates: [{ content: { role: 'model', parts: [{ text }] } }] });
    const last = JSON.stringify(answers.gemini);
    gateway.vendor.does((_, reply) => {
      reply.begin(200, { 'content-type': 'application/json' });
      void reply.chunk(`[${part('Oh, ')},\r\n${last}]`).then(() => reply.end());
    });
    const path = streamPaths.gemini.replace('?alt=sse', '');
    const answer = await ask('array', path, bodies.gemini);
    expect(await answer.json()).toHaveLength(2);
    expect((await messagesOf('array'))[1]).toEqual(['assistant', 'Oh, Hello', 'completed']);
  });

  test('is begun in the log before the provider is asked, and while it runs the next is a 409', async () => {
    const { script, opened } = byHand();
    gateway.vendor.does(async (arrived, reply) => {
      expect(await eventsOf('busy')).toEqual(['ConversationStarted', 'TurnStarted']);
      return script(arrived, reply);
    });
    const answering = chat('busy', user('wait'), { stream: true });
    await until('the provider is asked', () => opened.length === 1);
    await opened[0]!.say('Well');
    const busy = await chat('busy', user('and?'));
    expect(busy.status).toBe(409);
    expect(await busy.json()).toMatchObject({ error: { code: 'turn_running' } });
    const anthropic = await ask('busy', plainPaths.anthropic, bodies.anthropic);
    expect(anthropic.status).toBe(409);
    expect(await anthropic.json()).toMatchObject({ type: 'error' });
    await opened[0]!.finish();
    await (await answering).text();
    expect(await messagesOf('busy')).toHaveLength(2);
  });

  test('that is cut off is kept as far as it came', async () => {
    const { script, opened } = byHand();
    gateway.vendor.does(script);
    const answering = chat('cut', user('go'), { stream: true });
    await until('the provider is asked', () => opened.length === 1);
    await opened[0]!.say('Half');
    const answer = await answering;
    opened[0]!.cut();
    expect(await answer.text()).toContain('Half');
    expect(await messagesOf('cut')).toEqual([
      ['user', 'go', 'interrupted'],
      ['assistant', 'Half', 'interrupted'],
    ]);
  });

  test('whose client leaves is kept as far as it came, and the provider is left', async () => {
    const { script, opened } = byHand();
    gateway.vendor.does(script);
    const leaving = new AbortController();
    const init = { signal: leaving.signal };
    const answering = chat('left', user('go'), { stream: true }, init);
    await until('the provider is asked', () => opened.length === 1);
    await opened[0]!.say('Half');
    const reader = (await answering).body!.getReader();
    await reader.read();
    leaving.abort();
    await reader.read().catch(() => undefined);
    await opened[0]!.arrived.closed;
    await over('left', 3);
    expect(await eventsOf('left')).toContain('TurnInterrupted');
    expect((await messagesOf('left'))[1]).toEqual(['assistant', 'Half', 'interrupted']);
    gateway.vendor.does(answersWell);
    expect((await chat('left', user('again'))).status).toBe(200);
  });

  test('is ended by whoever cancels its turn', async () => {
    const { script, opened } = byHand();
    gateway.vendor.does(script);
    const answering = chat('cancelled', user('go'), { stream: true });
    await until('the provider is asked', () => opened.length === 1);
    await opened[0]!.say('Half');
    const answer = await answering;
    const turn = answer.headers.get('x-signalbox-turn-id');
    const path = `/api/conversations/cancelled/turns/${turn}/cancel`;
    expect((await gateway.ann.api('POST', path)).json).toEqual({ cancelled: true });
    await answer.text().catch(() => '');
    await opened[0]!.arrived.closed;
    await over('cancelled', 3);
    expect((await messagesOf('cancelled'))[0]).toEqual(['user', 'go', 'interrupted']);
  });
});
