/** One response of events that is being sent: kept alive while it is silent, and ended when nobody reads it. */

export type Writer = Readonly<{
  response: Response;
  /** The head leaves with the first bytes: a client is not to wait for it until something happens. */
  greet(): void;
  /** An event; false when it could not be sent. */
  write(id: string, data: string): boolean;
  /** Tells the client when to come back, once this one has ended. */
  retryAfter(retryMs: number): void;
  /** May be called twice. */
  end(): void;
}>;

type Options = Readonly<{
  request: Request;
  sessionId: string;
  /** Told once, however it came. `byClient` is false for what was ended here. */
  onGone: (byClient: boolean) => void;
  heartbeatMs?: number;
}>;

/** What a client has not read yet; one that reads no more is cut off, and can resume. */
const mostUnreadBytes = 8 * 1024 * 1024;
const usualHeartbeatMs = 15_000;
const encoder = new TextEncoder();

export const eventHeaders = (sessionId: string): Record<string, string> => ({
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
  'mcp-session-id': sessionId,
});

/** An event as it is sent; without data it only says where the stream is. */
export const eventText = (id: string, data: string): string =>
  data === '' ? `id: ${id}\ndata: \n\n` : `event: message\nid: ${id}\ndata: ${data}\n\n`;

export function createWriter(options: Options): Writer {
  const { request, sessionId, onGone, heartbeatMs = usualHeartbeatMs } = options;
  let sink: ReadableStreamDefaultController<Uint8Array> | undefined;
  let isOver = false;

  const over = (byClient: boolean) => {
    if (isOver) return;
    isOver = true;
    clearInterval(heartbeat);
    request.signal.removeEventListener('abort', left);
    onGone(byClient);
  };
  const left = () => over(true);
  const close = () => {
    try {
      sink?.close();
    } catch {
      // The client closed it first.
    }
  };
  const send = (text: string): boolean => {
    if (isOver || !sink) return false;
    if ((sink.desiredSize ?? 0) <= 0) {
      over(true);
      close();
      return false;
    }
    sink.enqueue(encoder.encode(text));
    return true;
  };

  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        sink = controller;
      },
      cancel: left,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: mostUnreadBytes }),
  );
  // Whoever still reads what came before is not silent.
  const beat = () => (sink?.desiredSize ?? 0) > 0 && send(': keepalive\n\n');
  const heartbeat = setInterval(beat, heartbeatMs);
  request.signal.addEventListener('abort', left, { once: true });

  return {
    response: new Response(body, {
      headers: eventHeaders(sessionId),
    }),
    greet: () => void send(': open\n\n'),
    write: (id, data) => send(eventText(id, data)),
    retryAfter: (retryMs) => void send(`retry: ${retryMs}\n\n`),
    end() {
      if (isOver) return;
      over(false);
      close();
    },
  };
}
