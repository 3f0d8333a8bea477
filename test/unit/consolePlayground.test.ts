/** What the playground sends in each dialect, and the words it finds in what comes back. */
import { describe, expect, test } from 'bun:test';
import { answerText, formOf, streamFault } from '../../web/src/pages/playground/dialects.ts';

const asked = {
  model: 'team/best',
  system: 'Be short.',
  prompt: 'Hello?',
  maxTokens: 20,
  temperature: null,
  isStream: true,
};
const events = (...data: readonly unknown[]) =>
  data.map((one) => `data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`).join('');

describe('a question', () => {
  test('has the path and the fields of its dialect', () => {
    expect(formOf('openai').bodyOf(asked)).toMatchObject({
      messages: [{ role: 'system' }, { role: 'user', content: 'Hello?' }],
      max_completion_tokens: 20,
      stream: true,
    });
    expect(formOf('responses').bodyOf(asked)).toMatchObject({ input: 'Hello?' });
    expect(formOf('anthropic').bodyOf({ ...asked, maxTokens: null })).toMatchObject({
      max_tokens: 1024,
      system: 'Be short.',
    });
    expect(formOf('gemini').pathOf(asked)).toBe(
      '/v1beta/models/team/best:streamGenerateContent?alt=sse',
    );
    expect(formOf('gemini').bodyOf(asked)).not.toHaveProperty('model');
  });
});

describe('an answer', () => {
  test.each([
    ['openai', { choices: [{ message: { content: 'Hi' } }] }],
    ['responses', { output: [{ content: [{ type: 'output_text', text: 'Hi' }] }] }],
    ['anthropic', { content: [{ type: 'text', text: 'Hi' }] }],
    ['gemini', { candidates: [{ content: { parts: [{ text: 'Hi' }] } }] }],
  ])('that is whole is read in the dialect %s', (form, body) => {
    expect(answerText(formOf(form), JSON.stringify(body))).toBe('Hi');
  });

  test.each([
    ['openai', (text: string) => ({ choices: [{ delta: { content: text } }] })],
    ['responses', (text: string) => ({ type: 'response.output_text.delta', delta: text })],
    ['anthropic', (text: string) => ({ type: 'content_block_delta', delta: { text } })],
    ['gemini', (text: string) => ({ candidates: [{ content: { parts: [{ text }] } }] })],
  ])('that is streamed is read in the dialect %s, also when it is cut', (form, delta) => {
    const raw = `${events(delta('H'), delta('i'), '[DONE]')}data: {"cho`;
    expect(answerText(formOf(form), raw)).toBe('Hi');
  });

  test('that broke off says why', () => {
    expect(streamFault(events({ error: { message: 'It broke.' } }, '[DONE]'))).toBe('It broke.');
    expect(streamFault(events({ choices: [] }, '[DONE]'))).toBeUndefined();
  });
});
