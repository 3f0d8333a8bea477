/** Streams that say the same words in each dialect, and what their reader makes of them. */
import type { SseEvent } from '../../server/proxy/resume/sseEvents.ts';

export type Say = (id: string, words: readonly string[]) => string;
export const data = (json: object) => `data: ${JSON.stringify(json)}\n\n`;
export const named = (type: string, json: object) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...json })}\n\n`;

export const chat: Say = (id, words) => {
  const chunk = (delta: object, finish: string | null = null) =>
    data({
      id,
      object: 'chat.completion.chunk',
      created: id.length,
      model: `model-of-${id}`,
      choices: [{ index: 0, delta, finish_reason: finish }],
    });
  const usage = data({ id, choices: [], usage: { prompt_tokens: 5, completion_tokens: 2 } });
  return [
    chunk({ role: 'assistant', content: '' }),
    ...words.map((content) => chunk({ content })),
    chunk({}, 'stop'),
    usage,
    'data: [DONE]\n\n',
  ].join('');
};
export const claude: Say = (id, words) =>
  [
    named('message_start', { message: { id, role: 'assistant', content: [], usage: {} } }),
    named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    named('ping', {}),
    ...words.map((text) =>
      named('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
    ),
    named('content_block_stop', { index: 0 }),
    named('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } }),
    named('message_stop', {}),
  ].join('');
export const gemini: Say = (id, words) =>
  words
    .map((text, index) => {
      const content = { role: 'model', parts: [{ text }] };
      const isLast = index === words.length - 1;
      const candidate = { content, index: 0, ...(isLast && { finishReason: 'STOP' }) };
      return data({ candidates: [candidate], responseId: id, modelVersion: `model-of-${id}` });
    })
    .join('');

/** With numbered events, as OpenAI's newer API has them. */
export const responses: Say = (id, words) => {
  const item = (status: string, content: object[]) => ({
    id: `item-of-${id}`,
    type: 'message',
    role: 'assistant',
    status,
    content,
  });
  const text = (said: string) => ({ type: 'output_text', text: said, annotations: [] });
  const response = (status: string, output: object[]) => ({
    response: { id, object: 'response', status, model: `model-of-${id}`, output },
  });
  const at = { item_id: `item-of-${id}`, output_index: 0, content_index: 0 };
  const all = words.join('');
  const done = item('completed', [text(all)]);
  const usage = { input_tokens: 5, output_tokens: 2, total_tokens: 7 };
  const { response: whole } = response('completed', [done]);
  const events: [type: string, json: object][] = [
    ['response.created', response('in_progress', [])],
    ['response.in_progress', response('in_progress', [])],
    ['response.output_item.added', { output_index: 0, item: item('in_progress', []) }],
    ['response.content_part.added', { ...at, part: text('') }],
    ...words.map((delta): [string, object] => [
      'response.output_text.delta',
      { ...at, delta, logprobs: [] },
    ]),
    ['response.output_text.done', { ...at, text: all, logprobs: [] }],
    ['response.content_part.done', { ...at, part: text(all) }],
    ['response.output_item.done', { output_index: 0, item: done }],
    ['response.completed', { response: { ...whole, usage } }],
  ];
  return events.map(([type, json], nth) => named(type, { ...json, sequence_number: nth })).join('');
};

export const jsonOf = ({ data: text }: SseEvent) => (text.startsWith('{') ? JSON.parse(text) : {});
export const wordsOf = (events: readonly SseEvent[]): string =>
  events
    .map(jsonOf)
    .map(
      (json) =>
        json.choices?.[0]?.delta?.content ??
        json.delta?.text ??
        (typeof json.delta === 'string' ? json.delta : undefined) ??
        json.candidates?.[0]?.content.parts[0].text ??
        '',
    )
    .join('');
export const idsOf = (events: readonly SseEvent[]): unknown[] => [
  ...new Set(
    events
      .map(jsonOf)
      .map((json) => json.id ?? json.responseId ?? json.message?.id ?? json.response?.id)
      .filter((id) => id !== undefined),
  ),
];
/** What is said, whoever says it: the names and kinds of events without their texts. */
export const shapeOf = (events: readonly SseEvent[]): string[] =>
  events
    .map(jsonOf)
    .filter((json) => json.type !== 'ping' && !/_delta$|\.delta$/.test(json.type))
    .flatMap((json) => (typeof json.type === 'string' ? [json.type] : []));
/** Where a stream numbers its events. */
export const numbersOf = (events: readonly SseEvent[]): number[] =>
  events.map(jsonOf).flatMap((json) => json.sequence_number ?? []);
