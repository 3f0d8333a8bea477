/** Why an answer ended, in one word for all vendors. */
import { expect, test } from 'bun:test';
import type { FinishReason } from '../../../events/neutralMessage.ts';
import { dialects } from '../../../server/dialects/dialects.ts';

const { openai, anthropic, gemini } = dialects;

const ofOpenAi = (reason: string, message: object = { content: 'Yes.' }) =>
  openai.answerOf({ choices: [{ finish_reason: reason, message }] })?.finishReason;
const ofAnthropic = (reason: string | null) =>
  anthropic.answerOf({ content: [], stop_reason: reason })?.finishReason;
const ofGemini = (reason: string) =>
  gemini.answerOf({ candidates: [{ finishReason: reason }] })?.finishReason;

test.each<[FinishReason, string, string, string]>([
  ['stop', 'stop', 'end_turn', 'STOP'],
  ['length', 'length', 'max_tokens', 'MAX_TOKENS'],
  ['refusal', 'content_filter', 'refusal', 'SAFETY'],
  ['refusal', 'sensitive', 'refusal', 'PROHIBITED_CONTENT'],
  ['other', 'network_error', 'something_new', 'MALFORMED_FUNCTION_CALL'],
])('%s is what the vendors say as %s, %s and %s', (reason, openAi, claude, google) => {
  expect(ofOpenAi(openAi)).toBe(reason);
  expect(ofAnthropic(claude)).toBe(reason);
  expect(ofGemini(google)).toBe(reason);
});

test('a call ends an answer, whatever the vendor says', () => {
  const calls = { tool_calls: [{ id: 'a', function: { name: 'one', arguments: '{}' } }] };
  expect(ofOpenAi('tool_calls', calls)).toBe('toolCalls');
  expect(ofOpenAi('stop', calls)).toBe('toolCalls');
  expect(ofAnthropic('tool_use')).toBe('toolCalls');
});

test('a pause is told apart, and an answer that does not say has no reason', () => {
  expect(ofAnthropic('pause_turn')).toBe('pause');
  expect(ofAnthropic(null)).toBeNull();
});

test('a question that Gemini blocks is refused', () => {
  const answer = gemini.answerOf({ promptFeedback: { blockReason: 'SAFETY' } });
  expect(answer).toMatchObject({ finishReason: 'refusal', message: { parts: [] } });
});

test('a refusal in words is kept as one', () => {
  const answer = openai.answerOf({
    choices: [{ finish_reason: 'stop', message: { content: null, refusal: 'I will not.' } }],
  })!;
  expect(answer.finishReason).toBe('refusal');
  const { body } = openai.requestOf({ model: 'm', messages: [answer.message], stream: false });
  expect(body.messages).toEqual([
    { role: 'assistant', content: [{ type: 'refusal', refusal: 'I will not.' }] },
  ]);
});
