/** Which models a client key may use, what the SDKs make of a no, and how its terms are told and changed. */
import { describe, expect, test } from 'bun:test';
import Anthropic from '@anthropic-ai/sdk';
import { ApiError } from '@google/genai';
import OpenAI from 'openai';
import { actorId } from '../../events/ids.ts';
import { expectProblem } from '../support/api.ts';
import { startKeyBench } from '../support/clientKeys.ts';
import { stoppedAfterAll } from '../support/endings.ts';

const gateway = stoppedAfterAll(startKeyBench);

describe('Allowed models', () => {
  test('are those that the client may name, in every dialect', async () => {
    const models = ['gpt-*', 'anthropic/*', 'gemini-2.5-flash'];
    const { key } = await gateway.make({ models });
    expect((await gateway.askWith(key)).status).toBe(200);
    expect((await gateway.askWith(key, 'gemini')).status).toBe(200);
    const prefixed = { model: 'anthropic/claude-opus-4-8' };
    expect((await gateway.askWith(key, 'anthropic', prefixed)).status).toBe(200);
    gateway.vendor.forget();

    const openai = await gateway.sdkThrows(key, 'openai', 'o9-mega');
    expect(openai).toBeInstanceOf(OpenAI.PermissionDeniedError);
    expect(openai).toMatchObject({ code: 'model_not_allowed' });
    expect(String(openai)).toContain('o9-mega');
    const anthropic = await gateway.sdkThrows(key, 'anthropic');
    expect(anthropic).toBeInstanceOf(Anthropic.PermissionDeniedError);
    expect(String(anthropic)).toContain('claude-opus-4-8');
    const gemini = await gateway.sdkThrows(key, 'gemini', 'gemini-2.5-pro');
    expect(gemini).toBeInstanceOf(ApiError);
    expect(gemini).toMatchObject({ status: 403 });
    expect(String(gemini)).toContain('PERMISSION_DENIED');
    expect(gateway.vendor.arrived).toEqual([]);
  });

  test('are not what a request without a model is for', async () => {
    const { key } = await gateway.make({ models: ['gpt-*'] });
    const headers = { authorization: `Bearer ${key}` };
    const batch = await gateway.post('/v1/batches', { input_file_id: 'file-1' }, { headers });
    expect(batch.status).toBe(403);
    const messages = { requests: [{ custom_id: 'a', params: { model: 'claude-opus-4-8' } }] };
    const batches = await gateway.post('/v1/messages/batches', messages, { headers });
    expect(batches.status).toBe(403);
  });

  test('can be taken off again', async () => {
    const { id, key } = await gateway.make({ models: ['gpt-*'] });
    expect((await gateway.askWith(key, 'gemini')).status).toBe(403);
    await gateway.change(id, { models: null });
    expect((await gateway.askWith(key, 'gemini')).status).toBe(200);
  });
});

describe('The terms of a key', () => {
  test('are told as they are, and who changed them is in the log', async () => {
    const terms = {
      models: ['gpt-*'],
      requests_per_minute: 60,
      burst: 5,
      max_concurrent: 3,
      expires_at: '2099-01-01T00:00:00.000Z',
    };
    const { id } = await gateway.make({ name: 'told', ...terms });
    expect((await gateway.api('GET', `/api/keys/${id}`)).json).toMatchObject({
      id,
      ...terms,
      status: 'active',
      expires_soon: false,
    });
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const { json } = await gateway.change(id, { name: 'renamed', expires_at: soon });
    expect(json).toMatchObject({ name: 'renamed', expires_at: soon, expires_soon: true });
    const messages = await gateway.log.read({ kind: 'client-key', id: actorId(id) });
    const events = messages.flatMap((message) => (message.ok ? [message.event] : []));
    expect(events.at(-1)).toMatchObject({
      type: 'ClientKeyChanged',
      cause: { by: { kind: 'operator' } },
      data: { source: 'api', changes: { name: 'renamed', expiresAtMs: Date.parse(soon) } },
    });
  });

  test('that make no sense are refused, and unknown ones told', async () => {
    const { id } = await gateway.make();
    expectProblem(await gateway.change(id, { burst: 5 }), 422, 'INVALID');
    expectProblem(await gateway.change(id, { requests_per_minute: 0 }), 422, 'INVALID_BODY');
    expectProblem(await gateway.change(id, { models: [] }), 422, 'INVALID_BODY');
    expectProblem(await gateway.change(id, { model: ['a'] }), 422, 'INVALID_BODY');
    const past = { expires_at: '2020-01-01T00:00:00Z' };
    expectProblem(await gateway.change(id, past), 422, 'INVALID');
    expectProblem(await gateway.api('POST', '/api/keys', past), 422, 'INVALID');
    expectProblem(await gateway.change('ck-none', {}), 404, 'CLIENT_KEY_NOT_FOUND');
  });
});
