/** One text as each kind of stream says it, block by block, so that a test can break it where it likes. */
import type { Dialect } from './proxied.ts';
import { chat, claude, data, gemini, named, type Say } from './textStreams.ts';

const words = ['Grüße', ' 🚀', ' from', ' a', ' vendor', '.'];
export const wholeText = words.join('');

/** As many words of it. */
export const textOf = (count: number): string => words.slice(0, count).join('');

export type Kind = 'chat' | 'responses' | 'messages' | 'gemini';
export const kinds: readonly Kind[] = ['chat', 'responses', 'messages', 'gemini'];

export const dialectOf: Readonly<Record<Kind, Dialect>> = {
  chat: 'openai',
  responses: 'openai',
  messages: 'anthropic',
  gemini: 'gemini',
};

/** What the vendor answers a response with: the terminal event holds all of it. */
const responses: Say = (id, said) => {
  const response = (status: string, more: object = {}) => ({
    response: { id: `resp_${id}`, object: 'response', status, error: null, output: [], ...more },
  });
  const usage = { input_tokens: 5, output_tokens: 2, total_tokens: 7 };
  const delta = (text: string) =>
    named('response.output_text.delta', { item_id: 'msg_1', output_index: 0, delta: text });
  return [
    named('response.created', response('in_progress')),
    ...said.map(delta),
    named('response.completed', response('completed', { usage })),
  ].join('');
};

type Shape = Readonly<{
  say: Say;
  /** Blocks before the first word. */
  before: number;
  /** Blocks after all was said: a usage, a sentinel. */
  after: number;
}>;

const shapes: Readonly<Record<Kind, Shape>> = {
  chat: { say: chat, before: 1, after: 2 },
  responses: { say: responses, before: 1, after: 0 },
  messages: { say: claude, before: 3, after: 0 },
  gemini: { say: gemini, before: 0, after: 0 },
};

export type FaultStream = Readonly<{
  whole: string;
  /** The stream up to its word of that number. */
  upTo: (count: number) => string;
  /** What comes after that. */
  from: (count: number) => string;
  /** All that the model said, and its terminator. */
  content: string;
  /** An event that is broken JSON, in the form of the others. */
  malformed: string;
}>;

const broken = '{"id":"x","choices":[{"delta":{"content":';
const malformed: Readonly<Record<Kind, string>> = {
  chat: `data: ${broken}\n\n`,
  responses: `event: response.output_text.delta\ndata: ${broken}\n\n`,
  messages: `event: content_block_delta\ndata: ${broken}\n\n`,
  gemini: `data: ${broken}\n\n`,
};

export function faultStream(kind: Kind, id = 'first'): FaultStream {
  const { say, before, after } = shapes[kind];
  const blocks = say(id, words).split(/(?<=\n\n)/);
  const content = blocks.slice(0, blocks.length - after).join('');
  return {
    whole: blocks.join(''),
    upTo: (count) => blocks.slice(0, before + count).join(''),
    from: (count) => blocks.slice(before + count).join(''),
    content,
    malformed: malformed[kind],
  };
}

const googleStatus: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

/** What each vendor says an error with, as a body of its own. */
export function errorOf(dialect: Dialect, status: number, message: string, code = 'some_code') {
  if (dialect === 'openai') return { error: { message, type: code, param: null, code } };
  if (dialect === 'gemini') {
    return { error: { code: status, message, status: googleStatus[status] ?? 'UNKNOWN' } };
  }
  return { type: 'error', error: { type: code, message }, request_id: 'req_1' };
}

/** The same inside a stream. */
export function errorEvent(kind: Kind, status: number, message: string, code: string): string {
  const dialect = dialectOf[kind];
  if (kind === 'responses') return named('error', { code, message, param: null });
  const body = errorOf(dialect, status, message, code);
  return kind === 'messages' ? `event: error\n${data(body)}` : data(body);
}
