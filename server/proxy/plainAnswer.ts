/** Answers that are not streams: read whole when small, passed as they come when large. */
import type { Abort } from './abort.ts';
import type { Limits } from './limits.ts';
import type { Drain } from './drain.ts';
import { timeIsOver } from './timeLimits.ts';
import { readerOf, type AnswerBody } from './upstream.ts';
import type { ReadHeaders } from './vendorHeaders.ts';

/** True for a body worth holding until it is whole: then a broken one can still be asked for again. */
export function isSmall(headers: ReadHeaders, limits: Limits): boolean {
  const length = headers.get('content-length');
  if (length !== null) return Number(length) <= limits.bufferedBytes;
  const type = headers.get('content-type') ?? '';
  // Lines of JSON are results of batches, which may be many.
  return type.includes('json') && !/jsonl|ndjson|json-seq/.test(type);
}

export type PassedBody = Readonly<{
  /** Called with each chunk as it passes. */
  onChunk: (chunk: Uint8Array) => void;
  /** Called once: whole, broken on the way, or left by the client. */
  onEnd: (how: 'completed' | 'truncated' | 'cancelled') => void;
}>;

/**
 * Passes a large body chunk by chunk; the client's pace is the upstream's. One that breaks, or stalls for
 * `stallMs`, breaks the connection.
 */
export function passBody(
  body: AnswerBody,
  abort: Abort,
  { limits, drain }: Readonly<{ limits: Limits; drain: Drain }>,
  { onChunk, onEnd }: PassedBody,
): ReadableStream<Uint8Array> {
  const reader = readerOf(body);
  const breakOff = () => abort.abort(timeIsOver);
  drain.open.add(breakOff);
  const finish: PassedBody['onEnd'] = (how) => {
    drain.open.delete(breakOff);
    onEnd(how);
  };
  return new ReadableStream({
    async pull(controller) {
      const timer = setTimeout(() => abort.abort(timeIsOver), limits.stallMs);
      try {
        const { done, value } = await reader.read();
        if (!done) {
          onChunk(value);
          controller.enqueue(value);
          return;
        }
        finish('completed');
        controller.close();
      } catch {
        finish(
          abort.signal.reason === timeIsOver || !abort.signal.aborted ? 'truncated' : 'cancelled',
        );
        // Without a reason, which Bun would print: the client sees the break, the log has the outcome.
        controller.error();
      } finally {
        clearTimeout(timer);
      }
    },
    cancel(reason) {
      finish('cancelled');
      abort.abort(reason);
    },
  });
}
