/** One connection to a vendor: it carries one request after the other, each with its answer. */
import type { Socket } from 'bun';
import type { AbortState } from '../proxy/abort.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../proxy/upstream.ts';
import { openAnswer, type OpenAnswer } from './answer.ts';
import { bodyOf, type Body } from './body.ts';
import { createBurst } from './burst.ts';
import { ConnectionError, codeOf } from './connectionError.ts';
import { headEnd, parseHead, type Head } from './head.ts';
import { MalformedAnswer } from './malformedAnswer.ts';
import type { Origin } from './origin.ts';
import { requestHead } from './requestHead.ts';
import { createUnsent } from './unsent.ts';

/** A request that waits for its answer. */
export type Job = Readonly<{
  request: UpstreamRequest;
  signal: AbortState;
  resolve: (answer: UpstreamAnswer) => void;
  reject: (error: unknown) => void;
}>;

export type Connection = Readonly<{
  /** Sends a request. Only on a connection that was given back by `onFree`, or is new. */
  start(job: Job): void;
  close(): void;
}>;

export type ConnectionOptions = Readonly<{
  origin: Origin;
  connectMs: number;
  /** The first request; it is sent as soon as the connection stands. */
  job: Job;
  /** The answer was taken whole, and the vendor keeps the connection open, so long as it said. */
  onFree: (connection: Connection, keepsIdleMs: number | undefined) => void;
  onClosed: (connection: Connection) => void;
  /** A used connection closed before the vendor answered a byte: it closed it as idle, as a rule. */
  onStale: (job: Job) => void;
}>;

const mostHeadBytes = 256 * 1024;
/** Up to here head and body are one write. */
const smallBytes = 64 * 1024;
const nothing = Buffer.alloc(0);

/** For so few bytes a copy costs less than a view, which makes the memory below it an object of its own. */
const copiedBytes = 4 * 1024;
const copyOf = (bytes: Buffer<ArrayBuffer>, from: number): Uint8Array<ArrayBuffer> =>
  bytes.length - from > copiedBytes
    ? bytes.subarray(from)
    : Uint8Array.prototype.slice.call(bytes, from);

const sendSoon = createBurst((send: () => void) => send());
const answerSoon = createBurst(({ job, answer }: { job: Job; answer: UpstreamAnswer }) =>
  job.resolve(answer),
);

