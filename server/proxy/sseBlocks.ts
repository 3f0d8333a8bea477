/** Where the events of a server-sent stream end, in bytes that come in any pieces. */
import { decodeUtf8 } from './bytes.ts';

const lf = 10;
const cr = 13;
/** So much of an event that has not ended is kept whole. */
export const eventLimitBytes = 1024 * 1024;
const headBytes = 4 * 1024;
const tailBytes = 64 * 1024;
const nothing = new Uint8Array(0);
const lineBreak = /\r\n|\n|\r/;
const blankLines = [Buffer.from('\n\n'), Buffer.from('\n\r\n')];

/** The index after the next blank line that follows some line, or -1. */
export function eventEnd(bytes: Uint8Array, from: number): number {
  let feed = bytes.indexOf(lf, from);
  while (feed !== -1) {
    if (bytes[feed + 1] === lf) return feed + 2;
    if (bytes[feed + 1] === cr && bytes[feed + 2] === lf) return feed + 3;
    feed = bytes.indexOf(lf, feed + 1);
  }
  return -1;
}

/** The same where the event began in earlier bytes, which end with `last`, before it `beforeLast`. */
function eventEndAfter(beforeLast: number, last: number, chunk: Uint8Array): number {
  if (last === lf && chunk[0] === lf) return 1;
  if (last === lf && chunk[0] === cr && chunk[1] === lf) return 2;
  if (last === cr && beforeLast === lf && chunk[0] === lf) return 1;
  return eventEnd(chunk, 0);
}

/** The index after the last blank line, or `from`. */
export function lastEventEnd(bytes: Uint8Array, from: number): number {
  const size = bytes.length;
  if (bytes[size - 1] === lf) {
    if (bytes[size - 2] === lf) return size;
    if (bytes[size - 2] === cr && bytes[size - 3] === lf) return size;
  }
  let end = from;
  for (const blank of blankLines) {
    const at = Buffer.prototype.lastIndexOf.call(bytes, blank);
    if (at !== -1) end = Math.max(end, at + blank.length);
  }
  return end;
}

export function skipBlankLines(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === lf || bytes[at] === cr) at += 1;
  return at;
}

/** A carriage return that ends a line alone, which the quick search for line feeds does not see. */
export function hasBareCr(chunk: Uint8Array, previous: number): boolean {
  if (previous === cr && chunk.length > 0 && chunk[0] !== lf) return true;
  let at = chunk.indexOf(cr);
  while (at !== -1 && at + 1 < chunk.length) {
    if (chunk[at + 1] !== lf) return true;
    at = chunk.indexOf(cr, at + 1);
  }
  return false;
}

/** Where the first and the last event in a chunk end, or -1. */
export type Ends = Readonly<{ first: number; last: number }>;

/** For streams whose lines end in carriage returns: byte by byte, as the standard has it. */
export function exactEnds(): (chunk: Uint8Array) => Ends {
  let isInLine = false;
  let hasLines = false;
  let wasCr = false;
  return (chunk) => {
    let first = -1;
    let last = -1;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === lf && wasCr) {
        wasCr = false;
        if (first === at) first = at + 1;
        if (last === at) last = at + 1;
        continue;
      }
      wasCr = byte === cr;
      if (byte !== cr && byte !== lf) isInLine = true;
      else if (isInLine) {
        isInLine = false;
        hasLines = true;
      } else if (hasLines) {
        hasLines = false;
        last = at + 1;
        if (first === -1) first = last;
      }
    }
    return { first, last };
  };
}

export type ParsedEvent = Readonly<{ name: string; data: string }>;

/** The events of a block: one, none where it is a comment, several where its lines end in more ways than one. */
export function parseEvents(bytes: Uint8Array): ParsedEvent[] {
  const events: ParsedEvent[] = [];
  let name = '';
  let data: string | null = null;
  const dispatch = () => {
    if (data !== null || name !== '') events.push({ name, data: data ?? '' });
    name = '';
    data = null;
  };
  for (const line of decodeUtf8(bytes).split(lineBreak)) {
    if (line === '') {
      dispatch();
      continue;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    if (field !== 'data' && field !== 'event') continue;
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') name = value;
    else data = data === null ? value : `${data}\n${value}`;
  }
  dispatch();
  return events;
}

/** The bytes of an event that has not ended yet; of a very big one its head and tail only. */
export function unfinished() {
  let kept = nothing;
  let size = 0;
  let head: Uint8Array | null = null;

  function makeRoom(more: number): void {
    if (size + more <= kept.length) return;
    const bigger = new Uint8Array(Math.max(256, (size + more) * 2));
    bigger.set(kept.subarray(0, size));
    kept = bigger;
  }

  return {
    add(bytes: Uint8Array): void {
      let more = bytes;
      if (size + more.length > eventLimitBytes) {
        head ??= Buffer.concat([
          kept.subarray(0, Math.min(size, headBytes)),
          more.subarray(0, Math.max(0, headBytes - size)),
        ]);
        if (more.length > tailBytes) more = more.subarray(more.length - tailBytes);
        const stays = Math.min(size, tailBytes);
        kept.copyWithin(0, size - stays, size);
        size = stays;
      }
      makeRoom(more.length);
      kept.set(more, size);
      size += more.length;
    },
    size: () => size,
    head: () => head,
    lastByte: () => kept[size - 1] ?? 0,
    bytes: () => kept.subarray(0, size),
    endIn: (chunk: Uint8Array) => eventEndAfter(kept[size - 2] ?? 0, kept[size - 1] ?? 0, chunk),
    clear(): void {
      size = 0;
      head = null;
      // Most streams of 10,000 are quiet: none of them keeps a big buffer.
      if (kept.length > 4 * 1024) kept = nothing;
    },
  };
}
