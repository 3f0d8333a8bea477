/** A vendor that keeps a ledger: what it answered, to whom, and when a stream was left. */
import { answer, events } from '../measure/vendorAnswer.ts';

/** A request carries its own id in this header, and every part of its answer names it. */
export const idHeader = 'x-soak-id';
export const markOf = (id: string): string => `chatcmpl-${id}`;
export const eventsInStream = events.length;

const sample = 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT';
const encoder = new TextEncoder();

/** A whole answer that names its request. */
export const plainAnswer = (id: string): Response =>
  Response.json(JSON.parse(answer.replace(sample, markOf(id))));

export type SoakUpstream = Readonly<{
  baseUrl: string;
  /** Answers with 200 that were begun, by the id of the request. */
  answered: ReadonlyMap<string, number>;
  /** When the gateway left a stream that was not over, by the id of the request (monotonic). */
  leftAtMs: ReadonlyMap<string, number>;
  /** 429s given so far. */
  rests: () => number;
  /** Requests under way. */
  pending: () => number;
  stop: () => Promise<void>;
}>;

type Options = Readonly<{
  /** Between two events of a stream. */
  eventGapMs?: number;
  /** Before a plain answer. */
  plainMs?: number;
  /** One request in so long is told to come back after a second; never, without it. */
  restEveryMs?: number;
  /** False for a run so long that the ledger would be what grows. */
  keepsLedger?: boolean;
}>;

export function startUpstream({
  eventGapMs = 10,
  plainMs = 20,
  restEveryMs = Infinity,
  keepsLedger = true,
}: Options = {}): SoakUpstream {
  const answered = new Map<string, number>();
  const leftAtMs = new Map<string, number>();
  let restedAtMs = performance.now();
  let rests = 0;

  const stream = (id: string): Response => {
    const chunks = events.map((event) => encoder.encode(event.replace(sample, markOf(id))));
    let timer: Timer | undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        let next = 0;
        timer = setInterval(() => {
          const chunk = chunks[next++];
          if (chunk) controller.enqueue(chunk);
          if (next < chunks.length) return;
          clearInterval(timer);
          controller.close();
        }, eventGapMs);
      },
      cancel() {
        clearInterval(timer);
        if (keepsLedger) leftAtMs.set(id, performance.now());
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };

  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    async fetch(request) {
      const id = request.headers.get(idHeader) ?? '';
      const { stream: isStream } = (await request.json()) as { stream?: boolean };
      if (performance.now() - restedAtMs > restEveryMs) {
        restedAtMs = performance.now();
        rests += 1;
        const error = { message: 'Rate limit reached', type: 'requests', code: 'rate_limit' };
        return Response.json({ error }, { status: 429, headers: { 'retry-after': '1' } });
      }
      if (keepsLedger) answered.set(id, (answered.get(id) ?? 0) + 1);
      if (isStream) return stream(id);
      await Bun.sleep(plainMs);
      return plainAnswer(id);
    },
  });
  return {
    baseUrl: `http://127.0.0.1:${server.port}/v1`,
    answered,
    leftAtMs,
    rests: () => rests,
    pending: () => server.pendingRequests,
    stop: () => server.stop(true),
  };
}
