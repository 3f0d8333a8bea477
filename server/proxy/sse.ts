/**
 * Finds the events in a server-sent stream as its chunks pass. This is the hottest path of the
 * gateway: whole events are looked at as bytes, and only those that may matter are decoded.
 *
 * Half an event waits until it is whole: a client cannot use it, and cannot be rid of it when the
 * other half does not come.
 */
import type { Usage } from '../../events/traffic.ts';
import { eventBreak, type StreamEnd, type StreamWatch } from './dialect.ts';
import {
  eventEnd,
  eventLimitBytes,
  exactEnds,
  hasBareCr,
  lastEventEnd,
  parseEvents,
  skipBlankLines,
  unfinished,
} from './sseBlocks.ts';

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
  /** The data of the error with which the vendor ended the stream, or null. */
  failure(): string | null;
  usage(): Usage | null;
  ids(): string[];
  /** What ends a complete stream if it is still missing, else `''`. */
  closing(): string;
};

const nothing = new Uint8Array(0);
const encoder = new TextEncoder();

export function sseWatch(reader: EventReader): StreamWatch {
  const held = unfinished();
  /** Of what nothing is known, nothing is held back. */
  const passesAll = reader.complete() === null;
  let exact: ReturnType<typeof exactEnds> | null = null;
  let lastByte = 0;
  let events = false;
  let malformed = false;
  /** The client has the beginning of the event that is held. */
  let isPassing = false;
  /** The vendor said that it was done, and was not: SDKs would read no further. */
  let isCutOff = false;
  let ended: StreamEnd | undefined;
  let rest = nothing;
  let unclosed = false;

  /** False where the stream ends falsely. */
  function readBlock(bytes: Uint8Array): boolean {
    for (const { name, data } of parseEvents(bytes)) {
      const isEvent = reader.read(name, data);
      if (data.trim() === '[DONE]') {
        if (reader.complete() !== false || reader.failure() !== null) continue;
        isCutOff = true;
        return false;
      }
      if (isEvent || passesAll) events = true;
      else if (!events && data !== '') malformed = true;
    }
    return true;
  }

  /** Where a false end begins, or -1. */
  function readWhole(bytes: Uint8Array): number {
    if (events && !reader.wants(bytes)) return -1;
    let from = 0;
    while (from < bytes.length) {
      const found = eventEnd(bytes, from);
      const end = found === -1 ? bytes.length : found;
      const isOne = from === 0 && end === bytes.length;
      const event = isOne ? bytes : bytes.subarray(from, end);
      if ((isOne || !events || reader.wants(event)) && !readBlock(event)) return from;
      from = skipBlankLines(bytes, end);
    }
    return -1;
  }

  /** Half an event, and what of it may pass. */
  function hold(bytes: Uint8Array): Uint8Array {
    let passing = isPassing ? bytes : nothing;
    if (!isPassing && (passesAll || held.size() + bytes.length > eventLimitBytes)) {
      isPassing = true;
      passing = held.size() === 0 ? bytes : Buffer.concat([held.bytes(), bytes]);
    }
    held.add(bytes);
    return passing;
  }

  /** The end of the event that was held. */
  function release(bytes: Uint8Array): Uint8Array {
    let passing = isPassing ? bytes : Buffer.concat([held.bytes(), bytes]);
    held.add(bytes);
    const head = held.head();
    const whole = held.bytes();
    if (head === null) {
      const falseEnd = readWhole(whole);
      if (falseEnd !== -1) passing = isPassing ? nothing : passing.subarray(0, falseEnd);
    } else {
      events = true;
      reader.readLarge(head, whole);
    }
    held.clear();
    isPassing = false;
    return passing;
  }

  /** Where no event is under way. @param last where the last event ends, -1 to look for it. */
  function pushFresh(chunk: Uint8Array, last: number): Uint8Array {
    const from = skipBlankLines(chunk, 0);
    if (from >= chunk.length) return chunk;
    const to = exact === null ? lastEventEnd(chunk, from) : Math.max(last, from);
    if (to > from) {
      const falseEnd = readWhole(
        from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to),
      );
      if (falseEnd !== -1) return chunk.subarray(0, from + falseEnd);
    }
    if (to === chunk.length) return chunk;
    const passing = hold(chunk.subarray(to));
    if (passing.length > 0) return chunk;
    return chunk.subarray(0, to);
  }

  function lookForCr(chunk: Uint8Array): void {
    if (hasBareCr(chunk, lastByte)) {
      exact = exactEnds();
      exact(held.bytes());
    }
    lastByte = chunk[chunk.length - 1] ?? lastByte;
  }

  function conclude(): StreamEnd {
    let isBroken = false;
    if (held.size() > 0 && !isCutOff) {
      const bytes = held.bytes();
      const known = parseEvents(bytes);
      // Many a server forgets the last blank line, without which clients drop the event.
      const isWhole =
        held.head() === null && known.every(({ name, data }) => reader.read(name, data));
      if (isWhole && known.length > 0) events = true;
      if (isPassing) {
        unclosed = true;
        isBroken = !isWhole;
      } else if (isWhole && known.length > 0) rest = Buffer.concat([bytes, eventBreak]);
    }
    if (reader.failure() !== null) return 'complete';
    const complete = reader.complete();
    if (complete === null) return 'unjudged';
    // All may have been said before the half event, but SDKs throw on it.
    return complete && !isBroken && !isCutOff ? 'complete' : 'truncated';
  }

  return {
    push(chunk) {
      if (isCutOff) return nothing;
      if (!events && exact === null) lookForCr(chunk);
      const ends = exact?.(chunk);
      if (held.size() === 0) return pushFresh(chunk, ends?.last ?? -1);
      const end = ends?.first ?? held.endIn(chunk);
      if (end === -1) return hold(chunk);
      const first = release(chunk.subarray(0, end));
      if (isCutOff || end === chunk.length) return first;
      const more = pushFresh(chunk.subarray(end), (ends?.last ?? 0) - end);
      return more.length === 0 ? first : Buffer.concat([first, more]);
    },
    end: () => (ended ??= conclude()),
    failure: () => reader.failure(),
    usage: () => reader.usage(),
    ids: () => reader.ids(),
    sawEvent: () => events,
    isMalformed: () => malformed,
    betweenEvents: () => !isPassing,
    missingTail() {
      if (ended !== 'complete') return null;
      const closing = reader.failure() === null ? reader.closing() : '';
      const tail = Buffer.concat([rest, unclosed ? eventBreak : nothing, encoder.encode(closing)]);
      return tail.length > 0 ? tail : null;
    },
  };
}
