/** A vendor of our own on bare sockets: it does whatever a test says, and remembers exactly what arrived. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { freePort } from './freePort.ts';

export type Arrived = Readonly<{
  method: string;
  /** With its query. */
  path: string;
  headers: Headers;
  body: Buffer<ArrayBuffer>;
  bodySha256: string;
  /** The vendor's key that came along, in whichever header. */
  key: string;
  atMs: number;
  /** Resolves with the time at which the other side closed the connection. */
  closed: Promise<number>;
}>;

export type Reply = Readonly<{
  /** A whole answer with its length. */
  send(status: number, body: string | Uint8Array, headers?: Record<string, string>): void;
  json(status: number, body: unknown, headers?: Record<string, string>): void;
  /** The head of a chunked answer, an event stream unless the headers say otherwise. */
  begin(status?: number, headers?: Record<string, string>): void;
  /** One chunk; resolves once the socket wants more. */
  chunk(bytes: string | Uint8Array): Promise<void>;
  end(): void;
  /** A whole stream, chunk by chunk. */
  stream(...chunks: (string | Uint8Array)[]): Promise<void>;
  /** Bytes as they are, for what is no HTTP. */
  raw(bytes: string | Uint8Array): void;
  /** Closes the connection in the middle of the answer, after what was written. */
  cut(): void;
  /** Breaks the connection off; what was written may be lost with it. */
  reset(): void;
}>;

export type Script = (request: Arrived, reply: Reply) => void | Promise<void>;

export const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

export type Vendor = Readonly<{
  /** Without a slash or a version at its end. */
  url: string;
  /** What it does with the next requests. */
  does: (script: Script) => void;
  arrived: readonly Arrived[];
  /** The keys of all requests so far, in order. */
  keys: () => string[];
  last: () => Arrived;
  forget: () => void;
  stop: () => Promise<void>;
}>;

/** The fields of a form that arrived. */
export const formOf = ({ body, headers }: Arrived) =>
  new Response(body, { headers: { 'content-type': headers.get('content-type') ?? '' } }).formData();

const carriers = ['x-api-key', 'x-goog-api-key', 'api-key'];

function keyOf(headers: Headers): string {
  const bearer = /^Bearer (.+)$/.exec(headers.get('authorization') ?? '')?.[1];
  return bearer ?? carriers.map((name) => headers.get(name)).find((value) => value !== null) ?? '';
}

function replyTo(socket: Socket, closed: Promise<number>): Reply {
  const raw = (bytes: string | Uint8Array) => void socket.write(bytes);
  const head = (status: number, headers: Record<string, string>) => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    raw(`HTTP/1.1 ${status} Said\r\n${lines.join('')}\r\n`);
  };
  const reply: Reply = {
    send(status, body, headers = {}) {
      head(status, { 'content-length': String(Buffer.byteLength(body)), ...headers });
      raw(body);
    },
    json(status, body, headers = {}) {
      reply.send(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
    },
    begin(status = 200, headers = {}) {
      const type = { 'content-type': 'text/event-stream' };
      head(status, { ...type, ...headers, 'transfer-encoding': 'chunked' });
    },
    chunk(bytes) {
      const size = Buffer.byteLength(bytes);
      if (size === 0 || socket.destroyed) return Promise.resolve();
      socket.cork();
      raw(`${size.toString(16)}\r\n`);
      raw(bytes);
      const isFull = !socket.write('\r\n');
      socket.uncork();
      if (!isFull) return Promise.resolve();
      return Promise.race([once(socket, 'drain'), closed]).then(() => {});
    },
    end: () => raw('0\r\n\r\n'),
    async stream(...chunks) {
      reply.begin();
      for (const bytes of chunks) await reply.chunk(bytes);
      reply.end();
    },
    raw,
    cut: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
  };
  return reply;
}

type Head = Readonly<{ method: string; path: string; headers: Headers; bodyFrom: number }>;

function headOf(bytes: Buffer): Head | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const [method = '', path = ''] = first.split(' ');
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return { method, path, headers, bodyFrom: end + 4 };
}

/** `port`: where an earlier one was, to be back there. */
export async function startVendor(script: Script, port = freePort()): Promise<Vendor> {
  let does = script;
  const arrived: Arrived[] = [];
  const sockets = new Set<Socket>();

  const serve = (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    const { promise: closed, resolve: close } = Promise.withResolvers<number>();
    let bytes = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      close(Date.now());
    });
    socket.on('data', (data: Buffer) => {
      bytes = Buffer.concat([bytes, data]);
      const head = headOf(bytes);
      if (!head) return;
      const size = Number(head.headers.get('content-length') ?? 0);
      if (bytes.length < head.bodyFrom + size) return;
      const body = Buffer.from(bytes.subarray(head.bodyFrom, head.bodyFrom + size));
      bytes = bytes.subarray(head.bodyFrom + size);
      const { method, path, headers } = head;
      const key = keyOf(headers);
      const request = { method, path, headers, body, bodySha256: sha256(body), key, closed };
      arrived.push({ ...request, atMs: Date.now() });
      void does({ ...request, atMs: Date.now() }, replyTo(socket, closed));
    });
  };

  const server = createServer(serve);
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    does: (next) => void (does = next),
    arrived,
    keys: () => arrived.map(({ key }) => key),
    last() {
      const request = arrived.at(-1);
      if (!request) throw new Error('nothing arrived at the vendor');
      return request;
    },
    forget: () => void arrived.splice(0),
    async stop() {
      const stopped = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await stopped;
    },
  };
}
