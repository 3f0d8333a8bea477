/** Streams: passed chunk by chunk, watched for their terminator, never reported whole when they were not. */
import type { Abort } from './abort.ts';
import { eventBreak, type DialectModule, type GatewayError, type StreamWatch } from './dialect.ts';
import type { Limits } from './limits.ts';
import type { Drain } from './drain.ts';
import { timeIsOver } from './timeLimits.ts';
import type { OpenedStream } from './openStream.ts';

export type StreamEnding = 'completed' | 'truncated' | 'failed' | 'cancelled';

export type RelayOptions = Readonly<{
  stream: OpenedStream;
  watch: StreamWatch;
  dialect: DialectModule;
  abort: Abort;
  /** Aborted when the client leaves. */
  client: AbortSignal;
  limits: Limits;
  now: () => number;
  drain: Drain;
  onChunk: (bytes: number) => void;
  /** Called once. */
  onEnd: (how: StreamEnding) => void;
}>;

const keepAlive = new TextEncoder().encode(': keep-alive\n\n');

const broken = (message: string): GatewayError => ({
  status: 502,
  kind: 'api',
  code: 'upstream_stream_broken',
  message,
});

/** The body for the client. Each pull reads one chunk, so a slow client slows the upstream down. */
export function relayStream(options: RelayOptions): ReadableStream<Uint8Array> {
  const { stream, watch, dialect, abort, client, limits, now, drain } = options;
  const { reader } = stream;
  const queue = [...stream.first];
  let silentSinceMs = 0;
  let saidAliveMs = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  let isClosed = false;
  let breakOff = () => {};

  const finish = (how: StreamEnding) => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    drain.open.delete(breakOff);
    options.onEnd(how);
  };

  const howCompleted = () => (watch.failure() === null ? 'completed' : 'failed');

  /** Once all was said, a client that goes has not cut anything short. */
  const leave = () => {
    if (isOver) return;
    const isComplete = watch.end() === 'complete';
    finish(isComplete ? howCompleted() : 'cancelled');
  };
  // Nothing is read while the client is slow, so nothing else would tell that it left.
  client.addEventListener('abort', leave, { once: true });

  /** One timer a stream, moved only when it rings: a busy stream pays nothing for it. */
  const watchSilence = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    timer = setTimeout(
      () => {
        const silentMs = silentSinceMs === 0 ? 0 : now() - silentSinceMs;
        if (silentMs >= limits.stallMs) {
          abort.abort(timeIsOver);
          // What is read may go on from another one, which has its own time.
          silentSinceMs = now();
        }
        const sinceAliveMs = now() - Math.max(silentSinceMs, saidAliveMs);
        if (silentMs > 0 && sinceAliveMs >= limits.keepAliveMs && watch.betweenEvents()) {
          saidAliveMs = now();
          controller.enqueue(keepAlive);
        }
        watchSilence(controller);
      },
      Math.min(limits.keepAliveMs, limits.stallMs) / 2,
    );
  };

  const end = (controller: ReadableStreamDefaultController<Uint8Array>, trouble: string) => {
    const how = watch.end();
    if (how === 'truncated' || (how === 'unjudged' && trouble !== '')) {
      if (!watch.betweenEvents()) controller.enqueue(eventBreak);
      const why = trouble || 'the stream ended without its terminator';
      controller.enqueue(
        dialect.inBandError(broken(`The provider's answer is not complete: ${why}.`)),
      );
      finish('truncated');
    } else {
      const tail = watch.missingTail();
      if (tail) controller.enqueue(tail);
      finish(howCompleted());
    }
    controller.close();
  };

  /** The gateway stops: the client gets what there is, and is told that it is not all. */
  const stop = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    for (const chunk of queue.splice(0)) {
      options.onChunk(chunk.byteLength);
      controller.enqueue(chunk);
    }
    end(controller, 'the gateway is being stopped');
    abort.abort();
  };

  return new ReadableStream<Uint8Array>({
    start(controller) {
      watchSilence(controller);
      breakOff = () => stop(controller);
      drain.open.add(breakOff);
    },
    async pull(controller) {
      const waiting = queue.shift();
      if (waiting) {
        options.onChunk(waiting.byteLength);
        controller.enqueue(waiting);
        return;
      }
      try {
        for (;;) {
          silentSinceMs = now();
          const { done, value } = await reader.read();
          silentSinceMs = 0;
          if (done) {
            end(controller, '');
            return;
          }
          const passing = watch.push(value);
          // Half an event: its other half is on its way.
          if (passing.byteLength === 0) continue;
          options.onChunk(passing.byteLength);
          controller.enqueue(passing);
          return;
        }
      } catch {
        if (client.aborted && !isClosed) controller.close();
        if (client.aborted) leave();
        if (isOver) return;
        const isStalled = abort.signal.reason === timeIsOver;
        end(
          controller,
          isStalled ? `it was silent for ${limits.stallMs / 1_000} s` : 'the connection broke',
        );
        abort.abort();
      }
    },
    cancel(reason) {
      isClosed = true;
      leave();
      abort.abort(reason);
    },
  });
}
