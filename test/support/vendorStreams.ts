/** Streams and answers as the vendors send them. */

const chunk = (choices: object[], more: object = {}) =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-CSqe2Vb5zyGDkUOPNtRVAL8iUDOjE',
    object: 'chat.completion.chunk',
    created: 1760949246,
    model: 'gpt-5-2025-08-07',
    service_tier: 'default',
    system_fingerprint: null,
    choices,
    usage: null,
    obfuscation: 'Kq1xTz',
    ...more,
  })}\n\n`;

export const choice = (index: number, content: string, finish: string | null = null) => ({
  index,
  delta: finish === null ? { content } : {},
  finish_reason: finish,
});

const openAiTotals = {
  prompt_tokens: 19,
  completion_tokens: 10,
  total_tokens: 29,
  prompt_tokens_details: { cached_tokens: 4, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 3, audio_tokens: 0 },
};

export const openAiChat = {
  chunk,
  start:
    chunk([
      { index: 0, delta: { role: 'assistant', content: '', refusal: null }, finish_reason: null },
    ]) +
    chunk([choice(0, 'Grüße 🚀')]) +
    chunk([choice(0, ' "finish_reason":"stop" [DONE]')]),
  finish: chunk([choice(0, '', 'stop')]),
  usage: chunk([], { usage: openAiTotals }),
  done: 'data: [DONE]\n\n',
};

const named = (name: string, data: object) =>
  `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`;

const response = (status: string, more: object = {}) => ({
  id: 'resp_67c9fdcecf488190bdd9a0409de3a1ec07b8b0ad4e5eb654',
  object: 'response',
  created_at: 1741487325,
  status,
  error: null,
  model: 'gpt-5-2025-08-07',
  output: [],
  usage: null,
  ...more,
});

export const openAiResponses = {
  start:
    named('response.created', { response: response('in_progress'), sequence_number: 0 }) +
    named('response.output_text.delta', {
      item_id: 'msg_1',
      output_index: 0,
      content_index: 0,
      delta: 'Hi response.completed',
      sequence_number: 1,
    }),
  completed: named('response.completed', {
    response: response('completed', {
      output: [
        { id: 'rs_1', type: 'reasoning', summary: [], encrypted_content: 'gAAAAABo_cipher' },
        { id: 'msg_1', type: 'message', role: 'assistant', content: [] },
      ],
      usage: {
        input_tokens: 37,
        input_tokens_details: { cached_tokens: 8 },
        output_tokens: 11,
        output_tokens_details: { reasoning_tokens: 5 },
        total_tokens: 48,
      },
    }),
    sequence_number: 2,
  }),
  incomplete: named('response.incomplete', { response: response('incomplete') }),
  failed: named('response.failed', {
    response: response('failed', { error: { code: 'server_error', message: 'Oh' } }),
  }),
};

export const anthropicMessages = {
  start:
    named('message_start', {
      message: {
        id: 'msg_1nZdL29xx5MUA1yADyHTEsnR8uuvGzszyY',
        type: 'message',
        role: 'assistant',
        content: [],
        model: 'claude-opus-4-8',
        stop_reason: null,
        stop_sequence: null,
        usage: {
          input_tokens: 25,
          cache_creation_input_tokens: 100,
          cache_read_input_tokens: 200,
          output_tokens: 1,
        },
      },
    }) +
    named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
    named('ping', {}) +
    named('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Grüße 🚀' } }) +
    named('content_block_stop', { index: 0 }),
  delta: named('message_delta', {
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 15 },
  }),
  stop: named('message_stop', {}),
  error: named('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }),
};

const candidates = (parts: object[], totals: object, more: object = {}) =>
  JSON.stringify({
    candidates: [{ content: { parts, role: 'model' }, ...more }],
    usageMetadata: { promptTokenCount: 11, ...totals },
    modelVersion: 'gemini-2.5-flash',
    responseId: 'mAitaLmkHPPlz7IPvtfUqQ4',
  });

export const geminiAnswers = {
  first: candidates([{ text: 'Grüße 🚀' }], { candidatesTokenCount: 3, totalTokenCount: 14 }),
  second: candidates([{ text: ' "finishReason":"STOP"' }], {
    candidatesTokenCount: 7,
    thoughtsTokenCount: 20,
  }),
  last: candidates(
    [{ text: '!' }],
    { candidatesTokenCount: 8, thoughtsTokenCount: 20, cachedContentTokenCount: 6 },
    { finishReason: 'STOP', index: 0 },
  ),
  blocked: JSON.stringify({
    promptFeedback: { blockReason: 'SAFETY' },
    usageMetadata: { promptTokenCount: 4 },
  }),
};

/** Gemini ends its lines with CR LF. */
export const geminiEvent = (json: string) => `data: ${json}\r\n\r\n`;

export const geminiStream = {
  start: geminiEvent(geminiAnswers.first) + geminiEvent(geminiAnswers.second),
  last: geminiEvent(geminiAnswers.last),
};

export const utf8 = (text: string) => new TextEncoder().encode(text);
