/** What a client sent, read once: where it goes, what it asks for, how large it is. */
import { isCreation, type Detection } from './detect.ts';
import { readBody, replaceModel } from './modelField.ts';
import type { GatewayError } from './dialect.ts';
import { originOf } from './headers.ts';
import { isForm, readForm, replaceFormModel } from './multipart.ts';
import { unpacked } from './packing.ts';
import type { Tunnel } from './tunnel.ts';

/** Where a request came to. */
export type Place = Readonly<{ origin: string; pathname: string; search: string }>;

export type Incoming = Place &
  Readonly<{
    method: string;
    headers: Headers;
    route: Detection;
    body: Uint8Array<ArrayBuffer> | null;
    /** The body without its content encoding; undefined where it has none. */
    unpacked: Uint8Array<ArrayBuffer> | undefined;
    /** The parsed body; undefined when it is no JSON. */
    json: unknown;
    /** The model as the client named it, `''` when it named none. */
    model: string;
    streamed: boolean;
    endpoint: Detection['endpoint'];
    /** Set where the client wants a WebSocket. */
    tunnel: Tunnel | undefined;
  }>;

/** The parts of a request's absolute URL, without parsing it all. */
export function splitUrl(url: string): Place {
  const start = url.indexOf('/', url.indexOf('//') + 2);
  if (start < 0) return { origin: url, pathname: '/', search: '' };
  const query = url.indexOf('?', start);
  const end = query < 0 ? url.length : query;
  return { origin: url.slice(0, start), pathname: url.slice(start, end), search: url.slice(end) };
}

const tooLarge = (limitBytes: number): GatewayError => ({
  status: 413,
  kind: 'too_large',
  code: 'request_too_large',
  message: `The request body is larger than ${limitBytes} bytes (BODY_LIMIT_BYTES).`,
});

type Body = Uint8Array<ArrayBuffer> | null | GatewayError;

/** The whole body, or why it is refused. A body without a length is counted as it comes. */
export function readBytes(request: Request, limitBytes: number): Body | Promise<Body> {
  const length = request.headers.get('content-length');
  if (length === null) return request.body && countBytes(request.body, limitBytes);
  if (Number(length) > limitBytes) return tooLarge(limitBytes);
  return Number(length) === 0 ? null : request.bytes();
}

async function countBytes(body: ReadableStream<Uint8Array>, limitBytes: number): Promise<Body> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > limitBytes) return tooLarge(limitBytes);
    chunks.push(chunk);
  }
  return size === 0 ? null : Buffer.concat(chunks);
}

/** A request for a WebSocket has its model in its query, if anywhere. */
export function readUpgrade(
  { method, headers }: Request,
  place: Place,
  route: Detection,
  tunnel: Tunnel,
): Incoming {
  const { endpoint } = route;
  const model = new URLSearchParams(place.search).get('model') ?? '';
  const nothing = { body: null, unpacked: undefined, json: undefined };
  return { ...place, ...nothing, method, headers, route, model, streamed: true, endpoint, tunnel };
}

const isUpload = ({ route }: Detection): boolean => route.startsWith('/upload/');

/** What the gateway needs of a body, or why the body cannot be what it is said to be. */
export function readIncoming(
  request: Request,
  place: Place,
  route: Detection,
  body: Uint8Array<ArrayBuffer> | null,
): Incoming | GatewayError {
  const { method, headers } = request;
  const type = headers.get('content-type');
  if (!body || !isJson(type) || isUpload(route)) {
    const nothing = { unpacked: undefined, json: undefined, tunnel: undefined };
    const { endpoint, model, streamed } = route;
    const plain = { ...place, ...nothing, method, headers, route, body, endpoint };
    const fromPath = { ...plain, model: model ?? '', streamed: streamed ?? false };
    if (isUpload(route)) return { ...fromPath, origin: originOf(place.origin, headers) };
    return { ...fromPath, ...(body && ofForm(body, type)) };
  }
  const encoding = headers.get('content-encoding');
  const packed = encoding === null ? undefined : unpacked(body, encoding);
  if (packed === null) return unreadable('its content encoding is not gzip, deflate, br or zstd');
  const read = readBody(packed ?? body);
  if (!read.ok) return unreadable(read.reason);
  // Named one by one: to spread objects into it costs five times as much, and nearly every request comes here.
  return {
    origin: place.origin,
    pathname: place.pathname,
    search: place.search,
    method,
    headers,
    route,
    body,
    unpacked: packed,
    json: read.json,
    model: route.model ?? read.model ?? '',
    streamed: route.streamed ?? read.stream,
    endpoint: isCreation(route.dialect, route.route, read.json) ? 'creation' : route.endpoint,
    tunnel: undefined,
  };
}

/** The body for a vendor that knows the model under another name; it is sent unpacked. */
export function bodyWithModel(incoming: Incoming, model: string): Uint8Array<ArrayBuffer> | null {
  const { body, unpacked: plain, headers } = incoming;
  if (!body) return body;
  const type = headers.get('content-type');
  if (type !== null && isForm(type)) return replaceFormModel(body, type, model);
  return replaceModel(plain ?? body, model);
}

const unreadable = (reason: string): GatewayError => ({
  status: 400,
  kind: 'invalid_request',
  code: 'invalid_json',
  message: `The request body is not valid JSON: ${reason}.`,
});

/** Also a form may name a model, and ask for a stream. */
function ofForm(body: Uint8Array, type: string | null): { model?: string; streamed?: boolean } {
  if (type === null || !isForm(type)) return {};
  const { model, stream } = readForm(body, type);
  return { ...(model !== null && { model }), ...(stream && { streamed: true }) };
}

/** A body without a type is taken for JSON: curl users forget the header. */
const isJson = (type: string | null): boolean =>
  type === null || type.includes('json') || type.includes('x-www-form-urlencoded');
