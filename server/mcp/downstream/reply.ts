/** One answer over HTTP: JSON where nothing comes before it, a stream of events where something does. */
import type { RpcAnswer, RpcId, RpcNotification } from '../rpc/message.ts';
import { Cancelled } from '../rpc/link.ts';

export type Reply = Readonly<{
  response: Promise<Response>;
  /** Aborted when the client does not listen any more. */
  signal: AbortSignal;
  tell(notification: RpcNotification): void;
  /** The last word. `status` is what JSON is sent with; a stream has begun with 200. */
  finish(id: RpcId, answer: RpcAnswer, status?: number): void;
  /** A stream from the start, for what may be silent for long. */
  stream(): void;
  end(): void;
}>;

const heartbeatMs = 15_000;
const clientClosedRequest = 499;

const streamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/** @param mayStream false for a client that takes JSON alone: what comes before the answer is not told. */
export function createReply(request: Request, mayStream = true): Reply {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const gone = new AbortController();
  const encoder = new TextEncoder();
  let stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  let heartbeat: ReturnType<typeof setInterval> | undefined;
  let isOver = false;

  const write = (text: string) => stream?.enqueue(encoder.encode(text));
  const over = () => {
    if (isOver) return;
    isOver = true;
    clearInterval(heartbeat);
    request.signal.removeEventListener('abort', leave);
  };
  const leave = () => {
    if (isOver) return;
    over();
    gone.abort(new Cancelled('the client closed the request'));
    resolve(new Response(null, { status: clientClosedRequest }));
  };
  request.signal.addEventListener('abort', leave, { once: true });

  const begin = () => {
    if (stream || isOver) return;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        stream = controller;
      },
      cancel: leave,
    });
    heartbeat = setInterval(() => write(': keepalive\n\n'), heartbeatMs);
    resolve(new Response(body, { headers: streamHeaders }));
  };
  const message = (value: unknown) => write(`event: message\ndata: ${JSON.stringify(value)}\n\n`);

  return {
    response: promise,
    signal: gone.signal,
    tell(notification) {
      if (isOver || !mayStream) return;
      begin();
      message(notification);
    },
    finish(id, answer, status = 200) {
      if (isOver) return;
      const body = { jsonrpc: '2.0', id, ...answer };
      if (stream) {
        message(body);
        stream.close();
      } else resolve(Response.json(body, { status }));
      over();
    },
    stream: begin,
    end() {
      if (isOver) return;
      over();
      stream?.close();
    },
  };
}
