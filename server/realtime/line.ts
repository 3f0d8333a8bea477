/** The vendor's end of a session: a WebSocket of the gateway's own, opened with its key. */
import type { AbortState } from '../proxy/abort.ts';
import { headersOf, linesOf } from '../proxy/headers.ts';
import type { Upstream, UpstreamAnswer, UpstreamRequest } from '../proxy/upstream.ts';
import { vendorHeaders } from '../proxy/vendorHeaders.ts';

export type Message = string | Buffer<ArrayBuffer>;

/** Bun's has more than the standard's: headers, `pause`, `ping`. */
const BunWebSocket = WebSocket as unknown as new (
  url: string,
  options: Bun.WebSocketOptions,
) => Bun.WebSocket;

/** Open, and silent until somebody listens: what came before waits in `early`, and so does an end that came already. */
export type Line = {
  readonly socket: Bun.WebSocket;
  readonly early: Message[];
  closed: Readonly<{ code: number; reason: string }> | undefined;
};

export type DialOptions = Readonly<{
  request: UpstreamRequest;
  offered: readonly string[];
  signal: AbortState;
  /** Reads a refusal: a WebSocket of Bun's tells no more of one than its status. */
  ask: Upstream;
}>;

/** Google's own clients show their key in the query of a WebSocket, so ours does. */
function withQueryKey(url: string, headers: Headers): URL {
  const to = new URL(url);
  const key = to.pathname.startsWith('/ws/') ? headers.get('x-goog-api-key') : null;
  if (key === null) return to;
  headers.delete('x-goog-api-key');
  to.searchParams.set('key', key);
  return to;
}

/** Only what is told apart here leaves: the message has the URL in it, and that may have our key. */
function faultIn(message: string): Error {
  const code = /failed to connect/i.test(message)
    ? 'ConnectionRefused'
    : /\bTLS\b|certificate/i.test(message)
      ? 'ERR_TLS_HANDSHAKE'
      : 'ConnectionClosed';
  return Object.assign(new Error('the WebSocket could not be opened'), { code });
}

const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'c2lnbmFsYm94LXJlZnVzYWw=',
};

/** What the vendor says to a handshake that it refused. */
async function refusal(
  { request, offered, signal, ask }: DialOptions,
  url: URL,
  headers: Headers,
  status: number,
): Promise<UpstreamAnswer> {
  for (const [name, value] of Object.entries(upgrade)) headers.set(name, value);
  if (offered.length > 0) headers.set('sec-websocket-protocol', offered.join(', '));
  const answer = await ask(
    { ...request, url: url.href, headers: linesOf(headers), body: null },
    signal,
  );
  // It would have been let in this time, with nobody there to go in.
  return answer.status >= 400 ? answer : { status, headers: vendorHeaders([]), body: null };
}

/**
 * @throws what `transportFault` knows, when no answer came.
 * @returns the open line, or the answer of a vendor that refuses.
 */
export async function dial(options: DialOptions): Promise<Line | UpstreamAnswer> {
  const { request, offered, signal } = options;
  const headers = headersOf(request.headers);
  const url = withQueryKey(request.url, headers);
  const { promise, resolve, reject } = Promise.withResolvers<Line | number>();
  const socket = new BunWebSocket(url.href.replace(/^http/, 'ws'), {
    protocols: [...offered],
    headers: Object.fromEntries(headers),
    perMessageDeflate: false,
  });
  socket.binaryType = 'nodebuffer';
  const line: Line = { socket, early: [], closed: undefined };
  let isSettled = false;
  const abandon = () => {
    if (isSettled) return;
    socket.terminate();
    reject(signal.reason);
  };
  signal.addEventListener('abort', abandon);
  socket.onmessage = ({ data }) => void line.early.push(data as Message);
  socket.onopen = () => {
    socket.pause();
    resolve(line);
  };
  socket.onclose = ({ code, reason }) => {
    line.closed = { code, reason };
  };
  socket.onerror = (event) => {
    const message = 'message' in event ? String(event.message) : '';
    const status = Number(/101 status code: (\d{3})\b/.exec(message)?.[1] ?? 0);
    if (status >= 300) resolve(status);
    else reject(faultIn(message));
  };
  try {
    const opened = await promise;
    return typeof opened === 'number' ? await refusal(options, url, headers, opened) : opened;
  } finally {
    isSettled = true;
  }
}
