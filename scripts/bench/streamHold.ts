/** Opens many streams and keeps them, however quiet they are. Run as a process of its own. */
import type { Socket } from 'bun';
import { jobOfParent, tellParent } from '../measure/script.ts';
import { eventMark } from '../measure/vendorAnswer.ts';
import { requestBytes, type WireRequest } from './wire.ts';

export type HoldJob = WireRequest &
  Readonly<{
    streams: number;
    /** So many are being opened at once. */
    atOnce: number;
    withinMs: number;
  }>;

/** Said once all streams have begun or the time is over, and again whenever it is asked. */
export type Held = Readonly<{
  /** How many have had their first event. */
  begun: number;
  /** How many of these are open now. */
  open: number;
  /** From the first connection that was opened to the last first event. */
  lastBeganMs: number;
  /** What went wrong, of the first few. */
  failures: readonly string[];
}>;

const endOfAnswer = Buffer.from('\r\n0\r\n\r\n');
const mostFailures = 5;

function holdStreams(job: HoldJob, onSettled: (held: Held) => void): () => Held {
  const request = requestBytes(job);
  const failures: string[] = [];
  const open = new Set<Socket>();
  const startMs = performance.now();
  let begun = 0;
  let settled = 0;
  let lastBeganMs = 0;
  let started = 0;

  const held = (): Held => ({ begun, open: open.size, lastBeganMs, failures });
  const settle = () => {
    settled += 1;
    if (settled === job.streams) onSettled(held());
    if (started < job.streams) start();
  };
  const fail = (why: string) => {
    if (failures.length < mostFailures) failures.push(why);
  };
  const start = () => {
    started += 1;
    let hasBegun = false;
    const gone = (socket: Socket | undefined, why: string) => {
      if (socket) open.delete(socket);
      fail(why);
      if (hasBegun) return;
      hasBegun = true;
      settle();
    };
    Bun.connect({
      hostname: '127.0.0.1',
      port: job.port,
      socket: {
        open(socket) {
          socket.write(request);
        },
        data(socket, came) {
          // An error in the stream, as when the gateway gives it up, ends it too.
          if (came.includes(endOfAnswer)) gone(socket, 'a stream ended');
          if (hasBegun || !came.includes(eventMark)) return;
          hasBegun = true;
          begun += 1;
          lastBeganMs = performance.now() - startMs;
          open.add(socket);
          settle();
        },
        close: (socket) => gone(socket, 'a connection was closed'),
        error: (socket, error) => gone(socket, error.message),
      },
    }).catch((error: unknown) => gone(undefined, String(error)));
  };
  for (let at = 0; at < Math.min(job.atOnce, job.streams); at++) start();
  setTimeout(() => {
    if (settled < job.streams) onSettled(held());
  }, job.withinMs);
  return held;
}

if (import.meta.main) {
  const held = holdStreams(jobOfParent<HoldJob>(), tellParent);
  process.on('message', () => tellParent(held()));
}
