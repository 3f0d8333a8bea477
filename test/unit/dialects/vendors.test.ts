/** Answers of those who speak OpenAI's dialect in their own way, and what they want to be asked. */
import { describe, expect, test } from 'bun:test';
import type { NeutralMessage } from '../../../events/neutralMessage.ts';
import { dialects } from '../../../server/dialects/dialects.ts';

const { openai } = dialects;

type Choice = Readonly<Record<string, unknown>>;

function streamed(choices: readonly Choice[], more: readonly unknown[] = []) {
  const reader = openai.createAnswerReader();
  const events = [
    ...choices.map((choice) => ({ id: 'x', model: 'm', choices: [choice] })),
    ...more,
  ];
  for (const event of events) reader.push({ name: '', data: JSON.stringify(event) });
  return reader.end();
}
const delta = (of: unknown): Choice => ({ index: 0, delta: of });
const stopped: Choice = { index: 0, delta: {}, finish_reason: 'stop' };
const call = (of: Record<string, unknown>): Choice => delta({ tool_calls: [of] });

describe('A stream in the manner of OpenAI', () => {
  test('may think aloud, under one name or another or both', () => {
    for (const thought of [
      { reasoning_content: 'Hm.' },
      { reasoning: 'Hm.' },
      { reasoning: 'Hm.', reasoning_content: 'Hm.' },
    ]) {
      const { message } = streamed([
        delta({ ...thought, content: null }),
        delta({ content: 'Yes.' }),
        stopped,
      ]);
      expect(message.parts).toEqual([
        { type: 'thinking', text: 'Hm.', dialect: 'openai' },
        { type: 'text', text: 'Yes.' },
      ]);
    }
  });

  test("may think within its content, as Mistral's does", () => {
    const thought = [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }];
    const { message } = streamed([
      delta({ content: thought }),
      delta({ content: [{ type: 'text', text: 'Yes.' }] }),
      stopped,
    ]);
    expect(message.parts.map(({ type }) => type)).toEqual(['thinking', 'text']);
  });

  test('may count its tokens in the last chunk, in each, in its choice, or not at all', () => {
    const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
    const counted = { inputTokens: 3, outputTokens: 2 };
    const text = delta({ content: 'Yes.' });
    expect(streamed([text, stopped], [{ choices: [], usage }]).usage).toMatchObject(counted);
    expect(streamed([text, { ...stopped, usage }]).usage).toMatchObject(counted);
    const early = { choices: [text], usage: { prompt_tokens: 3, completion_tokens: 1 } };
    expect(streamed([], [early, { choices: [stopped], usage }]).usage).toMatchObject(counted);
    expect(streamed([text, stopped]).usage).toBeNull();
  });

  test('may number every call 0 and send each in one piece', () => {
    const { message, finishReason } = streamed([
      call({ index: 0, id: 'a', function: { name: 'one', arguments: '{"x":1}' } }),
      call({ index: 0, id: 'b', function: { name: 'two', arguments: '{"x":2}' } }),
      stopped,
    ]);
    expect(message.parts).toEqual([
      { type: 'toolCall', id: 'a', name: 'one', input: { x: 1 } },
      { type: 'toolCall', id: 'b', name: 'two', input: { x: 2 } },
    ]);
    expect(finishReason).toBe('toolCalls');
  });

  test('may repeat the id and the name of a call in each piece', () => {
    const piece = (json: string) =>
      call({ index: 0, id: 'a', function: { name: 'one', arguments: json } });
    const { message } = streamed([piece('{"x"'), piece(':1}'), stopped]);
    expect(message.parts).toEqual([{ type: 'toolCall', id: 'a', name: 'one', input: { x: 1 } }]);
  });

  test('may give its calls neither index nor id, and their input as an object', () => {
    const { message } = streamed([
      delta({
        tool_calls: [{ function: { name: 'one', arguments: { x: 1 } } }],
      }),
      stopped,
    ]);
    const [part] = message.parts;
    expect(part).toMatchObject({ type: 'toolCall', name: 'one', input: { x: 1 } });
    expect(part?.type === 'toolCall' && part.id).toMatch(/^call_[0-9a-f]{24}$/);
  });

  test('may call as OpenAI did at first', () => {
    const { message } = streamed([
      delta({ function_call: { name: 'one', arguments: '' } }),
      delta({ function_call: { arguments: '{"x":1}' } }),
      { ...stopped, finish_reason: 'function_call' },
    ]);
    expect(message.parts).toMatchObject([{ type: 'toolCall', name: 'one', input: { x: 1 } }]);
  });

  test('may be a whole message in one chunk', () => {
    const { message, isWhole } = streamed([
      { index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' },
    ]);
    expect(message.parts).toEqual([{ type: 'text', text: 'Yes.' }]);
    expect(isWhole).toBe(true);
  });

  test('may end without saying how, when it says that it is done', () => {
    const reader = openai.createAnswerReader();
    reader.push({ name: '', data: JSON.stringify({ choices: [delta({ content: 'Yes.' })] }) });
    expect(reader.end().isWhole).toBe(false);
    reader.push({ name: '', data: '[DONE]' });
    expect(reader.end()).toMatchObject({ isWhole: true, finishReason: 'stop' });
  });

  test('may refuse, draw, and answer more than once', () => {
    const refused = streamed([delta({ refusal: 'I will ' }), delta({ refusal: 'not.' }), stopped]);
    expect(refused.message.parts).toEqual([{ type: 'text', text: 'I will not.', isRefusal: true }]);
    expect(refused.finishReason).toBe('refusal');

    const images = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }];
    const drawn = streamed([delta({ content: 'Here.', images }), stopped]);
    expect(drawn.message.parts.at(-1)).toEqual({
      type: 'image',
      mediaType: 'image/png',
      data: 'AAAA',
    });

    const twice = streamed([
      delta({ content: 'A' }),
      { index: 1, delta: { content: 'B' } },
      stopped,
    ]);
    expect(twice.message.parts).toEqual([{ type: 'text', text: 'A' }]);
  });
});

