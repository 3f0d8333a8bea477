/** What of a request is read before it is sent on. */
import { expect, test } from 'bun:test';
import { detect } from '../../server/proxy/detect.ts';
import { readIncoming, splitUrl } from '../../server/proxy/incoming.ts';

function read(url: string, headers: Record<string, string>, body: string) {
  const request = new Request(url, { method: 'POST', headers, body });
  const place = splitUrl(url);
  const route = detect('POST', place.pathname, place.search, request.headers);
  if (!route) throw new Error(`${url} is refused`);
  return readIncoming(request, place, route, Buffer.from(body));
}

test('An upload is led on through the TLS end in front of the gateway, and its bytes are no JSON', () => {
  const url = 'http://gateway.example/upload/v1beta/files';
  const secure = { 'x-forwarded-proto': 'https', 'content-type': 'application/json' };
  expect(read(url, secure, '{')).toMatchObject({ origin: 'https://gateway.example' });
  expect(read(url, {}, '{')).toMatchObject({ origin: 'http://gateway.example' });
});

test('Anything else that is said to be JSON has to be', () => {
  const url = 'http://gateway.example/v1/files';
  expect(read(url, { 'content-type': 'application/json' }, '{')).toMatchObject({ status: 400 });
  expect(read(url, { 'content-type': 'text/plain' }, '{')).toMatchObject({ model: '' });
});