export function connect(options: ConnectionOptions): Connection {
  const { origin } = options;
  let socket: Socket | undefined;
  let raw: Socket | undefined; // From before its handshake on.
  let isClosed = false;
  let uses = 0;
  const unsent = createUnsent();
  // The request under way, and how far its answer is.
  let job: Job | undefined = options.job;
  let early: Buffer<ArrayBuffer> = nothing;
  let hasAnswered = false;
  let head: Head | undefined;
  let answer: OpenAnswer | undefined;
  let body: Body | undefined;
  const pieces: Uint8Array<ArrayBuffer>[] = [];

  const flow = { pause: () => socket?.pause(), resume: () => socket?.resume() };

  const close = () => {
    if (isClosed) return;
    isClosed = true;
    clearTimeout(connecting);
    raw?.terminate();
    options.onClosed(connection);
  };

  /** The end of the request under way, for whatever reason. */
  const fail = (error: unknown) => {
    const failed = job;
    const opened = answer;
    job = undefined;
    answer = undefined;
    close();
    if (opened) opened.fail(error);
    else if (failed && uses > 1 && !hasAnswered && !failed.signal.aborted) options.onStale(failed);
    else failed?.reject(error);
  };

  const send = () => {
    if (socket) unsent.writeTo(socket);
  };

  const begin = (started: Job) => {
    const { request } = started;
    uses += 1;
    const text = requestHead(request, origin.host, origin.length);
    const bodyBytes = request.body?.byteLength ?? 0;
    const isSmall = bodyBytes > 0 && bodyBytes <= smallBytes;
    const bytes = Buffer.allocUnsafe(text.length + (isSmall ? bodyBytes : 0));
    bytes.write(text, 'latin1');
    if (request.body && isSmall) bytes.set(request.body, text.length);
    unsent.add(bytes);
    if (request.body && !isSmall) unsent.add(request.body);
    sendSoon(send);
  };

  /** Also told of what is long over, when the connection serves another. */
  const onAbort = () => {
    if (job?.signal.aborted) fail(job.signal.reason);
  };

  const start = (started: Job) => {
    job = started;
    hasAnswered = false;
    started.signal.addEventListener('abort', onAbort);
    if (socket) begin(started);
  };

  /** The answer is whole at `at`. */
  const finish = (bytes: Uint8Array, at: number, { keepsAlive, keepsIdleMs }: Head) => {
    const opened = answer;
    job = undefined;
    answer = undefined;
    head = undefined;
    body = undefined;
    // What comes after the answer belongs to nothing, and an answer to half a request leaves the other half unsent.
    const isReusable = keepsAlive && at === bytes.length && unsent.isEmpty();
    if (isReusable) options.onFree(connection, keepsIdleMs);
    else close();
    opened?.end();
  };

  /** Where the body begins, or -1 while the head is not whole. */
  const openHead = (bytes: Buffer<ArrayBuffer>, from: number): number => {
    const end = headEnd(bytes, from);
    if (end === -1) {
      if (bytes.length - from > mostHeadBytes) throw new MalformedAnswer('the head has no end');
      early = bytes.subarray(from);
      return -1;
    }
    early = nothing;
    const text = bytes.toString('latin1', from, end);
    const parsed = parseHead(text, job?.request.method ?? '');
    // 100, 102 and 103 come before the answer; nobody asked for another protocol.
    if (parsed.status === 101) throw new MalformedAnswer('the vendor changed the protocol');
    if (parsed.status < 200) return end < bytes.length ? openHead(bytes, end) : -1;
    if (parsed.framing === 'length' && bytes.length - end === parsed.bodyBytes && job) {
      const { status, headers } = parsed;
      answerSoon({ job, answer: { status, headers, body: copyOf(bytes, end) } });
      finish(bytes, bytes.length, parsed);
      return -1;
    }
    head = parsed;
    const opened = openAnswer(parsed.status, parsed.headers, flow);
    answer = opened;
    body = bodyOf(parsed, (piece) => pieces.push(piece));
    return end;
  };

  const receive = (came: Buffer<ArrayBuffer>) => {
    if (!job) {
      // Nobody asked.
      close();
      return;
    }
    hasAnswered = true;
    let bytes = came;
    let from = 0;
    const isNew = head === undefined;
    const asked = job;
    if (isNew) {
      if (early.length > 0) bytes = Buffer.concat([early, came]);
      from = openHead(bytes, 0);
    }
    const opened = answer;
    if (!head || !body || !opened) return;
    const parsed = head;
    // Its body may be malformed and fail: then it is the answer that failed.
    if (isNew) answerSoon({ job: asked, answer: opened.answer });
    let end = -1;
    try {
      end = body(bytes, from);
    } finally {
      // Small chunks that came together are passed on together; also those before one that makes no sense.
      const [first] = pieces;
      if (first) opened.push(pieces.length === 1 ? first : Buffer.concat(pieces));
      pieces.length = 0;
    }
    if (end !== -1) finish(bytes, end, parsed);
  };

  const hasEnded = (error: Error | undefined) => {
    if (!error && head?.framing === 'close') finish(nothing, 0, head);
    else fail(error ?? new ConnectionError('ECONNRESET', 'the vendor closed the connection'));
  };

  const connection: Connection = { start, close };
  const connecting = setTimeout(
    () =>
      fail(
        new ConnectionError('ConnectionTimeout', `no connection within ${options.connectMs} ms`),
      ),
    options.connectMs,
  );
  const isUp = (opened: Socket) => {
    clearTimeout(connecting);
    socket = opened;
    if (job) begin(job);
  };

  start(options.job);
  Bun.connect({
    hostname: origin.hostname,
    port: origin.port,
    ...(origin.isSecure && { tls: { serverName: origin.hostname, rejectUnauthorized: true } }),
    socket: {
      open(opened) {
        raw = opened;
        if (isClosed) opened.terminate();
        else if (!origin.isSecure) isUp(opened);
      },
      handshake(opened, isTrusted, error) {
        if (isTrusted && !isClosed) isUp(opened);
        else if (!isTrusted)
          fail(new ConnectionError(error?.message ? codeOf(error) : 'ERR_TLS', 'TLS failed'));
      },
      data(_, came) {
        try {
          // Typed wider than it is: Bun makes a copy for each.
          receive(came as Buffer<ArrayBuffer>);
        } catch (error) {
          fail(error);
        }
      },
      drain: send,
      end: () => hasEnded(undefined),
      close: (_, error) => hasEnded(error),
      error: (_, error) => fail(error),
      connectError: (_, error) => fail(error),
    },
  }).catch(fail);
  return connection;
}
