/** The head of an HTTP/1.1 answer (RFC 9112), parsed strictly where a guess could mix up two answers. */
import { isForClient } from '../proxy/headers.ts';

export type Head = Readonly<{
  status: number;
  headers: Headers;
  /** How the body ends: by count, by chunks, with the connection, or there is none. */
  framing: 'none' | 'length' | 'chunked' | 'close';
  /** With `length` only. */
  bodyBytes: number;
  /** True when the vendor lets the connection be used again. */
  keepsAlive: boolean;
  /** What the vendor says of how long it keeps an idle connection; undefined when it says nothing. */
  keepsIdleMs: number | undefined;
}>;

/** An answer that is no HTTP/1.1. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
  readonly code = 'HPE_INVALID';
}

/** The whole head at once. A folded line, which begins with a space, is obsolete and a way to smuggle: refused. */
const wellFormed =
  /^HTTP\/1\.([01]) (\d{3})(?: [^\r\n]*)?\r?\n(?:[\w!#$%&'*+.^`|~-]+:[^\r\n]*\r?\n)*\r?\n$/;

const cr = 13;
const lf = 10;

/**
 * Where the head ends, past its empty line, or -1. Line feeds alone are taken too (RFC 9112, 2.2).
 * @param from where to look; a caller that looked before goes back three bytes.
 */
export function headEnd(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(lf, from); at !== -1; at = bytes.indexOf(lf, at + 1)) {
    if (bytes[at + 1] === lf) return at + 2;
    if (bytes[at + 1] === cr && bytes[at + 2] === lf) return at + 3;
  }
  return -1;
}

/**
 * @param text the head with its empty line, as latin1.
 * @throws MalformedAnswer
 */
export function parseHead(text: string, method: string): Head {
  const start = wellFormed.exec(text);
  if (!start) throw new MalformedAnswer('the answer does not begin with a head of HTTP/1.1');
  const status = Number(start[2]);
  const headers = new Headers();
  let length: string | undefined;
  let coding = '';
  let connection = '';
  let keepAlive = '';
  let at = text.indexOf('\n') + 1;
  for (;;) {
    const colon = text.indexOf(':', at);
    if (colon === -1) break;
    const end = text.indexOf('\n', colon);
    const name = text.slice(at, colon);
    const value = text.slice(colon + 1, end).trim();
    at = end + 1;
    if (!isForHere(name)) {
      headers.append(name, value);
      if (name.length !== 14 || name.toLowerCase() !== 'content-length') continue;
      if (length !== undefined && length !== value)
        throw new MalformedAnswer('the answer names two lengths');
      length = value;
      continue;
    }
    const lower = name.toLowerCase();
    if (lower === 'connection') connection += `,${value.toLowerCase()}`;
    else if (lower === 'keep-alive') keepAlive = value;
    else if (lower === 'transfer-encoding') coding += `,${value.toLowerCase()}`;
  }
  for (const name of connection.split(','))
    if (isToken.test(name.trim())) headers.delete(name.trim());
  const framing = framingOf(method, status, coding, length);
  const isOld = start[1] === '0';
  const keepsAlive = connection.includes('close')
    ? false
    : !isOld || connection.includes('keep-alive');
  const seconds = /timeout=(\d+)/.exec(keepAlive)?.[1];
  return {
    status,
    headers,
    framing,
    bodyBytes: framing === 'length' ? Number(length) : 0,
    // With both lengths given, where the next answer begins is anyone's guess.
    keepsAlive: keepsAlive && framing !== 'close' && (coding === '' || length === undefined),
    keepsIdleMs: seconds === undefined ? undefined : Number(seconds) * 1_000,
  };
}

const isToken = /^[\w!#$%&'*+.^`|~-]+$/;

/** How long the names are that stay here: most others are told apart by that. */
const lengthsForHere = new Set([2, 7, 8, 10, 11, 16, 17, 18, 19, 25]);
const isForHere = (name: string): boolean =>
  lengthsForHere.has(name.length) && !isForClient(name.toLowerCase());

/** RFC 9112, 6.3. */
function framingOf(
  method: string,
  status: number,
  coding: string,
  length: string | undefined,
): Head['framing'] {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return 'none';
  if (coding !== '') {
    if (coding.endsWith('chunked')) return 'chunked';
    return 'close';
  }
  if (length === undefined) return 'close';
  if (!/^\d{1,15}$/.test(length)) throw new MalformedAnswer('the answer names no usable length');
  return length === '0' ? 'none' : 'length';
}
