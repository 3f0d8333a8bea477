/** A request's head as bytes of HTTP/1.1. */
import type { UpstreamRequest } from '../proxy/upstream.ts';

/** What may stand in a request line; anything else is left to the URL parser to escape. */
const plainTarget = /^\/[\x21\x24-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7c\x7e]*$/;

/** Path and query of an absolute URL. @throws TypeError when it is none */
function targetOf(url: string, originLength: number): string {
  const target = url.slice(originLength) || '/';
  if (plainTarget.test(target)) return target;
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
}

/** The one before: most requests go where it went. */
let last = { method: '', url: '', lines: '' };

/** The request line, and who is asked. */
function firstLines(method: string, url: string, host: string, originLength: number): string {
  if (url !== last.url || method !== last.method) {
    const lines = `${method} ${targetOf(url, originLength)} HTTP/1.1\r\nhost: ${host}\r\n`;
    last = { method, url, lines };
  }
  return last.lines;
}

/** @param originLength how many characters of the URL name the origin. */
export function requestHead(request: UpstreamRequest, host: string, originLength: number): string {
  const { method, url, headers, body } = request;
  let head = `${firstLines(method, url, host, originLength)}${headers}`;
  // A method that may have a body says that it has none.
  if (body) head += `content-length: ${body.byteLength}\r\n`;
  else if (method !== 'GET' && method !== 'HEAD') head += 'content-length: 0\r\n';
  return `${head}\r\n`;
}
