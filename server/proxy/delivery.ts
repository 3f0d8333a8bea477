/** Gives an answer to the client, once it is sure enough: a stream from its first event, a small body when whole. */
import type { Outcome } from '../../events/traffic.ts';
import { idsInHeaders, idsMadeBy } from './madeIds.ts';
import { decoded, type Caller } from './attempt.ts';
import type { DialectModule } from './dialect.ts';
import type { Drain } from './drain.ts';
import { elapsedMs, type Exchange } from './exchange.ts';
import { responseHeaders } from './headers.ts';
import type { Incoming } from './incoming.ts';
import type { Limits } from './limits.ts';
import { isSmall, passBody } from './plainAnswer.ts';
import { openStream, relayStream } from './streamAnswer.ts';
import { keepTail } from './tail.ts';
import { resumable, type Resume } from './resume/resumable.ts';
import { textStreamOf } from './resume/textStream.ts';
import type { UpstreamAnswer, UpstreamBody } from './upstream.ts';

export type Delivered = Readonly<{ kind: 'delivered'; response: Response }>;

export type DeliveryOptions = Readonly<{
  exchange: Exchange;
  incoming: Incoming;
  dialect: DialectModule;
  limits: Limits;
  drain: Drain;
  now: () => number;
  client: Caller;
  /** From then on the upstream is left when the client leaves. */
  follow: () => void;
  record: (exchange: Exchange, status: number, outcome: Outcome) => void;
  /** Told the ids in the answer that later requests may refer to. */
  onIds: (ids: readonly string[]) => void;
  /** Where a stream that breaks may go on from another answer. */
  resume: Resume | undefined;
}>;

/** Opens the answer; throws what breaks before the client got a byte. */
export function deliver(
  response: UpstreamAnswer,
  abort: AbortController,
  options: DeliveryOptions,
): Delivered | Promise<Delivered> {
  const { incoming, limits } = options;
  if (incoming.tunnel) {
    const { exchange, record } = options;
    return { kind: 'delivered', response: incoming.tunnel.open(exchange, record) };
  }
  // `response.body` makes a stream of it, which costs a small answer more than all the rest: asked for late.
  if (isWhole(response, incoming, limits)) {
    return response.bytes().then((body) => deliverWhole(response, body, options));
  }
  options.follow();
  const { body } = response;
  if (!body) return deliverWhole(response, new Uint8Array(), options);
  if (isReadableStream(response.headers, incoming)) {
    return deliverStream(response, body, abort, options);
  }
  return deliverLarge(response, body, abort, options);
}

/** One that has an end which is near enough to wait for. */
const isWhole = ({ headers }: UpstreamAnswer, incoming: Incoming, limits: Limits): boolean =>
  !isReadableStream(headers, incoming) && isSmall(headers, limits);

/** One that is packed, though it was asked not to be, passes unread. Gemini streams an array without `alt=sse`. */
function isReadableStream(headers: Headers, { route: { route } }: Incoming): boolean {
  if ((headers.get('content-encoding') ?? 'identity') !== 'identity') return false;
  const type = headers.get('content-type') ?? '';
  return type.startsWith('text/event-stream') || route.endsWith(':streamGenerateContent');
}

function deliverWhole(
  response: UpstreamAnswer,
  body: Uint8Array<ArrayBuffer>,
  options: DeliveryOptions,
): Delivered {
  const { exchange, dialect, incoming, record, onIds } = options;
  const { route } = incoming.route;
  exchange.firstByteMs = elapsedMs(exchange);
  exchange.responseBytes = body.byteLength;
  if (response.headers.get('content-type')?.includes('json')) {
    const plain = decoded(body, response.headers.get('content-encoding'));
    exchange.usage = dialect.usageOfPlain(plain, route);
    onIds(idsMadeBy(dialect.name, route, plain));
  }
  if (incoming.endpoint === 'creation') onIds(idsInHeaders(route, response.headers));
  record(exchange, response.status, 'completed');
  return {
    kind: 'delivered',
    response: new Response(body.byteLength === 0 ? null : body, {
      status: response.status,
      headers: responseHeaders(response.headers, exchange.id, { origin: incoming.origin }),
    }),
  };
}

async function deliverStream(
  response: UpstreamAnswer,
  body: UpstreamBody,
  abort: AbortController,
  options: DeliveryOptions,
): Promise<Delivered> {
  const { exchange, dialect, incoming, limits, drain, now, client, record, onIds } = options;
  const { route } = incoming.route;
  const opening = dialect.terminator(route);
  const opened = await openStream(body, opening);
  exchange.streamed = true;
  const text = options.resume && textStreamOf(route);
  const isEvents = response.headers.get('content-type')?.startsWith('text/event-stream');
  const lasting =
    options.resume && text && isEvents
      ? resumable({ stream: opened, abort }, text, options.resume)
      : undefined;
  // What goes on is read anew, event by event.
  const watch = lasting ? dialect.terminator(route) : opening;
  const relayed = relayStream({
    stream: lasting?.stream ?? opened,
    watch,
    dialect,
    abort: lasting?.abort ?? abort,
    client: client.signal,
    limits,
    drain,
    now,
    onChunk(bytes) {
      exchange.firstByteMs ??= elapsedMs(exchange);
      exchange.responseBytes += bytes;
    },
    onEnd(how) {
      exchange.usage = watch.usage();
      onIds(watch.ids());
      record(exchange, response.status, how);
    },
  });
  const headers = responseHeaders(response.headers, exchange.id);
  headers.set('cache-control', headers.get('cache-control') ?? 'no-cache');
  // nginx and its like would hold events back.
  headers.set('x-accel-buffering', 'no');
  return {
    kind: 'delivered',
    response: new Response(relayed, { status: response.status, headers }),
  };
}

function deliverLarge(
  response: UpstreamAnswer,
  body: UpstreamBody,
  abort: AbortController,
  { exchange, incoming, dialect, record, limits, drain }: DeliveryOptions,
): Delivered {
  const type = response.headers.get('content-type') ?? '';
  const isPlain = type.startsWith('application/json') && !response.headers.has('content-encoding');
  const tail = isPlain ? keepTail() : undefined;
  const passed = passBody(
    body,
    abort,
    { limits, drain },
    {
      onChunk(chunk) {
        exchange.firstByteMs ??= elapsedMs(exchange);
        exchange.responseBytes += chunk.byteLength;
        tail?.push(chunk);
      },
      onEnd(how) {
        if (tail) exchange.usage = dialect.usageOfTail(tail.bytes(), incoming.route.route);
        record(exchange, response.status, how);
      },
    },
  );
  const headers = responseHeaders(response.headers, exchange.id, { bodyUnchanged: true });
  return {
    kind: 'delivered',
    response: new Response(passed, { status: response.status, headers }),
  };
}
