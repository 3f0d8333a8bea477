/** Which answers mean that the request does not fit into the model's context. */
import { describe, expect, test } from 'bun:test';
import { exceedsContext, hasMoreRoom } from '../../server/proxy/contextLength.ts';

const openAi = (message: string, code: string | null = null) =>
  JSON.stringify({ error: { message, type: 'invalid_request_error', param: 'messages', code } });

const tooLong: readonly (readonly [string, string])[] = [
  [
    'OpenAI, chat',
    openAi(
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 130012 tokens. Please reduce the length of the messages.",
      'context_length_exceeded',
    ),
  ],
  [
    'OpenAI, responses',
    openAi(
      'Your input exceeds the context window of this model. Please adjust your input and try again.',
      'context_length_exceeded',
    ),
  ],
  [
    'Anthropic, input',
    '{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 215000 tokens > 200000 maximum"}}',
  ],
  [
    'Anthropic, input and output',
    '{"type":"error","error":{"type":"invalid_request_error","message":"input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length or `max_tokens` and try again"}}',
  ],
  [
    'Gemini',
    '{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}',
  ],
  [
    'OpenRouter',
    '{"error":{"message":"This endpoint\'s maximum context length is 32768 tokens. However, you requested about 40000 tokens.","code":400}}',
  ],
  [
    'xAI',
    '{"code":"Client specified an invalid argument","error":"This model\'s maximum prompt length is 131072 but the request contains 200000 tokens."}',
  ],
  [
    'llama.cpp',
    '{"error":{"code":400,"message":"the request exceeds the available context size. try increasing the context size","type":"exceed_context_size_error"}}',
  ],
];

describe('A request is too long for the model', () => {
  test.each(tooLong)('in the words of %s', (_vendor, body) => {
    expect(exceedsContext(400, body)).toBe(true);
  });
  test('only where the vendor blames the request', () => {
    const body = openAi('maximum context length', 'context_length_exceeded');
    expect(exceedsContext(413, body)).toBe(true);
    for (const status of [200, 401, 429, 500, 503])
      expect(exceedsContext(status, body)).toBe(false);
  });
  test('not when it is refused for another reason', () => {
    const bodies = [
      openAi(
        'Your request was rejected as a result of our safety system.',
        'content_policy_violation',
      ),
      openAi("Invalid 'max_tokens': integer above maximum value.", 'integer_above_max_value'),
      openAi('Missing required parameter: messages.'),
      '{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens"}}',
      '',
    ];
    for (const body of bodies) expect(exceedsContext(400, body)).toBe(false);
  });
  test('not because a sentence far down in the answer says so', () => {
    expect(exceedsContext(400, `${'x'.repeat(5_000)} maximum context length`)).toBe(false);
  });
});

test('Another model has more room when it is known to, or when nobody knows', () => {
  expect(hasMoreRoom(200_000, 128_000)).toBe(true);
  expect(hasMoreRoom(128_000, 128_000)).toBe(false);
  expect(hasMoreRoom(8_000, 128_000)).toBe(false);
  expect(hasMoreRoom(undefined, 128_000)).toBe(true);
  expect(hasMoreRoom(8_000, undefined)).toBe(true);
});
