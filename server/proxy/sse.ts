/**
 * Finds the events in a server-sent stream as its chunks pass. This is the hottest path of the
 * gateway: whole events are looked at as bytes, and only those that may matter are decoded.
 */
import { decodeUtf8 } from './bytes.ts';
import { eventBreak, type StreamWatch } from './dialect.ts';
import type { Usage } from '../../events/traffic.ts';

/** What a dialect knows of its streams. */
export type EventReader = {
  /** A cheap look at whole events: might one of them matter? The first event is read anyway. */
  wants(bytes: Uint8Array): boolean;
  /** Returns false when the data is no event of the dialect, such as a broken one. */
  read(name: string, data: string): boolean;
  /** An event too big to keep: its first 4 KiB and at least its last 64 KiB. */
  readLarge(head: Uint8Array, tail: Uint8Array): void;
  /** Null when it cannot be told. */
  complete(): boolean | null;
  failed(): boolean;
  usage(): Usage | null;
  ids(): string[];
  /** What ends a complete stream if it is still missing, else `''`. */
  closing(): string;
};

const eventLimitBytes = 1024 * 1024;
const headBytes = 4 * 1024;
const tailBytes = 64 * 1024;
const nothing = new Uint8Array(0);
const encoder = new TextEncoder();
const lineBreak = /\r\n|\n|\r/;
const blankLines = [Buffer.from('\n\n'), Buffer.from('\n\r\n')];

/** The index after the next blank line that follows some line, or -1. */
function eventEnd(bytes: Uint8Array, from: number): number {
  let feed = bytes.indexOf(10, from);
  while (feed !== -1) {
    if (bytes[feed + 1] === 10) return feed + 2;
    if (bytes[feed + 1] === 13 && bytes[feed + 2] === 10) return feed + 3;
    feed = bytes.indexOf(10, feed + 1);
  }
  return -1;
}

/** The same where the event began in earlier bytes, which end with `last`, before it `beforeLast`. */
function eventEndAfter(beforeLast: number, last: number, chunk: Uint8Array): number {
  if (last === 10 && chunk[0] === 10) return 1;
  if (last === 10 && chunk[0] === 13 && chunk[1] === 10) return 2;
  if (last === 13 && beforeLast === 10 && chunk[0] === 10) return 1;
  return eventEnd(chunk, 0);
}

/** The index after the last blank line, or `from`. */
function lastEventEnd(bytes: Uint8Array, from: number): number {
  const size = bytes.length;
  if (bytes[size - 1] === 10) {
    if (bytes[size - 2] === 10) return size;
    if (bytes[size - 2] === 13 && bytes[size - 3] === 10) return size;
  }
  let end = from;
  for (const blank of blankLines) {
    const at = Buffer.prototype.lastIndexOf.call(bytes, blank);
    if (at !== -1) end = Math.max(end, at + blank.length);
  }
  return end;
}

function skipBlankLines(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === 10 || bytes[at] === 13) at += 1;
  return at;
}

/** Null for a block without data or name, such as a comment. */
function parseEvent(bytes: Uint8Array): { name: string; data: string } | null {
  let name = '';
  let data: string | null = null;
  for (const line of decodeUtf8(bytes).split(lineBreak)) {
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    if (field !== 'data' && field !== 'event') continue;
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') name = value;
    else data = data === null ? value : `${data}\n${value}`;
  }
  return data === null && name === '' ? null : { name, data: data ?? '' };
}

/** The bytes of an event that has not ended yet; of a very big one its head and tail only. */
function unfinished() {
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

export function sseWatch(reader: EventReader): StreamWatch {
  const held = unfinished();
  let events = false;
  let broken = false;
  let unclosed = false;

  function readOne(bytes: Uint8Array): boolean {
    const event = parseEvent(bytes);
    if (event === null) return true;
    events = true;
    return reader.read(event.name, event.data);
  }

  function readWhole(bytes: Uint8Array): void {
    if (events && !reader.wants(bytes)) return;
    let from = 0;
    while (from < bytes.length) {
      const end = eventEnd(bytes, from);
      if (end === -1) return;
      const single = from === 0 && end === bytes.length;
      const event = single ? bytes : bytes.subarray(from, end);
      if (single || !events || reader.wants(event)) readOne(event);
      from = skipBlankLines(bytes, end);
    }
  }

  function readHeld(): void {
    const head = held.head();
    if (head === null) readWhole(held.bytes());
    else {
      events = true;
      reader.readLarge(head, held.bytes());
    }
    held.clear();
  }

  return {
    push(chunk) {
      let from = 0;
      if (held.size() > 0) {
        const end = held.endIn(chunk);
        if (end === -1) return held.add(chunk);
        held.add(chunk.subarray(0, end));
        readHeld();
        from = end;
      }
      from = skipBlankLines(chunk, from);
      if (from >= chunk.length) return;
      const to = lastEventEnd(chunk, from);
      if (to > from)
        readWhole(from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to));
      if (to < chunk.length) held.add(chunk.subarray(to));
    },
    end() {
      if (held.size() > 0) {
        // Many a server forgets the last blank line, without which clients drop the event.
        unclosed = true;
        broken = held.head() !== null || !readOne(held.bytes());
      }
      if (reader.failed()) return 'complete';
      const complete = reader.complete();
      if (complete === null) return 'unjudged';
      // All may have been said before the half event, but SDKs throw on it.
      return complete && !broken ? 'complete' : 'truncated';
    },
    failed: () => reader.failed(),
    usage: () => reader.usage(),
    ids: () => reader.ids(),
    sawEvent: () => events,
    betweenEvents: () => held.size() === 0,
    missingTail() {
      if (broken || reader.failed() || reader.complete() !== true) return null;
      const closing = encoder.encode(reader.closing());
      if (unclosed) return Buffer.concat([eventBreak, closing]);
      return closing.length > 0 ? closing : null;
    },
  };
}
