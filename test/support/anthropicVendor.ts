/** Anthropic's answers to calls of its SDK: tools, thinking, files, batches. */
import { binary, bytesOf, eitherWay, gives, named, type Route } from './sdkVendor.ts';

export const sheet = bytesOf(300_000);

const usage = { input_tokens: 25, cache_read_input_tokens: 200, output_tokens: 15 };
const message = (content: object[], stop_reason: string) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-4-8',
  content,
  stop_reason,
  stop_sequence: null,
  usage,
});
const thinking = { type: 'thinking', thinking: 'Two cities, 🤔', signature: 'EqQBCgIYAhIM' };
const text = { type: 'text', text: 'Grüße 🚀, I look' };
const tool = (id: string, city: string) => ({
  type: 'tool_use',
  id,
  name: 'weather',
  input: { city, note: 'a "quoted" ü' },
});
const calls = [thinking, text, tool('toolu_1', 'Bern'), tool('toolu_2', 'Köln')];
const said = [{ type: 'text', text: 'It is warm.' }];

const pieces = (whole: string) => whole.match(/[^]{1,4}/gu) ?? [];

type Block = Readonly<{ type: string; [field: string]: unknown }>;

function deltasOf(block: Block): object[] {
  if (block.type === 'text')
    return pieces(String(block['text'])).map((piece) => ({ type: 'text_delta', text: piece }));
  if (block.type === 'thinking')
    return [
      ...pieces(String(block['thinking'])).map((piece) => ({
        type: 'thinking_delta',
        thinking: piece,
      })),
      { type: 'signature_delta', signature: block['signature'] },
    ];
  return pieces(JSON.stringify(block['input'])).map((partial_json) => ({
    type: 'input_json_delta',
    partial_json,
  }));
}

const emptied = (block: Block): Block => {
  if (block.type === 'text') return { ...block, text: '' };
  return block.type === 'thinking'
    ? { ...block, thinking: '', signature: '' }
    : { ...block, input: {} };
};

export const messageStream = (content: readonly Block[], stop_reason: string): string =>
  named('message_start', { message: { ...message([], ''), stop_reason: null } }) +
  content
    .map(
      (block, index) =>
        named('content_block_start', { index, content_block: emptied(block) }) +
        (index === 1 ? named('ping', {}) : '') +
        deltasOf(block)
          .map((delta) => named('content_block_delta', { index, delta }))
          .join('') +
        named('content_block_stop', { index }),
    )
    .join('') +
  named('message_delta', { delta: { stop_reason, stop_sequence: null }, usage }) +
  named('message_stop', {});

const toolAnswer = eitherWay(message(calls, 'tool_use'), messageStream(calls, 'tool_use'));
const lastAnswer = eitherWay(message(said, 'end_turn'), messageStream(said, 'end_turn'));

const file = (id: string) => ({ id, type: 'file', filename: `${id}.pdf`, size_bytes: 3 });
/** Where the SDK goes on to get them, with the key of its caller. */
const resultsOrigin = 'https://api.anthropic.example';
const batch = {
  id: 'msgbatch_1',
  type: 'message_batch',
  processing_status: 'ended',
  results_url: null,
};
/** Both ways to ask for the next page, as the versions of the SDK have them. */
const page = (data: object[], last_id: string | null) => ({
  data,
  has_more: last_id !== null,
  first_id: null,
  last_id,
  next_page: last_id,
});
const results = ['one', 'two']
  .map((custom_id) => JSON.stringify({ custom_id, result: { type: 'canceled' } }))
  .join('\n');

export const anthropicRoutes: readonly Route[] = [
  [/^POST \/v1\/messages\/count_tokens(\?beta=true)?$/, gives({ input_tokens: 42 })],
  [
    /^POST \/v1\/messages(\?beta=true)?$/,
    (request, reply) => {
      const body = request.body.toString();
      const isLast = !body.includes('"tools"') || body.includes('"tool_result"');
      return (isLast ? lastAnswer : toolAnswer)(request, reply);
    },
  ],
  [/^POST \/v1\/files(\?beta=true)?$/, gives(file('file_1'))],
  [/^GET \/v1\/files\/file_1\/content(\?beta=true)?$/, binary(sheet, 'application/pdf')],
  [/^GET \/v1\/files\?.*(after_id|page)=file_2/, gives(page([file('file_3')], null))],
  [/^GET \/v1\/files/, gives(page([file('file_1'), file('file_2')], 'file_2'))],
  [/^DELETE \/v1\/files\/file_1/, gives({ id: 'file_1', type: 'file_deleted' })],
  [/^POST \/v1\/messages\/batches(\?beta=true)?$/, gives(batch)],
  [
    /^GET \/v1\/messages\/batches\/msgbatch_1\/results/,
    binary(Buffer.from(results), 'binary/octet-stream'),
  ],
  [
    /^GET \/v1\/messages\/batches\/msgbatch_1/,
    gives({ ...batch, results_url: `${resultsOrigin}/v1/messages/batches/msgbatch_1/results` }),
  ],
];
