/** Streams of a route that says `resume`: what breaks after text was sent goes on, or ends in a clean error. */
import { describe, expect, test } from 'bun:test';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { GoogleGenAI } from '@google/genai';
import { recordOf } from '../support/factsOf.ts';
import { both, fails, startRouted, type Routed } from '../support/routed.ts';
import { chat, claude, gemini, named, responses, type Say } from '../support/textStreams.ts';
import type { Script } from '../support/vendor.ts';
import { stoppedAfterEach } from '../support/endings.ts';

const start = stoppedAfterEach(startRouted);

const words = ['Grüße', ' 🚀 from', ' the ', 'first', '.'];
const otherwise = ['Grü', 'ße 🚀', ' from the first', '', '.'];
const text = words.join('');

const streams =
  (say: Say, id: string, said: readonly string[]): Script =>
  (_, reply) =>
    reply.stream(say(id, said));
/** Sends half of its stream, then breaks. */
const breaks =
  (say: Say, id: string, said: readonly string[]): Script =>
  async (_, reply) => {
    const whole = Buffer.from(say(id, said));
    reply.begin();
    await reply.chunk(whole.subarray(0, Math.floor(whole.length * 0.6)));
    reply.cut();
  };
const inTurn = (...scripts: Script[]): Script => {
  let turn = 0;
  return (request, reply) => scripts[Math.min(turn++, scripts.length - 1)]!(request, reply);
};
const route = { name: 'lasting', targets: both, resume: true };

/** What the official SDK makes of a chat with the route, and the record of it. */
async function chatOver(gateway: Routed) {
  let answered: Response | undefined;
  const client = new OpenAI({
    baseURL: `${gateway.url()}/v1`,
    apiKey: 'none',
    maxRetries: 0,
    fetch: async (url, init) => (answered = await fetch(url, init)),
  });
  const messages = [{ role: 'user' as const, content: 'Hi' }];
  let said = '';
  let error: unknown;
  const ids = new Set<string>();
  try {
    for await (const chunk of await client.chat.completions.create({
      model: 'lasting',
      messages,
      stream: true,
    })) {
      ids.add(chunk.id);
      said += chunk.choices[0]?.delta.content ?? '';
    }
  } catch (thrown) {
    error = thrown;
  }
  return { said, error, ids: [...ids], record: await recordOf(gateway, answered!) };
}

describe('A stream that breaks after text was sent', () => {
  test('goes on with the next target: one answer to the client, two attempts in the record', async () => {
    const gateway = await start();
    gateway.vendor.does(breaks(chat, 'one', words));
    gateway.spare.does(streams(chat, 'two', otherwise));
    await gateway.define(route);
    const { said, error, ids, record } = await chatOver(gateway);
    expect([said, error, ids]).toEqual([text, undefined, ['one']]);
    expect(record).toMatchObject({
      outcome: 'completed',
      status: 200,
      provider: 'spare',
      usage: { inputTokens: 5, outputTokens: 2 },
      attempts: [
        { provider: 'openai', status: 200, verdict: 'transient', ruleId: 'stream.broken' },
        { provider: 'spare', status: 200, verdict: 'ok', error: '' },
      ],
    });
    expect(JSON.parse(gateway.spare.last().body.toString())).toMatchObject({
      model: 'oss/gpt-120b',
      messages: [{ role: 'user', content: 'Hi' }],
    });
  });

  test('ends in an error where the next target says something else, and not a word of it comes', async () => {
    const gateway = await start();
    gateway.vendor.does(breaks(chat, 'one', words));
    gateway.spare.does(streams(chat, 'two', ['Good evening, dear first.']));
    await gateway.define(route);
    const { said, error, record } = await chatOver(gateway);
    expect(error).toBeInstanceOf(OpenAI.APIError);
    expect([said.length > 0, text.startsWith(said)]).toEqual([true, true]);
    expect(record.outcome).toBe('truncated');
    expect(record.attempts.map(({ error: why }) => why)).toEqual([
      'the stream broke after text was sent',
      'its text does not begin with what the client already has',
    ]);
  });

  test('passes over a target that fails, and asks the first again', async () => {
    const gateway = await start();
    gateway.vendor.does(inTurn(breaks(chat, 'one', words), streams(chat, 'three', otherwise)));
    gateway.spare.does(fails(503));
    await gateway.define(route);
    const { said, error, record } = await chatOver(gateway);
    expect([said, error]).toEqual([text, undefined]);
    expect(record.attempts.map(({ provider, status }) => [provider, status])).toEqual([
      ['openai', 200],
      ['spare', 503],
      ['openai', 200],
    ]);
  });

  test('goes on also when it fell silent', async () => {
    const gateway = await start({ stallMs: 200 });
    gateway.vendor.does(async (_, reply) => {
      reply.begin();
      await reply.chunk(chat('one', words).slice(0, 400));
    });
    gateway.spare.does(streams(chat, 'two', otherwise));
    await gateway.define(route);
    const { said, record } = await chatOver(gateway);
    expect([said, record.outcome]).toEqual([text, 'completed']);
    await gateway.vendor.last().closed;
  });

  test('is an error as ever on a route that does not say so', async () => {
    const gateway = await start();
    gateway.vendor.does(breaks(chat, 'one', words));
    await gateway.define({ ...route, resume: false });
    const { said, error, record } = await chatOver(gateway);
    expect(error).toBeDefined();
    expect([text.startsWith(said), record.outcome]).toEqual([true, 'truncated']);
    expect(gateway.spare.arrived).toHaveLength(0);
  });
});

