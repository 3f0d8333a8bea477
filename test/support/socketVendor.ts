/** A vendor of Realtime sessions: a real WebSocket server that does what a test says. */
import type { ServerWebSocket } from 'bun';

export type Session = {
  readonly path: string;
  readonly headers: Headers;
  readonly socket: ServerWebSocket<unknown>;
  readonly received: (string | Buffer<ArrayBuffer>)[];
  /** Resolves with how the gateway closed it. */
  readonly closed: Promise<{ code: number; reason: string }>;
};

type Script = Readonly<{
  /** A refusal of the handshake, or undefined to let it in. */
  refuse?: (request: Request) => Response | undefined;
  protocol?: string;
  onOpen?: (session: Session) => void;
  onMessage?: (session: Session, message: string | Buffer<ArrayBuffer>) => void;
}>;

export type SocketVendor = Readonly<{
  /** Without a slash or a version at its end. */
  url: string;
  does: (script: Script) => void;
  /** Every handshake so far, also those that were refused. */
  asked: Request[];
  sessions: Session[];
  stop: () => Promise<void>;
}>;

type Data = { session: Session; close: (how: { code: number; reason: string }) => void };

export function startSocketVendor(): SocketVendor {
  let script: Script = {};
  const asked: Request[] = [];
  const sessions: Session[] = [];
  const server = Bun.serve<{ made?: Data; request: Request }>({
    port: 0,
    hostname: '127.0.0.1',
    fetch(request, self) {
      asked.push(request);
      const refused = script.refuse?.(request);
      if (refused) return refused;
      const { protocol } = script;
      const headers = protocol === undefined ? {} : { 'sec-websocket-protocol': protocol };
      if (self.upgrade(request, { data: { request }, headers })) return undefined;
      return new Response('no WebSocket', { status: 400 });
    },
    websocket: {
      maxPayloadLength: 64 * 1024 * 1024,
      backpressureLimit: 64 * 1024 * 1024,
      open(socket) {
        const { url, headers } = socket.data.request;
        const { promise: closed, resolve: close } = Promise.withResolvers<{
          code: number;
          reason: string;
        }>();
        const path = url.slice(new URL(url).origin.length);
        const session: Session = { path, headers, socket, received: [], closed };
        socket.data.made = { session, close };
        sessions.push(session);
        script.onOpen?.(session);
      },
      message(socket, message) {
        const session = socket.data.made?.session;
        if (!session) return;
        session.received.push(message);
        script.onMessage?.(session, message);
      },
      close: (socket, code, reason) => socket.data.made?.close({ code, reason }),
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    does: (next) => void (script = next),
    asked,
    sessions,
    stop: () => server.stop(true),
  };
}

export type Dialled = Readonly<{
  socket: Bun.WebSocket;
  messages: (string | Buffer)[];
  /** Resolves when so many messages have come; rejects where it is closed before. */
  got: (count: number) => Promise<void>;
  closed: Promise<{ code: number; reason: string }>;
}>;

const BunWebSocket = WebSocket as unknown as new (
  url: string,
  options: Bun.WebSocketOptions,
) => Bun.WebSocket;

/** Resolves once open; rejects with the refusal's words. */
export async function dialGateway(url: string, options: Bun.WebSocketOptions): Promise<Dialled> {
  const socket = new BunWebSocket(url.replace(/^http/, 'ws'), options);
  socket.binaryType = 'nodebuffer';
  const messages: (string | Buffer)[] = [];
  let wake = () => {};
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  socket.onopen = () => opened.resolve();
  socket.onerror = (event) =>
    opened.reject(new Error('message' in event ? String(event.message) : 'refused'));
  socket.onclose = ({ code, reason }) => {
    closed.resolve({ code, reason });
    wake();
  };
  socket.onmessage = ({ data }) => {
    messages.push(data as string | Buffer);
    wake();
  };
  await opened.promise;
  return {
    socket,
    messages,
    closed: closed.promise,
    async got(count) {
      while (messages.length < count) {
        if (socket.readyState === WebSocket.CLOSED)
          throw new Error(`it was closed after ${messages.length} of ${count} messages`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
