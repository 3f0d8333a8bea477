/** Which headers and query parameters cross the gateway, in either direction. */
import type { Auth, Dialect } from '../../events/provider.ts';

const hopByHop = [
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
];

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

/** Headers that are hop-by-hop because Connection names them. */
function removeNamed(headers: Headers, connection: string | null): void {
  if (connection === null || connection === 'keep-alive' || connection === 'close') return;
  for (const part of connection.split(',')) {
    const name = part.trim();
    if (/^[\w!#$%&'*+.^`|~-]+$/.test(name)) headers.delete(name);
  }
}

export type UpstreamHeaderOptions = {
  /** One more header that carries a client key. */
  apiKeyHeader: string;
  streamed: boolean;
  /** Anthropic wants a version; a client that sends none gets the oldest. */
  dialect?: Dialect;
};

/** The client's headers without its credentials and its connection, with ours put in. */
export function upstreamHeaders(
  client: Headers,
  auth: Auth,
  secret: string,
  options: UpstreamHeaderOptions,
): Headers {
  const headers = new Headers(client);
  for (const name of client.keys()) {
    if (notForUpstream.has(name) || hasPrivatePrefix(name)) headers.delete(name);
  }
  removeNamed(headers, client.get('connection'));
  headers.delete(options.apiKeyHeader);
  if (options.streamed) headers.set('accept-encoding', 'identity');
  if (options.dialect === 'anthropic' && !headers.has('anthropic-version')) {
    headers.set('anthropic-version', '2023-06-01');
  }
  if (auth === 'bearer') headers.set('authorization', `Bearer ${secret}`);
  else if (auth !== 'none') headers.set(auth, secret);
  return headers;
}

export type ResponseHeaderOptions = {
  /** The body goes on as it came, so its length is still true. */
  bodyUnchanged?: boolean;
  /** The gateway as the client sees it: uploads go on to the address a vendor names. */
  origin?: string;
};

/** The vendor's headers, its request id and limits among them, with our request id. */
export function responseHeaders(
  upstream: Headers,
  requestId: string,
  options: ResponseHeaderOptions = {},
): Headers {
  const headers = new Headers(upstream);
  for (const name of upstream.keys()) {
    if (notForClient.has(name)) headers.delete(name);
  }
  removeNamed(headers, upstream.get('connection'));
  if (options.bodyUnchanged !== true) headers.delete('content-length');
  headers.set('x-signalbox-request-id', requestId);
  if (options.origin === undefined || !headers.has('x-goog-upload-status')) return headers;
  for (const name of uploadUrls) {
    const url = headers.get(name);
    if (url !== null) headers.set(name, throughGateway(url, options.origin));
  }
  return headers;
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
