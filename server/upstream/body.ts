/** Finds the end of an answer's body in what comes over the wire, and takes the chunk marks out. */
import type { Head } from './head.ts';
import { MalformedAnswer } from './malformedAnswer.ts';

/** Takes the next bytes; answers where the body ended in them, or -1 while it goes on. */
export type Body = (bytes: Uint8Array<ArrayBuffer>, from: number) => number;

/** Called with each piece of content; pieces share the memory of what came. */
export type Sink = (content: Uint8Array<ArrayBuffer>) => void;

export function bodyOf({ framing, bodyBytes }: Head, sink: Sink): Body {
  switch (framing) {
    case 'none':
      return (_, from) => from;
    case 'length':
      return counted(bodyBytes, sink);
    case 'chunked':
      return chunked(sink);
    case 'close':
      return (bytes, from) => {
        if (from < bytes.length) sink(bytes.subarray(from));
        return -1;
      };
    default:
      return framing satisfies never;
  }
}

function counted(bodyBytes: number, sink: Sink): Body {
  let left = bodyBytes;
  return (bytes, from) => {
    const end = Math.min(bytes.length, from + left);
    if (end > from) sink(bytes.subarray(from, end));
    left -= end - from;
    return left === 0 ? end : -1;
  };
}

const lf = 10;
/** A size with its extensions, or all trailers: nobody needs more. */
const mostLineBytes = 16 * 1024;

/** RFC 9112, 7.1. Trailers are read over. */
function chunked(sink: Sink): Body {
  let state: 'size' | 'data' | 'after-data' | 'trailers' = 'size';
  let left = 0;
  let line = '';
  let trailerBytes = 0;

  /** The next whole line without its end, and where it ended; undefined while it is not whole. */
  const takeLine = (bytes: Uint8Array, from: number): number => {
    const end = bytes.indexOf(lf, from);
    const upTo = end === -1 ? bytes.length : end;
    line += String.fromCharCode(...bytes.subarray(from, Math.min(upTo, from + mostLineBytes + 1)));
    if (line.length > mostLineBytes) throw new MalformedAnswer('a chunk has an endless first line');
    return end === -1 ? -1 : end + 1;
  };

  return (bytes, from) => {
    let at = from;
    while (at < bytes.length) {
      if (state === 'data') {
        const end = Math.min(bytes.length, at + left);
        sink(bytes.subarray(at, end));
        left -= end - at;
        at = end;
        if (left > 0) return -1;
        state = 'after-data';
        continue;
      }
      const next = takeLine(bytes, at);
      if (next === -1) return -1;
      at = next;
      const whole = line.endsWith('\r') ? line.slice(0, -1) : line;
      line = '';
      if (state === 'after-data') {
        if (whole !== '') throw new MalformedAnswer('a chunk is longer than it said');
        state = 'size';
      } else if (state === 'size') {
        const size = /^([\da-fA-F]{1,12})\s*(?:;|$)/.exec(whole)?.[1];
        if (size === undefined) throw new MalformedAnswer('a chunk does not begin with its size');
        left = Number.parseInt(size, 16);
        state = left === 0 ? 'trailers' : 'data';
      } else {
        if (whole === '') return at;
        trailerBytes += whole.length;
        if (trailerBytes > mostLineBytes) throw new MalformedAnswer('the trailers have no end');
      }
    }
    return -1;
  };
}
