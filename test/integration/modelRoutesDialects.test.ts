/** In which dialects a model route is offered, and how targets of other vendors are asked as OpenAI. */
import { afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { recordOf } from '../support/factsOf.ts';
import {
  answersAs,
  both,
  chatAnswer,
  claudeKey,
  fails,
  geminiKey,
  nameIn,
  startRouted,
} from '../support/routed.ts';
import { openAiChat } from '../support/vendorStreams.ts';
import { stoppedAfterAll } from '../support/endings.ts';

const claude = { provider: 'anthropic', model: 'claude-opus-4-8' };
const flash = { provider: 'gemini', model: 'gemini-2.5-flash' };

const gateway = stoppedAfterAll(startRouted);
beforeAll(async () => {
  await gateway.define({ name: 'mixed', targets: [both[1], claude, flash] });
  await gateway.define({ name: 'foreign', targets: [claude, flash] });
  await gateway.define({ name: 'team/claude', targets: [claude] });
  await gateway.define({ name: 'team/flash', targets: [flash] });
});
afterEach(() => {
  gateway.vendor.does(answersAs('main'));
  gateway.vendor.forget();
});

const dialectsOf = async (id: string) =>
  (await gateway.manage('GET', `/api/models/${id}`)).body['dialects'];

describe('A caller of OpenAI’s dialect', () => {
  test('reaches Anthropic and Gemini at their OpenAI-compatible endpoints', async () => {
    expect(await dialectsOf('foreign')).toEqual(['openai']);
    const answer = await gateway.chat('foreign');
    expect(answer.headers.get('x-signalbox-model')).toBe('anthropic/claude-opus-4-8');
    const asked = gateway.vendor.last();
    expect(asked).toMatchObject({ path: '/v1/chat/completions', key: claudeKey });
    expect(asked.headers.get('authorization')).toBe(`Bearer ${claudeKey}`);
    expect(asked.headers.get('x-api-key')).toBeNull();
    expect(asked.headers.get('anthropic-version')).toBeNull();
    expect(JSON.parse(asked.body.toString())).toMatchObject({ model: 'claude-opus-4-8' });

    gateway.vendor.does((request, reply) =>
      request.key === geminiKey ? reply.json(200, chatAnswer) : fails(529)(request, reply),
    );
    const other = await gateway.chat('foreign');
    expect(other.headers.get('x-signalbox-model')).toBe('gemini/gemini-2.5-flash');
    const { path, headers, body } = gateway.vendor.last();
    expect(path).toBe('/v1beta/openai/chat/completions');
    expect(headers.get('authorization')).toBe(`Bearer ${geminiKey}`);
    expect(headers.get('x-goog-api-key')).toBeNull();
    expect(JSON.parse(body.toString())).toMatchObject({ model: 'gemini-2.5-flash' });
    expect(await recordOf(gateway, other)).toMatchObject({
      dialect: 'openai',
      provider: 'gemini',
      model: 'gemini-2.5-flash',
      usage: { inputTokens: 5, outputTokens: 2 },
    });
  });

  test('gets their streams as OpenAI’s', async () => {
    gateway.vendor.does((_request, reply) => reply.stream(openAiChat.start + openAiChat.finish));
    const answer = await gateway.chat('foreign', { stream: true });
    expect(await answer.text()).toContain('data: [DONE]');
    expect((await recordOf(gateway, answer)).outcome).toBe('completed');
  });

  test('under Gemini’s prefix reaches all of them too', async () => {
    gateway.spare.forget();
    const answer = await gateway.post('/v1beta/openai/chat/completions', { model: 'mixed' });
    expect(await nameIn(answer)).toBe('spare');
    expect(gateway.spare.last().path).toBe('/v1/chat/completions');
  });

  test('is not sent to a target without the endpoint', async () => {
    gateway.spare.does(fails(500));
    const answer = await gateway.post('/v1/responses', { model: 'mixed', input: 'Hi' });
    expect(answer.status).toBe(500);
    expect(gateway.vendor.arrived).toHaveLength(0);
    gateway.spare.does(answersAs('spare'));
    const none = await gateway.post('/v1/responses', { model: 'foreign', input: 'Hi' });
    expect(none.status).toBe(400);
    expect(await none.json()).toMatchObject({ error: { code: 'other_dialect' } });
  });
});

describe('A route to one vendor', () => {
  test('is offered in its own dialect and in OpenAI’s', async () => {
    const { body } = await gateway.manage('GET', '/api/models');
    const routes = body['data'] as { name: string; dialects: string[] }[];
    const offered = new Map(routes.map(({ name, dialects }) => [name, dialects]));
    expect(offered.get('team/claude')).toEqual(['anthropic', 'openai']);
    expect(offered.get('team/flash')).toEqual(['gemini', 'openai']);
    expect(offered.get('mixed')).toEqual(['openai']);
  });

  test('of Anthropic answers messages, under the vendor’s model name', async () => {
    const answer = await gateway.ask('anthropic', { model: 'team/claude' });
    expect(answer.status).toBe(200);
    const { path, headers, body } = gateway.vendor.last();
    expect(path).toBe('/v1/messages');
    expect(headers.get('x-api-key')).toBe(claudeKey);
    expect(JSON.parse(body.toString())).toMatchObject({ model: 'claude-opus-4-8' });
  });

  test.each(['team/flash', 'team%2Fflash'])('of Gemini is named in the path: %s', async (name) => {
    const path = `/v1beta/models/${name}:generateContent`;
    const answer = await gateway.post(path, { contents: [] });
    expect(answer.headers.get('x-signalbox-model')).toBe('gemini/gemini-2.5-flash');
    expect(gateway.vendor.last().path).toBe('/v1beta/models/gemini-2.5-flash:generateContent');
    expect(gateway.vendor.last().headers.get('x-goog-api-key')).toBe(geminiKey);
  });

  test('is refused in the dialect of a caller whom not every target understands', async () => {
    const asked = await gateway.ask('anthropic', { model: 'mixed' });
    expect(asked.status).toBe(400);
    expect(await asked.json()).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error' },
    });
    const generated = await gateway.post('/v1beta/models/mixed:generateContent', { contents: [] });
    expect(generated.status).toBe(400);
    expect(await generated.json()).toMatchObject({ error: { code: 400 } });
    expect(gateway.vendor.arrived).toHaveLength(0);
  });
});
