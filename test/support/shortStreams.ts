/** A short stream of each vendor, and where in it things end. */
import type { Dialect } from './proxied.ts';
import type { Kind } from './faultStreams.ts';
import { anthropicMessages, geminiStream, openAiChat, openAiResponses } from './vendorStreams.ts';

export type ShortStream = Readonly<{
  whole: string;
  bytes: Buffer<ArrayBuffer>;
  /** From this byte on the client has seen the first event. */
  firstEnds: number;
  /** From this byte on all that the model said is there, but for the last blank line. */
  contentEnds: number;
  /** After which bytes an event is whole. */
  blockEnds: readonly number[];
}>;

const texts: Readonly<Record<Kind, Readonly<{ content: string; rest: string }>>> = {
  chat: {
    content: openAiChat.start + openAiChat.finish,
    rest: openAiChat.usage + openAiChat.done,
  },
  responses: { content: openAiResponses.start + openAiResponses.completed, rest: '' },
  messages: {
    content: anthropicMessages.start + anthropicMessages.delta + anthropicMessages.stop,
    rest: '',
  },
  gemini: { content: geminiStream.start + geminiStream.last, rest: '' },
};

const kindOf = { openai: 'chat', anthropic: 'messages', gemini: 'gemini' } as const;

export const streamOf = (dialect: Dialect): ShortStream => shortStreamOf(kindOf[dialect]);

export function shortStreamOf(kind: Kind): ShortStream {
  const { content, rest } = texts[kind];
  const whole = content + rest;
  const bytes = Buffer.from(whole);
  const blank = kind === 'gemini' ? '\r\n\r\n' : '\n\n';
  const blockEnds: number[] = [];
  for (let at = bytes.indexOf(blank); at !== -1; at = bytes.indexOf(blank, at + 1)) {
    blockEnds.push(at + blank.length);
  }
  // The blank line's last byte may be missing: what is left is told from a cut by its being whole.
  const contentEnds = Buffer.byteLength(content.slice(0, -blank.length));
  return { whole, bytes, firstEnds: blockEnds[0] ?? 0, contentEnds, blockEnds };
}
