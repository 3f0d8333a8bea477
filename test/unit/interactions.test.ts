/** Gemini's interactions: how their streams end and what they use. */
import { describe, expect, test } from 'bun:test';
import { gemini } from '../../server/proxy/gemini.ts';
import { utf8 } from '../support/vendorStreams.ts';

const event = (event_type: string, more: object = {}) =>
  utf8(`event: ${event_type}\ndata: ${JSON.stringify({ event_type, ...more })}\n\n`);
const created = event('interaction.created', { interaction: { id: 'int_1' } });
const delta = event('step.delta', { index: 0, delta: { type: 'text', text: 'Hi' } });
const usage = { total_input_tokens: 4, total_output_tokens: 2, total_tool_use_tokens: 1 };
const completed = event('interaction.completed', { interaction: { id: 'int_1', usage } });

function watched(route: string, ...events: Uint8Array[]) {
  const watch = gemini.terminator(route);
  for (const bytes of events) watch.push(bytes);
  return {
    end: watch.end(),
    failed: watch.failure() !== null,
    usage: watch.usage(),
    ids: watch.ids(),
  };
}
const route = '/v1beta/interactions';

describe('The stream of an interaction', () => {
  test('is complete with its last event, which has its tokens', () => {
    expect(watched(route, created, delta, completed)).toMatchObject({
      end: 'complete',
      failed: false,
      usage: { inputTokens: 5, outputTokens: 2 },
      ids: ['int_1'],
    });
  });

  test('that ends before is truncated', () => {
    expect(watched(route, created, delta).end).toBe('truncated');
    const status = event('interaction.status_update', {
      interaction_id: 'i',
      status: 'in_progress',
    });
    expect(watched(route, created, status).end).toBe('truncated');
  });

  test('may end with a status, or with an error', () => {
    const status = (said: string) =>
      event('interaction.status_update', { interaction_id: 'i', status: said });
    expect(watched(route, created, status('requires_action')).end).toBe('complete');
    expect(watched(route, created, status('failed'))).toMatchObject({
      end: 'complete',
      failed: true,
    });
    const error = event('error', { error: { message: 'No', code: 'x' } });
    expect(watched(route, created, error)).toMatchObject({ end: 'complete', failed: true });
  });

  test('read again is not counted again, and an unknown one is not judged', () => {
    expect(watched('/v1beta/interactions/{id}', created, completed).usage).toBeNull();
    expect(watched(route, event('something.new')).end).toBe('unjudged');
  });
});

test('A whole interaction is counted where it is made', () => {
  const body = utf8(
    JSON.stringify({
      id: 'int_1',
      usage: { ...usage, output_tokens_by_modality: [{ modality: 'audio', tokens: 2 }] },
    }),
  );
  expect(gemini.usageOfPlain(body, route)).toMatchObject({
    inputTokens: 5,
    outputTokens: 2,
    parts: { outputAudioTokens: 2 },
  });
  expect(gemini.usageOfPlain(body, '/v1beta/interactions/{id}')).toBeNull();
});