describe('In the other dialects', () => {
  test('an Anthropic stream goes on', async () => {
    const gateway = await start();
    gateway.vendor.does(
      inTurn(breaks(claude, 'msg_1', words), streams(claude, 'msg_2', otherwise)),
    );
    const targets = [{ provider: 'anthropic', model: 'claude-opus-4-8' }];
    await gateway.define({ ...route, targets });
    const client = new Anthropic({ baseURL: gateway.url(), apiKey: 'none', maxRetries: 0 });
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    const message = await client.messages
      .stream({ model: 'lasting', max_tokens: 10, messages })
      .finalMessage();
    expect(message).toMatchObject({
      id: 'msg_1',
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
    });
  });

  test('a stream of the Responses API goes on, where the vendor stores nothing of it', async () => {
    const gateway = await start();
    gateway.vendor.does(
      inTurn(breaks(responses, 'resp_1', words), streams(responses, 'resp_2', otherwise)),
    );
    await gateway.define(route);
    const client = new OpenAI({ baseURL: `${gateway.url()}/v1`, apiKey: 'none', maxRetries: 0 });
    const stream = client.responses.stream({ model: 'lasting', input: 'Hi', store: false });
    let said = '';
    stream.on('response.output_text.delta', ({ delta }) => (said += delta));
    const whole = await stream.finalResponse();
    expect([said, whole.output_text, whole.id]).toEqual([text, text, 'resp_1']);
  });

  test('what a response says after the text on which it goes on keeps its own ids', async () => {
    const gateway = await start();
    const call = { id: 'call-item', type: 'function_call', name: 'f', arguments: '' };
    const at = { output_index: 1, sequence_number: 0 };
    const second = responses('resp_2', otherwise).replace(
      'event: response.completed',
      named('response.output_item.added', { ...at, item: call }) +
        named('response.function_call_arguments.delta', { ...at, item_id: call.id, delta: '{}' }) +
        '$&',
    );
    gateway.vendor.does(
      inTurn(breaks(responses, 'resp_1', words), (_, reply) => reply.stream(second)),
    );
    await gateway.define(route);
    const client = new OpenAI({ baseURL: `${gateway.url()}/v1`, apiKey: 'none', maxRetries: 0 });
    const asked = { model: 'lasting', input: 'Hi', store: false, stream: true } as const;
    const ids: Record<string, unknown>[] = [];
    const numbers: number[] = [];
    for await (const event of await client.responses.create(asked)) {
      numbers.push(event.sequence_number);
      if ('item_id' in event) ids.push({ [event.output_index]: event.item_id });
      if ('item' in event) ids.push({ [event.output_index]: event.item.id });
    }
    const [ofText, ofCall] = [{ 0: 'item-of-resp_1' }, { 1: 'call-item' }];
    expect(ids).toEqual([...ids.slice(0, -2).map(() => ofText), ofCall, ofCall]);
    expect(numbers).toEqual(numbers.map((_, nth) => nth));
  });

  test('a Gemini stream goes on', async () => {
    const gateway = await start();
    gateway.vendor.does(inTurn(breaks(gemini, 'r1', words), streams(gemini, 'r2', otherwise)));
    const targets = [{ provider: 'gemini', model: 'gemini-2.5-flash' }];
    await gateway.define({ ...route, targets });
    const client = new GoogleGenAI({
      apiKey: 'none',
      httpOptions: { baseUrl: gateway.url() },
    });
    let said = '';
    const request = { model: 'lasting', contents: 'Hi' };
    for await (const part of await client.models.generateContentStream(request)) {
      expect(part.responseId).toBe('r1');
      said += part.text ?? '';
    }
    expect(said).toBe(text);
  });
});
