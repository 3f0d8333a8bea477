/** Reads a streamed answer from its bytes, in whatever pieces they come and wherever they stop. */
import { createParser } from 'eventsource-parser';
import type { AnswerDelta, AnswerReader, StreamedAnswer } from './form.ts';

/** Longer answers are not read on: none is meant to be so long, and all of it is held. */
const limitBytes = 64 * 1024 * 1024;

export type AnswerBytes = Readonly<{
  push(bytes: Uint8Array): AnswerDelta[];
  /** What has come until now. */
  end(): StreamedAnswer;
}>;

export function readAnswerBytes(reader: AnswerReader): AnswerBytes {
  const utf8 = new TextDecoder();
  let deltas: AnswerDelta[] = [];
  let readBytes = 0;
  let isEnded = false;
  const parser = createParser({
    onEvent: ({ event = '', data }) => {
      for (const delta of reader.push({ name: event, data })) deltas.push(delta);
    },
  });

  return {
    push(bytes) {
      readBytes += bytes.length;
      if (isEnded || readBytes > limitBytes) return [];
      deltas = [];
      parser.feed(utf8.decode(bytes, { stream: true }));
      return deltas;
    },
    end() {
      // Many a server forgets the blank line after its last event.
      if (!isEnded) parser.feed(`${utf8.decode()}\n\n`);
      isEnded = true;
      const answer = reader.end();
      return readBytes > limitBytes ? { ...answer, isWhole: false } : answer;
    },
  };
}
