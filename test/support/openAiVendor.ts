/** OpenAI's answers to calls of its SDK: tools, files, sound, vectors. */
import { binary, bytesOf, dataOnly, eitherWay, gives, type Route } from './sdkVendor.ts';

const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
const call = (id: string, city: string) => ({
  id,
  type: 'function',
  function: { name: 'weather', arguments: JSON.stringify({ city, note: 'grüße "x"' }) },
});
const chat = (message: object, finish_reason = 'stop') => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-5',
  choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason }],
  usage,
});
const delta = (piece: object, finish_reason: string | null = null) =>
  dataOnly({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'gpt-5',
    choices: [{ index: 0, delta: piece, finish_reason }],
  });
const toolPiece = (index: number, more: object) => delta({ tool_calls: [{ index, ...more }] });
/** Two calls at once, their arguments in pieces that are no JSON. */
const toolStream =
  delta({ role: 'assistant', content: null }) +
  [call('call_1', 'Bern'), call('call_2', 'Köln')]
    .map(({ id, type, function: { name, arguments: text } }, index) =>
      [
        toolPiece(index, { id, type, function: { name, arguments: '' } }),
        ...(text.match(/.{1,4}/gu) ?? []).map((piece) =>
          toolPiece(index, { function: { arguments: piece } }),
        ),
      ].join(''),
    )
    .join('') +
  delta({}, 'tool_calls') +
  dataOnly({ id: 'chatcmpl-1', object: 'chat.completion.chunk', choices: [], usage }) +
  'data: [DONE]\n\n';
const textStream =
  delta({ role: 'assistant', content: 'Es ist ' }) +
  delta({ content: 'warm ☀️' }) +
  delta({}, 'stop') +
  'data: [DONE]\n\n';

export const vector = new Float32Array([0.25, -1.5, 3.125]);
export const sound = bytesOf(300_000);
const file = (id: string) => ({ id, object: 'file', bytes: 3, filename: `${id}.jsonl` });

export const openAiRoutes: readonly Route[] = [
  [
    /^POST \/v1\/chat\/completions$/,
    (request, reply) => {
      const text = request.body.toString();
      const asksForTools = text.includes('"tools"') && !text.includes('"role":"tool"');
      const answer = asksForTools
        ? eitherWay(
            chat({ tool_calls: [call('call_1', 'Bern'), call('call_2', 'Köln')] }, 'tool_calls'),
            toolStream,
          )
        : eitherWay(chat({ content: '{"city":"Bern","degrees":21}' }), textStream);
      return answer(request, reply);
    },
  ],
  [
    /^POST \/v1\/embeddings$/,
    (request, reply) =>
      gives({
        object: 'list',
        model: 'text-embedding-3-small',
        data: [
          {
            object: 'embedding',
            index: 0,
            embedding: request.body.includes('base64')
              ? Buffer.from(vector.buffer).toString('base64')
              : [...vector],
          },
        ],
        usage: { prompt_tokens: 2, total_tokens: 2 },
      })(request, reply),
  ],
  [/^POST \/v1\/files$/, gives(file('file-1'))],
  [/^GET \/v1\/files\/file-1\/content$/, binary(sound, 'application/octet-stream')],
  [/^GET \/v1\/files\?.*after=file-2/, gives({ data: [file('file-3')], has_more: false })],
  [/^GET \/v1\/files/, gives({ data: [file('file-1'), file('file-2')], has_more: true })],
  [/^DELETE \/v1\/files\/file-1$/, gives({ id: 'file-1', object: 'file', deleted: true })],
  [/^POST \/v1\/audio\/speech$/, binary(sound, 'audio/mpeg')],
  [/^POST \/v1\/audio\/transcriptions$/, gives({ text: 'Hello' })],
  [/^POST \/v1\/images\/edits$/, gives({ created: 1, data: [{ b64_json: 'aGk=' }] })],
  [/^POST \/v1\/moderations$/, gives({ id: 'modr-1', model: 'omni', results: [] })],
  [/^GET \/v1\/vector_stores/, gives({ data: [{ id: 'vs_1' }], has_more: false })],
  [/^POST \/v1\/uploads$/, gives({ id: 'upload_1', object: 'upload', status: 'pending' })],
];
