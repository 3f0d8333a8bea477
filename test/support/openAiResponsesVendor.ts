/** OpenAI's answers under /v1/responses, whole and as streams. */
import { gives, named, streams, type Route } from './sdkVendor.ts';

const text = 'Grüße 🚀, it is warm';
const usage = {
  input_tokens: 37,
  input_tokens_details: { cached_tokens: 8 },
  output_tokens: 11,
  output_tokens_details: { reasoning_tokens: 5 },
  total_tokens: 48,
};
export const reasoning = (id: string, cipher: string) => ({
  id,
  type: 'reasoning',
  summary: [],
  encrypted_content: cipher,
});
const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [] }],
};
const callArguments = JSON.stringify({ city: 'Köln', note: '"x"' });
const functionCall = {
  id: 'fc_1',
  type: 'function_call',
  status: 'completed',
  call_id: 'call_1',
  name: 'weather',
  arguments: callArguments,
};
const output = [reasoning('rs_1', 'gAAAAABo_cipher'), message, functionCall];

export const response = (more: object = {}) => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1741487325,
  status: 'completed',
  error: null,
  incomplete_details: null,
  model: 'gpt-5',
  parallel_tool_calls: true,
  tool_choice: 'auto',
  tools: [],
  output,
  usage,
  ...more,
});

const inTurn = (events: readonly (readonly [string, object])[]): string =>
  events.map(([name, data], at) => named(name, { ...data, sequence_number: at })).join('');

const textAt = { item_id: 'msg_1', output_index: 1, content_index: 0 };
const callAt = { item_id: 'fc_1', output_index: 2 };
const pieces = (whole: string) => whole.match(/[^]{1,3}/gu) ?? [];

export const responseStream = (of: object = response()): string =>
  inTurn([
    ['response.created', { response: { ...of, status: 'in_progress', output: [], usage: null } }],
    ['response.in_progress', { response: { ...of, status: 'in_progress', output: [] } }],
    ['response.output_item.added', { output_index: 0, item: reasoning('rs_1', '') }],
    ['response.output_item.done', { output_index: 0, item: output[0] }],
    ['response.output_item.added', { output_index: 1, item: { ...message, content: [] } }],
    [
      'response.content_part.added',
      { ...textAt, part: { type: 'output_text', text: '', annotations: [] } },
    ],
    ...pieces(text).map((delta): [string, object] => [
      'response.output_text.delta',
      { ...textAt, delta, logprobs: [] },
    ]),
    ['response.output_text.done', { ...textAt, text, logprobs: [] }],
    ['response.content_part.done', { ...textAt, part: message.content[0] }],
    ['response.output_item.done', { output_index: 1, item: message }],
    ['response.output_item.added', { output_index: 2, item: { ...functionCall, arguments: '' } }],
    ...pieces(callArguments).map((delta): [string, object] => [
      'response.function_call_arguments.delta',
      { ...callAt, delta },
    ]),
    ['response.function_call_arguments.done', { ...callAt, arguments: callArguments }],
    ['response.output_item.done', { output_index: 2, item: functionCall }],
    ['response.completed', { response: of }],
  ]);

const item = (id: string) => ({ id, type: 'message', role: 'user', content: [] });

export const responsesRoutes: readonly Route[] = [
  [
    /^POST \/v1\/responses$/,
    (request, reply) => {
      const { stream, background } = JSON.parse(request.body.toString());
      const made = background ? response({ status: 'queued', output: [] }) : response();
      return (stream === true ? streams(responseStream()) : gives(made))(request, reply);
    },
  ],
  [/^GET \/v1\/responses\/resp_1\?.*stream=true/, streams(responseStream())],
  [
    /^GET \/v1\/responses\/resp_1\/input_items\?.*after=msg_b/,
    gives({ object: 'list', data: [item('msg_c')], has_more: false }),
  ],
  [
    /^GET \/v1\/responses\/resp_1\/input_items/,
    gives({ object: 'list', data: [item('msg_a'), item('msg_b')], has_more: true }),
  ],
  [/^GET \/v1\/responses\/resp_1/, gives(response())],
  [/^POST \/v1\/responses\/resp_1\/cancel$/, gives(response({ status: 'cancelled' }))],
  [/^DELETE \/v1\/responses\/resp_1$/, gives({ id: 'resp_1', deleted: true })],
  [/^POST \/v1\/conversations$/, gives({ id: 'conv_1', object: 'conversation' })],
];
