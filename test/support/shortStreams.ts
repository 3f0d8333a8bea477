/** A short stream of each vendor, and where in it things end. */
import type { Dialect } from './proxied.ts';
import { anthropicMessages, geminiStream, openAiChat } from './vendorStreams.ts';

export type ShortStream = Readonly<{
  whole: string;
  bytes: Buffer<ArrayBuffer>;
  /** From this byte on the client has seen the first event. */
  firstEnds: number;
  /** From this byte on all that the model said is there. */
  contentEnds: number;
}>;

const texts: Readonly<Record<Dialect, Readonly<{ content: string; rest: string }>>> = {
  openai: {
    content: openAiChat.start + openAiChat.finish,
    rest: openAiChat.usage + openAiChat.done,
  },
  anthropic: {
    content: anthropicMessages.start + anthropicMessages.delta + anthropicMessages.stop,
    rest: '',
  },
  gemini: { content: geminiStream.start + geminiStream.last, rest: '' },
};

export function streamOf(dialect: Dialect): ShortStream {
  const { content, rest } = texts[dialect];
  const whole = content + rest;
  const bytes = Buffer.from(whole);
  const blank = dialect === 'gemini' ? '\r\n\r\n' : '\n\n';
  // The blank line's last byte may be missing: what is left is told from a cut by its being whole.
  const contentEnds = Buffer.byteLength(content.slice(0, -blank.length));
  return { whole, bytes, firstEnds: bytes.indexOf(blank) + blank.length, contentEnds };
}
