/**
 * A stream that goes on when it breaks: from another answer whose text begins with exactly what the client already
 * has. To whoever reads it, it is one stream.
 */
import type { Abort } from '../abort.ts';
import type { OpenedStream } from '../openStream.ts';
import { timeIsOver } from '../timeLimits.ts';
import type { ReadResult } from '../upstream.ts';
import { createProgress, Diverged } from './progress.ts';
import type { TextStream } from './textStream.ts';
import { createWholeEvents } from './wholeEvents.ts';

/** Another answer, opened. */
export type Continuation = Readonly<{ stream: OpenedStream; abort: Abort }>;

/** How an answer that looked well turned out. */
export type Failing = 'broke' | 'ended early' | 'diverged';

export type Resume = Readonly<{
  /** Writes down what became of the answer that is read. */
  failed(how: Failing): void;
  /** Asks for another one; null when there is nobody to ask, or nobody answered. */
  next(): Promise<Continuation | null>;
}>;

export type Resumable = Readonly<{
  stream: OpenedStream;
  /** Ends whichever answer is read now. */
  abort: Abort;
}>;

/** Each further answer costs as much as the first. */
const resumesAtMost = 2;

type Source = Readonly<{
  next: () => Promise<ReadResult>;
  abort: Abort;
  /** What of its events the client lacks. */
  newIn: (bytes: Uint8Array) => Uint8Array;
}>;

function sourceOf({ stream, abort }: Continuation, newIn: Source['newIn']): Source {
  const queue = [...stream.first];
  return {
    abort,
    newIn,
    next() {
      const value = queue.shift();
      return value ? Promise.resolve({ done: false, value }) : stream.reader.read();
    },
  };
}

export function resumable(opened: Continuation, text: TextStream, resume: Resume): Resumable {
  const progress = createProgress(text);
  let events = createWholeEvents();
  let source = sourceOf(opened, (bytes) => bytes);
  let resumes = 0;
  let isLeft = false;

  const canGoOn = () =>
    resumes < resumesAtMost && progress.isPlain() && !progress.isEnded() && !isLeft;

  /** True when another answer is there to be read. */
  const goOn = async (how: Failing): Promise<boolean> => {
    resumes += 1;
    source.abort.abort();
    resume.failed(how);
    const next = await resume.next();
    if (!next) return false;
    if (isLeft) {
      next.abort.abort();
      return false;
    }
    events = createWholeEvents();
    source = sourceOf(next, progress.follow());
    return true;
  };

  /** Many a server forgets the last blank line; any other event without one was cut off, and is asked for again. */
  const lastOf = (rest: Uint8Array): Uint8Array =>
    progress.isPlain() && !progress.isEnd(rest) ? rest.subarray(0, 0) : rest;

  /** The next whole events that the client lacks; empty for none in this chunk. */
  const take = async (): Promise<ReadResult> => {
    const { done, value } = await source.next();
    const whole = done ? lastOf(events.rest()) : events.push(value);
    const bytes = source.newIn(whole);
    progress.told(bytes);
    if (!done || bytes.byteLength > 0) return { done: false, value: bytes };
    return { done: true };
  };

  const read = async (): Promise<ReadResult> => {
    for (;;) {
      try {
        const result = await take();
        if (result.done ? !canGoOn() : result.value.byteLength > 0) return result;
        if (result.done && !(await goOn('ended early'))) return result;
      } catch (error) {
        if (error instanceof Diverged) {
          source.abort.abort();
          resume.failed('diverged');
          throw error;
        }
        if (!canGoOn() || !(await goOn('broke'))) throw error;
      }
    }
  };

  return {
    stream: { reader: { read }, first: [] },
    abort: {
      abort(reason) {
        // Silence is a reason to go on with another one; all others are the reader's own.
        isLeft ||= reason !== timeIsOver;
        source.abort.abort(reason);
      },
      get signal() {
        return source.abort.signal;
      },
    },
  };
}
