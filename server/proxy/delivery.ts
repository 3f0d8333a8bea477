/** Gives an answer to the client, once it is sure enough: a stream from its first event, a small body when whole. */
import type { Abort } from './abort.ts';
import type { Cause } from '../../events/event.ts';
import type { Outcome } from '../../events/traffic.ts';
import { idsInHeaders, idsMadeBy } from './madeIds.ts';
import { decoded, type Caller } from './attempt.ts';
import type { DialectModule } from './dialect.ts';
import type { Drain } from './drain.ts';
import { elapsedMs, type Exchange } from './exchange.ts';
import { AnswerEndedEarly, checkJson, htmlPage, type Head } from './falseAnswer.ts';
import { clientResponse } from './headers.ts';
import type { Incoming } from './incoming.ts';
import type { Limits } from './limits.ts';
import { openStream } from './openStream.ts';
import { isSmall, passBody } from './plainAnswer.ts';
import { taped } from './resume/taped.ts';
import { resumable, type Resume } from './resume/resumable.ts';
import { textStreamOf } from './resume/textStream.ts';
import { relayStream, type StreamEnding } from './streamAnswer.ts';
import type { StreamEnd } from './streamEnd.ts';
import { keepTail } from './tail.ts';
import { timeIsOver } from './timeLimits.ts';
import { canUnpack, unpackedReader } from './unpackStream.ts';
import type { AnswerBody, UpstreamAnswer } from './upstream.ts';

export type Delivered = Readonly<{
  kind: 'delivered';
  response: Response;
  /** It goes on: how it ends is told to `end`. */
  isStream: boolean;
}>;

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
  cause: Cause;
  end: StreamEnd;
  record: (exchange: Exchange, status: number, outcome: Outcome) => void;
  /** Told the ids in the answer that later requests may refer to. */
  onIds: (ids: readonly string[]) => void;
  /** Where a stream that breaks may go on from another answer. */
  resume: Resume | undefined;
}>;

const nothing = new Uint8Array();

/** Opens the answer; throws what breaks before the client got a byte. */
export function deliver(
  response: UpstreamAnswer,
  abort: Abort,
  options: DeliveryOptions,
): Delivered | Promise<Delivered> {
  const { incoming, limits } = options;
  if (incoming.tunnel) {
    const { exchange, record } = options;
    const opened = incoming.tunnel.open(exchange, record);
    return { kind: 'delivered', response: opened, isStream: false };
  }
  const type = response.headers.get('content-type') ?? '';
  const isHtml = type.startsWith('text/html');
  if (isHtml && incoming.endpoint !== 'read') throw htmlPage(headOf(response, options));
  const isStream = isReadableStream(type, response, incoming);
  const { body } = response;
  if (!body) return deliverWhole(response, type, nothing, options);
  if (!isStream && (isSmall(response.headers, limits) || isJsonAlways(response, incoming))) {
    if (body instanceof Uint8Array) return deliverWhole(response, type, body, options);
    // Nobody said how long it is: it may turn out to be a large one.
    return body.bytes(limits.bufferedBytes).then((bytes) => {
      if (bytes) return deliverWhole(response, type, bytes, options);
      options.follow();
      return deliverLarge(response, body, abort, options);
    });
  }
  options.follow();
  if (isStream) return deliverStream(response, body, abort, options);
  return deliverLarge(response, body, abort, options);
}

const headOf = ({ headers }: UpstreamAnswer, { dialect, exchange }: DeliveryOptions): Head => ({
  headers,
  dialect,
  provider: exchange.provider,
});

/** Where a stream that was asked for is server-sent events, whatever its vendor calls it. */
const isStreamed = ({ streamed, route: { route } }: Incoming): boolean =>
  streamed && /\/(?:completions|responses|messages)$|:streamGenerateContent$/.test(route);

const isReadableStream = (
  type: string,
  { status, headers }: UpstreamAnswer,
  incoming: Incoming,
): boolean =>
  (type.startsWith('text/event-stream') || (status === 200 && isStreamed(incoming))) &&
  canUnpack(headers);

/** What is generated is JSON, a voice and what it said apart; also where it comes without a length and a type. */
const isJsonAlways = (
  { status, headers }: UpstreamAnswer,
  { endpoint, route }: Incoming,
): boolean =>
  endpoint === 'generation' &&
  status === 200 &&
  !headers.has('content-length') &&
  !route.route.startsWith('/v1/audio/');

