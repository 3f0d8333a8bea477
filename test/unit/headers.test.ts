/** Headers and queries that pass between client and upstream, and those that do not. */
import { describe, expect, test } from 'bun:test';
import {
  clientResponse,
  headersOf,
  queryKey,
  upstreamHeaders,
  upstreamSearch,
  passedOn,
} from '../../server/proxy/headers.ts';

const plain = { apiKeyHeader: 'X-Team-Key', streamed: false } as const;
const all = (headers: Headers) => Object.fromEntries(headers);
const sent = (...asked: Parameters<typeof upstreamHeaders>) =>
  all(headersOf(upstreamHeaders(...asked)));

describe('Headers to the upstream', () => {
  test('carry our credential and none of the client', () => {
    const client = new Headers({
      authorization: 'Bearer client',
      'x-api-key': 'client',
      'x-goog-api-key': 'client',
      'api-key': 'client',
      'x-team-key': 'client',
      'proxy-authorization': 'Basic client',
      cookie: 'session=client',
      'sec-websocket-protocol': 'openai-insecure-api-key.client',
    });
    expect(sent(client, 'bearer', 'ours', plain)).toEqual({
      authorization: 'Bearer ours',
    });
    for (const auth of ['x-api-key', 'x-goog-api-key', 'api-key'] as const) {
      expect(sent(client, auth, 'ours', plain)).toEqual({ [auth]: 'ours' });
    }
    expect(sent(client, 'none', '', plain)).toEqual({});
    expect(client.get('authorization')).toBe('Bearer client');
  });

  test('leave out the connection, its origin and what it came through', () => {
    const client = new Headers({
      connection: 'keep-alive, X-Hop, accept',
      'keep-alive': 'timeout=5',
      'x-hop': '1',
      accept: '*/*',
      te: 'trailers',
      trailer: 'x',
      'transfer-encoding': 'chunked',
      upgrade: 'h2c',
      expect: '100-continue',
      host: 'gateway',
      'content-length': '5',
      origin: 'https://evil.example',
      referer: 'https://evil.example/x',
      forwarded: 'for=1.2.3.4',
      via: '1.1 x',
      'x-real-ip': '1.2.3.4',
      'x-forwarded-for': '1.2.3.4',
      'x-forwarded-anything': '1',
      'x-signalbox-hops': 'a',
      'sec-fetch-site': 'same-origin',
    });
    expect(sent(client, 'none', '', plain)).toEqual({});
  });

  test('keep all else as it came', () => {
    const kept = {
      'accept-encoding': 'gzip, br, zstd',
      'anthropic-beta': 'context-1m-2025-08-07',
      'anthropic-version': '2026-10-21',
      'content-encoding': 'zstd',
      'content-type': 'application/json',
      'idempotency-key': 'stainless-1',
      'openai-organization': 'org-1',
      'user-agent': 'OpenAI/JS 7.55.0',
      'x-stainless-retry-count': '0',
      'x-conversation-id': 'c1',
    };
    const options = { ...plain, dialect: 'anthropic' } as const;
    expect(sent(new Headers(kept), 'none', '', options)).toEqual(kept);
  });

  test('ask streams to come unpacked, and Anthropic for a version', () => {
    const client = new Headers({ 'accept-encoding': 'gzip' });
    const options = { ...plain, streamed: true, dialect: 'anthropic' } as const;
    expect(sent(client, 'none', '', options)).toEqual({
      'accept-encoding': 'identity',
      'anthropic-version': '2023-06-01',
    });
  });

  test('are not broken by a Connection header that names nonsense', () => {
    const client = new Headers({ connection: 'close, (x), , y;z', accept: '*/*' });
    expect(sent(client, 'none', '', plain)).toEqual({ accept: '*/*' });
  });
});

describe('Headers to the client', () => {
  const answered = (vendors: Headers, options?: Parameters<typeof clientResponse>[3]) =>
    clientResponse(null, { status: 200, headers: passedOn(vendors) }, 'r1', options);
  const upstream = () => {
    const headers = new Headers({
      connection: 'keep-alive, x-hop',
      'x-hop': '1',
      'transfer-encoding': 'chunked',
      'content-length': '5',
      'content-encoding': 'gzip',
      'x-request-id': 'req_1',
      'request-id': 'req_2',
      'x-ratelimit-remaining-tokens': '149984',
      'retry-after': '2',
      'alt-svc': 'h3=":443"',
      'strict-transport-security': 'max-age=1',
    });
    headers.append('set-cookie', '__cf_bm=a');
    headers.append('set-cookie', '_cfuvid=b');
    return headers;
  };

  test("keep the vendor's ids and limits, and add our id", () => {
    expect(all(answered(upstream()).headers)).toEqual({
      'content-encoding': 'gzip',
      'x-request-id': 'req_1',
      'request-id': 'req_2',
      'x-ratelimit-remaining-tokens': '149984',
      'retry-after': '2',
      'x-signalbox-request-id': 'r1',
    });
  });

  test('keep the length only of a body that passes unchanged', () => {
    const kept = answered(upstream(), { bodyUnchanged: true });
    expect(kept.headers.get('content-length')).toBe('5');
  });

  test('lead an upload on through the gateway', () => {
    const headers = new Headers({
      'x-goog-upload-status': 'active',
      'x-goog-upload-url':
        'https://generativelanguage.googleapis.com/upload/v1beta/files?key=ours&upload_id=A%2Bb',
    });
    const origin = 'http://127.0.0.1:8080';
    const rewritten = answered(headers, { origin }).headers.get('x-goog-upload-url');
    expect(rewritten).toBe(`${origin}/upload/v1beta/files?upload_id=A%2Bb`);
  });
});

describe('The query', () => {
  test('loses its key alone, however that is written', () => {
    const searches = {
      '': '',
      '?': '',
      '?key=a': '',
      '?alt=sse&key=a': '?alt=sse',
      '?key=a&alt=sse&key=b': '?alt=sse',
      '?%6bey=a&k%65y=b&x=%2F+%20': '?x=%2F+%20',
      '?key&a=1': '?a=1',
      '?monkey=1&a=key=2&=x': '?monkey=1&a=key=2&=x',
      '?%zz=1': '?%zz=1',
    };
    for (const [search, kept] of Object.entries(searches))
      expect(upstreamSearch(search)).toBe(kept);
  });

  test('may carry a client key', () => {
    expect(queryKey('?alt=sse&key=a%2Bb')).toBe('a+b');
    expect(queryKey('?%6bey=a')).toBe('a');
    expect(queryKey('?alt=sse')).toBeNull();
    expect(queryKey('')).toBeNull();
  });
});
