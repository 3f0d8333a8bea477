/** Recognises the answer that a request does not fit into the model's context, as each vendor words it. */

import { decoded, type FailedAttempt } from './attempt.ts';

/** Programs are told by code where the vendor has one; the rest are the vendors' own sentences. */
const tooLong = new RegExp(
  [
    // OpenAI, Azure, Groq, DeepSeek; llama.cpp.
    'context_length_exceeded',
    'exceed_context_size_error',
    // OpenAI, OpenRouter, vLLM, DeepSeek, and Mistral the other way round.
    'maximum context length',
    'exceeds the context window',
    // Anthropic.
    'prompt is too long',
    'exceed context limit',
    // Gemini.
    'exceeds the maximum number of tokens allowed',
    // xAI, Bedrock, Cohere, llama.cpp, Ollama, Together.
    'maximum prompt length is',
    'input is too long',
    'total number of tokens in the prompt cannot exceed',
    'exceeds the available context size',
    'exceeds the context length',
    'input tokens exceed the configured limit',
    '`inputs` tokens \\+ `max_new_tokens` must be',
  ].join('|'),
  'i',
);

const statuses = new Set([400, 413, 422]);
/** Longer explanations hold the request itself, which may hold any sentence. */
const mostChars = 4_096;

export const exceedsContext = (status: number, body: string): boolean =>
  statuses.has(status) && tooLong.test(body.slice(0, mostChars));

export function isTooLong({ answer }: Pick<FailedAttempt, 'answer'>): boolean {
  if (!answer || !statuses.has(answer.status)) return false;
  const body = decoded(answer.body, answer.headers.get('content-encoding'));
  return exceedsContext(answer.status, new TextDecoder().decode(body));
}

/** Whether another model may take what this one could not: where a length is not known it may. */
export const hasMoreRoom = (other: number | undefined, than: number | undefined): boolean =>
  other === undefined || than === undefined || other > than;