function deliverWhole(
  response: UpstreamAnswer,
  type: string,
  body: Uint8Array<ArrayBuffer>,
  options: DeliveryOptions,
): Delivered {
  const { exchange, dialect, incoming, record, onIds } = options;
  const { route } = incoming.route;
  const isJson = type.includes('json');
  const encoding = isJson ? response.headers.get('content-encoding') : null;
  const plain = decoded(body, encoding);
  if (incoming.endpoint === 'generation' && response.status === 200) {
    if (body.byteLength === 0) throw new AnswerEndedEarly('the answer is empty');
    const canRead = isJson && (encoding === null || plain !== body);
    if (canRead) checkJson(headOf(response, options), plain);
  }
  const readdressed = (isJson && dialect.readdressed?.(plain, incoming)) || null;
  const sent = readdressed ?? body;
  exchange.firstByteMs = elapsedMs(exchange);
  exchange.responseBytes = sent.byteLength;
  if (isJson) {
    exchange.usage = dialect.usageOfPlain(plain, route);
    onIds(idsMadeBy(dialect.name, route, plain));
  }
  if (incoming.endpoint === 'creation') onIds(idsInHeaders(route, response.headers));
  record(exchange, response.status, 'completed');
  const { origin } = incoming;
  const given = clientResponse(sent.byteLength === 0 ? null : sent, response, exchange.id, {
    origin,
  });
  if (readdressed) given.headers.delete('content-encoding');
  return { kind: 'delivered', isStream: false, response: given };
}

async function deliverStream(
  response: UpstreamAnswer,
  body: AnswerBody,
  abort: Abort,
  options: DeliveryOptions,
): Promise<Delivered> {
  const { exchange, dialect, incoming, limits, drain, now, client, record, onIds } = options;
  const { route } = incoming.route;
  const opening = {
    reader: unpackedReader(body, response.headers),
    watch: dialect.terminator(route),
    head: headOf(response, options),
    isRead: incoming.endpoint === 'read',
    errorBytes: limits.errorBytes,
  };
  const isEvents = response.headers.get('content-type')?.startsWith('text/event-stream');
  const text = options.resume && isEvents ? textStreamOf(route, incoming.json) : undefined;
  const lasting =
    options.resume && text
      ? resumable({ stream: await taped(opening), abort }, text, options.resume)
      : undefined;
  const stream = lasting?.stream ?? (await openStream(opening));
  // What may go on is read anew, event by event.
  const watch = lasting ? dialect.terminator(route) : opening.watch;
  exchange.streamed = true;
  const leave = lasting?.abort ?? abort;
  const relayed = relayStream({
    stream,
    watch,
    dialect,
    abort: leave,
    client: client.request.signal,
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
      tellEnd(options, how, leave);
      record(exchange, response.status, how);
    },
  });
  const given = clientResponse(relayed, response, exchange.id);
  const { headers } = given;
  headers.delete('content-encoding');
  // Gemini has another form of its own.
  if (!isEvents && dialect.name !== 'gemini') headers.set('content-type', 'text/event-stream');
  headers.set('cache-control', headers.get('cache-control') ?? 'no-cache');
  // nginx and its like would hold events back.
  headers.set('x-accel-buffering', 'no');
  return { kind: 'delivered', isStream: true, response: given };
}

function tellEnd(
  options: DeliveryOptions,
  how: StreamEnding,
  { signal }: Readonly<{ signal: Readonly<{ reason: unknown }> }>,
): void {
  if (how === 'completed') options.end.whole(options);
  // What this gateway itself cut short says nothing about the provider.
  if (how !== 'truncated' || options.drain.isOver) return;
  options.end.broke(options, signal.reason === timeIsOver ? 'timeout' : 'truncated');
}

function deliverLarge(
  response: UpstreamAnswer,
  body: AnswerBody,
  abort: Abort,
  options: DeliveryOptions,
): Delivered {
  const { exchange, incoming, dialect, record, limits, drain } = options;
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
        tellEnd(options, how, abort);
        record(exchange, response.status, how);
      },
    },
  );
  const given = clientResponse(passed, response, exchange.id, { bodyUnchanged: true });
  return { kind: 'delivered', isStream: true, response: given };
}
