/** Gemini's stream without `alt=sse`: one JSON array, into which nothing can be inserted. */
import type { StreamWatch } from './dialect.ts';
import { keepTail } from './tail.ts';
import { geminiUsageNear } from './usage.ts';

const quote = 34;
const backslash = 92;
const isOpening = (byte: number | undefined): boolean => byte === 91 || byte === 123;
const isClosing = (byte: number | undefined): boolean => byte === 93 || byte === 125;

/** Counts brackets, in pieces: whether the value that began has ended. */
function nesting() {
  let depth = 0;
  let isInString = false;
  let isEscaped = false;

  /** Where the string goes on or ends: pictures are long, and have no escapes. */
  const skipInString = (bytes: Uint8Array, at: number): number => {
    const close = bytes.indexOf(quote, at);
    const end = close === -1 ? bytes.length : close;
    const escape = bytes.subarray(at, end).indexOf(backslash);
    return escape === -1 ? end : at + escape;
  };

  return {
    depth: () => depth,
    push(bytes: Uint8Array): void {
      for (let at = 0; at < bytes.length; at += 1) {
        if (isEscaped) {
          isEscaped = false;
          continue;
        }
        if (isInString) at = skipInString(bytes, at);
        const byte = bytes[at];
        if (isInString) {
          isEscaped = byte === backslash;
          if (byte === quote) isInString = false;
        } else if (byte === quote) isInString = true;
        else if (isOpening(byte)) depth += 1;
        else if (isClosing(byte)) depth -= 1;
      }
    },
  };
}

export function arrayWatch(): StreamWatch {
  const kept = keepTail();
  const brackets = nesting();
  let started = false;
  return {
    push(chunk) {
      started ||= chunk.length > 0;
      brackets.push(chunk);
      kept.push(chunk);
      return chunk;
    },
    end: () => (started && brackets.depth() === 0 ? 'complete' : 'truncated'),
    failure: () => null,
    usage: () => geminiUsageNear(kept.bytes()),
    ids: () => [],
    sawEvent: () => started,
    isMalformed: () => false,
    betweenEvents: () => false,
    missingTail: () => null,
  };
}
