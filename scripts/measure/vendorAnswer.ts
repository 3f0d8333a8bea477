/** What the measured upstream answers, and what is asked of it. */

export const question = JSON.stringify({
  model: 'gpt-4o-mini',
  messages: [
    { role: 'system', content: 'You are a terse assistant.' },
    { role: 'user', content: 'What is the capital of France?' },
  ],
});

export const answer = JSON.stringify({
  id: 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT',
  object: 'chat.completion',
  created: 1_741_569_952,
  model: 'gpt-4o-mini-2024-07-18',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Paris.', refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: {
    prompt_tokens: 24,
    completion_tokens: 3,
    total_tokens: 27,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  },
  service_tier: 'default',
});

const delta = (content: string | null, finish: string | null) =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT',
    object: 'chat.completion.chunk',
    created: 1_741_569_952,
    model: 'gpt-4o-mini-2024-07-18',
    choices: [{ index: 0, delta: content === null ? {} : { content }, finish_reason: finish }],
  })}\n\n`;

/** A stream of so many words, event by event; two more events end it. */
export const streamOf = (words: number): string[] => [
  ...Array.from({ length: words }, (_, index) => delta(`word ${index} `, null)),
  delta(null, 'stop'),
  'data: [DONE]\n\n',
];

/** A short one. */
export const events: readonly string[] = streamOf(20);

/** `[`, which is in every event once. */
export const eventMark = 0x5b;

export const streamedQuestion: string = question.replace('{', '{"stream":true,');
