/** Which headers and query parameters cross the gateway, in either direction. */
import type { Auth, Dialect } from '../../events/provider.ts';
import { vendorHeaders, type VendorHeaders } from './vendorHeaders.ts';

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'trailers',
  'transfer-encoding',
  'upgrade',
]);

const notForUpstream = new Set([
  ...hopByHop,
  'authorization',
  'x-api-key',
  'x-goog-api-key',
  'api-key',
  'cookie',
  'host',
  'content-length',
  'expect',
  'origin',
  'referer',
  'forwarded',
  'via',
  'x-real-ip',
]);

/** What a vendor says about its own host would be wrong about the gateway's. */
const notForClient = new Set([
  ...hopByHop,
  'set-cookie',
  'set-cookie2',
  'alt-svc',
  'strict-transport-security',
]);

const uploadUrls = ['x-goog-upload-url', 'x-goog-upload-control-url'];

const x = 120;
const s = 115;

/** Families that are dropped whole. */
function hasPrivatePrefix(name: string): boolean {
  const first = name.charCodeAt(0);
  if (first === x) return name.startsWith('x-forwarded-') || name.startsWith('x-signalbox-');
  return first === s && name.startsWith('sec-');
}

const notNamed: ReadonlySet<string> = new Set();

/** Headers that are hop-by-hop because Connection names them. */
function namedBy(connection: string | null): ReadonlySet<string> {
  if (connection === null || connection === 'keep-alive' || connection === 'close') return notNamed;
  return new Set(connection.split(',').map((name) => name.trim().toLowerCase()));
}

/** False for what says something of one connection, or of a host that is not the gateway. */
export const isForClient = (name: string): boolean => !notForClient.has(name);

/** Of a vendor's headers what can be passed on. */
export function passedOn(headers: Headers): VendorHeaders {
  const named = namedBy(headers.get('connection'));
  const pairs: string[] = [];
  for (const [name, value] of headers) {
    if (isForClient(name) && !named.has(name)) pairs.push(name, value);
  }
  return vendorHeaders(pairs);
}

/** `name: value` a line, each with its CRLF: as the wire wants them, for no map of them is needed on the way. */
export type HeaderLines = string;

export function linesOf(headers: Headers): HeaderLines {
  let lines = '';
  headers.forEach((value, name) => {
    lines += `${name}: ${value}\r\n`;
  });
  return lines;
}

export function headersOf(lines: HeaderLines): Headers {
  const headers = new Headers();
  for (const line of lines.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 2));
  }
  return headers;
}

export type UpstreamHeaderOptions = {
  /** One more header that carries a client key. */
  apiKeyHeader: string;
  streamed: boolean;
  /** Anthropic wants a version; a client that sends none gets the oldest. */
  dialect?: Dialect;
  /** One header of the client that does not pass this time. */
  leavesOut?: string;
};

/** The client's headers without its credentials and its connection, with ours put in. */
export function upstreamHeaders(
  client: Headers,
  auth: Auth,
  secret: string,
  { apiKeyHeader, streamed, dialect, leavesOut = '' }: UpstreamHeaderOptions,
): HeaderLines {
  const named = namedBy(client.get('connection'));
  const ownName = apiKeyHeader.toLowerCase();
  let lines = '';
  client.forEach((value, name) => {
    if (notForUpstream.has(name) || hasPrivatePrefix(name) || name === ownName) return;
    if (name === leavesOut || (streamed && name === 'accept-encoding')) return;
    if (named !== notNamed && named.has(name)) return;
    lines += `${name}: ${value}\r\n`;
  });
  if (streamed) lines += 'accept-encoding: identity\r\n';
  if (dialect === 'anthropic' && !client.has('anthropic-version')) {
    lines += 'anthropic-version: 2023-06-01\r\n';
  }
  if (auth === 'bearer') lines += `authorization: Bearer ${secret}\r\n`;
  else if (auth !== 'none') lines += `${auth}: ${secret}\r\n`;
  return lines;
}

export type ResponseHeaderOptions = {
  /** The body goes on as it came, so its length is still true. */
  bodyUnchanged?: boolean;
  /** The gateway as the client sees it: uploads go on to the address a vendor names. */
  origin?: string;
};

/** The vendor's answer for the client: its headers, its request id and limits among them, with our request id. */
export function clientResponse(
  body: BodyInit | null,
  { status, headers: from }: Readonly<{ status: number; headers: VendorHeaders }>,
  requestId: string,
  { bodyUnchanged = false, origin }: ResponseHeaderOptions = {},
): Response {
  const response = status === 200 ? new Response(body) : new Response(body, { status });
  // Put where they stay: a copy of them all would cost as much as the answer.
  const { headers } = response;
  const { pairs } = from;
  for (let at = 0; at < pairs.length; at += 2) {
    const name = pairs[at] ?? '';
    if (bodyUnchanged || name !== 'content-length') headers.append(name, pairs[at + 1] ?? '');
  }
  headers.set('x-signalbox-request-id', requestId);
  if (origin !== undefined && from.has('x-goog-upload-status')) leadOn(headers, origin);
  return response;
}

function leadOn(headers: Headers, origin: string): void {
  for (const name of uploadUrls) {
    const url = headers.get(name);
    if (url !== null) headers.set(name, throughGateway(url, origin));
  }
}

function throughGateway(url: string, origin: string): string {
  if (!URL.canParse(url)) return url;
  const { pathname, search } = new URL(url);
  return `${origin}${pathname}${upstreamSearch(search)}`;
}

function parameterName(parameter: string): string {
  const name = parameter.split('=', 1)[0] ?? '';
  if (!name.includes('%')) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** The query without `key`; everything else keeps its bytes. */
export function upstreamSearch(search: string): string {
  if (search.length < 2) return '';
  const kept = search
    .slice(1)
    .split('&')
    .filter((parameter) => parameterName(parameter) !== 'key');
  return kept.length === 0 ? '' : `?${kept.join('&')}`;
}

/** The query with another model. */
export function searchWithModel(search: string, model: string): string {
  const parameters = search.slice(1).split('&');
  const isModel = (parameter: string) => parameterName(parameter) === 'model';
  const renamed = `model=${encodeURIComponent(model)}`;
  return `?${parameters.map((one) => (isModel(one) ? renamed : one)).join('&')}`;
}

/** The client key in `?key=`, or null. */
export function queryKey(search: string): string | null {
  if (search.length < 2) return null;
  return new URLSearchParams(search).get('key');
}

/** Where the client goes on with what it began: through the TLS end in front of the gateway, if there is one. */
export const originOf = (origin: string, headers: Headers): string =>
  headers.get('x-forwarded-proto') === 'https' ? origin.replace(/^http:/, 'https:') : origin;
