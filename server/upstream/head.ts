/** The head of an HTTP/1.1 answer (RFC 9112), parsed strictly where a guess could mix up two answers. */
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

const token = /^[\w!#$%&'*+.^`|~-]+$/;
const statusLine = /^HTTP\/1\.([01]) (\d{3})(?: |$)/;

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
  const firstEnd = text.indexOf('\n');
  const start = statusLine.exec(text.slice(0, firstEnd).trimEnd());
  if (!start) throw new MalformedAnswer('the answer does not begin with an HTTP/1.1 status line');
  const status = Number(start[2]);
  const headers = new Headers();
  let length: string | undefined;
  let coding = '';
  let connection = '';
  let keepAlive = '';
  for (let at = firstEnd + 1; at < text.length;) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, text.charCodeAt(end - 1) === cr ? end - 1 : end);
    at = end + 1;
    if (line === '') break;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon));
    // Also a folded line, which begins with a space: obsolete, and a way to smuggle.
    if (!token.test(name)) throw new MalformedAnswer('the answer has a malformed header line');
    const value = line.slice(colon + 1).trim();
    headers.append(name, value);
    switch (name.length) {
      case 10:
        if (isNamed(name, 'connection')) connection += `,${value.toLowerCase()}`;
        else if (isNamed(name, 'keep-alive')) keepAlive = value;
        break;
      case 14:
        if (!isNamed(name, 'content-length')) break;
        if (length !== undefined && length !== value)
          throw new MalformedAnswer('the answer names two lengths');
        length = value;
        break;
      case 17:
        if (isNamed(name, 'transfer-encoding')) coding += `,${value.toLowerCase()}`;
        break;
      default:
    }
  }
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

const isNamed = (name: string, wanted: string): boolean =>
  name === wanted || name.toLowerCase() === wanted;

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
