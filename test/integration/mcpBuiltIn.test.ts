/** The gateway's own MCP server, walked by the official clients of both lines: in sessions, and without. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { apiOf } from '../support/api.ts';
import {
  bearer,
  builtInGateway,
  builtInServer as server,
  builtInTools as names,
  jsonOf,
  textOf,
  walkers,
  type Args,
  type BuiltInGateway,
  type Told,
} from '../support/builtIn.ts';
import { byHand, streams } from '../support/talking.ts';
import { until } from '../support/until.ts';

let gateway: BuiltInGateway;

beforeAll(async () => {
  gateway = await builtInGateway();
});
afterAll(() => gateway.stop());
beforeEach(() => gateway.vendor.does(streams('Hel', 'lo')));

describe.each(Object.entries(walkers))('%s', (_name, walk) => {
  const connect = (path: string, headers: Record<string, string>) =>
    walk(`${gateway.url()}${path}`, headers);

  test('finds the tools under both roofs, with schemas and the resource', async () => {
    const [all, own] = await Promise.all([
      connect('/mcp', bearer('sk-ann')),
      connect(`/mcp/${server}`, bearer('sk-ann')),
    ]);
    expect((await own.tools()).map(({ name }) => name)).toEqual(names);
    const prefixed = await all.tools();
    expect(prefixed.map(({ name }) => name)).toEqual(names.map((name) => `${server}_${name}`));
    for (const { inputSchema, outputSchema } of prefixed)
      expect([inputSchema.type, outputSchema?.type]).toEqual(['object', 'object']);
    expect((await all.resources()).map(({ uri }) => uri)).toEqual([`mcp://${server}/metrics`]);
    await Promise.all([all.close(), own.close()]);
  });

  test('holds a conversation, lists it and reads it back', async () => {
    const walker = await connect('/mcp', bearer('sk-ann'));
    const call = (name: string, args: Args) => walker.call(`${server}_${name}`, args);
    const first = await call('send_message', {
      access_token: 'sk-ann',
      message: 'What is light?',
      model: 'gpt-5',
      max_tokens: 4096,
      temperature: 0.7,
      system_prompt: 'Be brief.',
    });
    const { success, data } = jsonOf(first);
    expect(first.structuredContent).toEqual({ success, data });
    expect(success).toBe(true);
    expect(data).toEqual({
      conversation_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      message_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      content: 'Hello',
      model: 'gpt-5-2025-08-07',
      usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) },
    });
    const { conversation_id: id } = data;
    await call('send_message', { message: 'And sound?', conversation_id: id });
    const sent = JSON.parse(gateway.vendor.last().body.toString());
    expect(sent.messages.map(({ content }: { content: string }) => content)).toEqual([
      'Be brief.',
      'What is light?',
      'Hello',
      'And sound?',
    ]);

    const history = await call('get_conversation_history', { conversation_id: id });
    expect(history.structuredContent).toEqual({ result: jsonOf(history) });
    expect(jsonOf(history).map((one: { content: string }) => one.content)).toEqual([
      'What is light?',
      'Hello',
      'And sound?',
      'Hello',
    ]);
    expect(Object.keys(jsonOf(history)[0])).toEqual([
      'id',
      'role',
      'content',
      'timestamp',
      'token_count',
      'model_used',
    ]);

    const [newest] = jsonOf(await call('get_conversations', { limit: 1 }));
    expect(newest).toEqual({
      id,
      title: 'What is light?',
      created_at: expect.any(String),
      updated_at: expect.any(String),
      message_count: 4,
      is_active: true,
    });
    const later = jsonOf(await call('get_conversations', { offset: 1 }));
    expect(later.map((one: { id: string }) => one.id)).not.toContain(id);
    await walker.close();
  });

  test('is told what the model writes as it writes it', async () => {
    const { script, opened } = byHand();
    gateway.vendor.does(script);
    const walker = await connect(`/mcp/${server}`, bearer('sk-ann'));
    const told: Told[] = [];
    const heard = (count: number) =>
      until(`progress ${count}`, () => Promise.resolve(told.length === count));
    const answer = walker.call(
      'send_message',
      { message: 'Hi' },
      { onprogress: (one) => void told.push(one) },
    );
    await until('the vendor is asked', () => Promise.resolve(opened.length === 1));
    await opened[0]?.say('Once ');
    await heard(1);
    await opened[0]?.say('upon a time');
    await heard(2);
    await opened[0]?.finish();
    expect(jsonOf(await answer).data.content).toBe('Once upon a time');
    expect(told.map(({ message }) => message)).toEqual(['Once ', 'upon a time']);
    expect(told.map(({ progress }) => progress)).toEqual([5, 16]);
    await walker.close();
  });

  test('ends the turn when it cancels, and what came is kept', async () => {
    const { script, opened } = byHand();
    gateway.vendor.does(script);
    const walker = await connect(`/mcp/${server}`, bearer('sk-ann'));
    const leave = new AbortController();
    const answer = walker
      .call(
        'send_message',
        { message: 'Count' },
        {
          signal: leave.signal,
          onprogress: () => leave.abort('enough'),
        },
      )
      .then(
        () => 'answered',
        () => 'cancelled',
      );
    await until('the vendor is asked', () => Promise.resolve(opened.length === 1));
    await opened[0]?.say('One, two');
    expect(await answer).toBe('cancelled');
    await opened[0]?.arrived.closed;
    const path = '/api/conversations';
    const ann = apiOf(gateway.url, bearer('sk-ann'));
    await until('the turn is over', async () => {
      const { json } = await ann('GET', `${path}?limit=1`);
      return json.data[0].status === 'idle';
    });
    const { json } = await ann('GET', `${path}?limit=1`);
    const read = await walker.call('get_conversation_history', {
      conversation_id: json.data[0].id,
    });
    expect(jsonOf(read).map((one: { content: string }) => one.content)).toEqual([
      'Count',
      'One, two',
    ]);
    await walker.close();
  });

  test('is told clearly what does not go', async () => {
    const walker = await connect(`/mcp/${server}`, bearer('sk-bob'));
    const refused = async (name: string, args: Args): Promise<string> => {
      const result = await walker.call(name, args);
      expect(result.isError).toBe(true);
      return textOf(result);
    };
    const conversation_id = 'not-there';
    expect(await refused('send_message', { message: 'Hi', conversation_id })).toBe(
      'CONVERSATION_NOT_FOUND: there is no such conversation',
    );
    expect(await refused('get_conversation_history', { conversation_id })).toContain('NOT_FOUND');
    expect(await refused('send_message', {})).toContain('message');
    expect(await refused('get_conversations', { access_token: 'wrong' })).toContain(
      'INVALID_ACCESS_TOKEN',
    );
    expect(await refused('get_conversations', { access_token: 'sk-ann' })).toContain(
      'of another client',
    );
    gateway.vendor.does((_arrived, reply) =>
      reply.json(400, { error: { message: 'no such thing', type: 'invalid_request_error' } }),
    );
    expect(await refused('send_message', { message: 'Hi' })).toMatch(
      /^TURN_FAILED: The model did not answer \(.*no such thing\)\. The conversation is [0-9a-f-]{36}\.$/,
    );
    await walker.close();
  });

  test('reads health and metrics', async () => {
    const walker = await connect('/mcp', bearer('sk-ann'));
    const health = await walker.call(`${server}_health_check`);
    expect(jsonOf(health)).toMatchObject({ status: 'healthy', failing: [] });
    expect(health.structuredContent).toEqual(jsonOf(health));
    await gateway.projected();
    const [found] = await walker.read(`mcp://${server}/metrics`);
    const metrics = JSON.parse((found as { text: string }).text);
    expect(metrics).toMatchObject({
      active_users: expect.any(Number),
      security: { access: 'keys-and-password' },
    });
    expect(metrics.total_conversations).toBeGreaterThan(0);
    expect(metrics.messages_last_24_hours).toBeGreaterThan(0);
    expect(metrics.performance.requests_last_24_hours).toBeGreaterThan(0);
    await walker.close();
  });
});
