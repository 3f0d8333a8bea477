/** How far a client has got in a text stream, and what another answer adds to that. */
import { eventsIn, type SseEvent } from './sseEvents.ts';
import type { TextStream } from './textStream.ts';

/** The other answer says something else than the client was told. */
export class Diverged extends Error {
  override readonly name = 'Diverged';
  constructor() {
    super('another answer begins otherwise');
  }
}

/** What the client of one stream has been given. */
export type Progress = Readonly<{
  /** To be called with all bytes that the client gets, in whole events. */
  told(bytes: Uint8Array): void;
  /** Nothing in it keeps another answer from going on after it. */
  isPlain(): boolean;
  /** True for an event that says the end, whether its blank line has come or not. */
  isEnd(bytes: Uint8Array): boolean;
  /** The answer's end has been said. */
  isEnded(): boolean;
  /** Gets another answer's bytes, in whole events, and answers with what the client lacks. */
  follow(): (bytes: Uint8Array) => Uint8Array;
}>;

const encoder = new TextEncoder();

export function createProgress(stream: TextStream): Progress {
  const frames = new Map<string, SseEvent>();
  let text = '';
  let first: SseEvent | undefined;
  let events = 0;
  let isPlain = true;
  let isEnded = false;

  const follow = () => {
    const had = { text, frames: new Set(frames.keys()) };
    let compared = 0;
    let repeated = 0;
    let isNew = false;
    let given = events;
    const adopted = (event: SseEvent, instead?: string) =>
      stream.adopted(event, { first, frames, events: given++ }, instead);

    /** What of the event is new; empty for nothing. @throws {Diverged} */
    const newIn = (event: SseEvent): string => {
      const part = stream.partOf(event);
      if (isNew) return adopted(event);
      if (part.frame !== null && had.frames.has(part.frame)) {
        repeated += 1;
        return '';
      }
      const ahead = had.text.slice(compared);
      const same = part.text.slice(0, ahead.length);
      if (!ahead.startsWith(same)) throw new Diverged();
      compared += same.length;
      const added = part.text.slice(same.length);
      const isSaying = added !== '' || part.frame !== null || part.isEnd || !part.isPlain;
      if (!isSaying) return '';
      // All that the client has must be there before anything else is said.
      if (compared < had.text.length || repeated < had.frames.size) throw new Diverged();
      isNew ||= part.frame === null;
      return adopted(event, same === '' ? undefined : added);
    };
    return (bytes: Uint8Array) => encoder.encode(eventsIn(bytes).map(newIn).join(''));
  };

  return {
    told(bytes) {
      if (!isPlain) return;
      for (const event of eventsIn(bytes)) {
        first ??= event;
        events += 1;
        const part = stream.partOf(event);
        text += part.text;
        if (part.frame !== null && !frames.has(part.frame)) frames.set(part.frame, event);
        isPlain &&= part.isPlain;
        isEnded ||= part.isEnd;
      }
    },
    isEnd: (bytes) => eventsIn(bytes).some((event) => stream.partOf(event).isEnd),
    isPlain: () => isPlain,
    isEnded: () => isEnded,
    follow,
  };
}