const messages: readonly NeutralMessage[] = [
  { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
  {
    role: 'assistant',
    parts: [
      { type: 'thinking', text: 'Hm.', dialect: 'openai' },
      { type: 'toolCall', id: 'functions.one:0', name: 'one', input: {}, signature: 'c2ln' },
    ],
  },
  {
    role: 'user',
    parts: [
      { type: 'toolResult', callId: 'functions.one:0', content: [{ type: 'text', text: '1' }] },
    ],
  },
];
const asked = (model: string) =>
  openai.requestOf({ model, messages, maxTokens: 9, temperature: 1.5, stream: true }).body;

describe('A model behind the dialect of OpenAI', () => {
  test('of OpenAI that reasons has its own limit and no temperature', () => {
    for (const model of ['o3', 'gpt-5.2', 'openai/gpt-5-mini', 'gpt-10']) {
      const { max_completion_tokens: limit, max_tokens: old, temperature } = asked(model);
      expect([limit, old, temperature]).toEqual([9, undefined, undefined]);
    }
    for (const model of ['gpt-4o', 'llama-3.3-70b', 'gpt-oss-120b', 'openai/gpt-oss-20b']) {
      const { max_completion_tokens: limit, max_tokens: old, temperature } = asked(model);
      expect([limit, old, temperature]).toEqual([undefined, 9, 1.5]);
    }
  });

  test('that wants its thoughts back gets them, and no other', () => {
    expect(JSON.stringify(asked('deepseek-v4'))).toContain('"reasoning_content":"Hm."');
    expect(JSON.stringify(asked('kimi-k3'))).toContain('"reasoning_content":"Hm."');
    expect(JSON.stringify(asked('gpt-5.2'))).not.toContain('Hm.');
  });

  test('of Google gets the signatures of its calls, and no other', () => {
    expect(JSON.stringify(asked('gemini-3-pro'))).toContain('"thought_signature":"c2ln"');
    expect(JSON.stringify(asked('gpt-5.2'))).not.toContain('c2ln');
    const extra = { google: { thought_signature: 'c2ln' } };
    const { message } = streamed([
      call({ index: 0, id: 'a', function: { name: 'one', arguments: '{}' }, extra_content: extra }),
      stopped,
    ]);
    expect(message.parts[0]).toMatchObject({ signature: 'c2ln' });
  });

  test('of Mistral gets ids of nine letters, the same for call and result', () => {
    const [, said, result] = asked('mistral-large-latest').messages as Record<string, unknown>[];
    const [made] = (said ?? {}).tool_calls as { id: string }[];
    expect(made?.id).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(result?.tool_call_id).toBe(made?.id);
    expect(JSON.stringify(asked('kimi-k3'))).toContain('functions.one:0');
  });

  test('says in a stream what it used', () => {
    expect(asked('gpt-4o')).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    });
  });
});
