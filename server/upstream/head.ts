/** The head of an HTTP/1.1 answer (RFC 9112), parsed strictly where a guess could mix up two answers. */
import { vendorHeaders, type VendorHeaders } from '../proxy/vendorHeaders.ts';
import { MalformedAnswer } from './malformedAnswer.ts';
import { headerName } from './headerNames.ts';

export type Head = Readonly<{
  status: number;
  headers: VendorHeaders;
  /** How the body ends: by count, by chunks, with the connection, or there is none. */
  framing: 'none' | 'length' | 'chunked' | 'close';
  /** With `length` only. */
  bodyBytes: number;
  /** True when the vendor lets the connection be used again. */
  keepsAlive: boolean;
  /** What the vendor says of how long it keeps an idle connection; undefined when it says nothing. */
  keepsIdleMs: number | undefined;
}>;

const cr = 13;
const lf = 10;
const space = 32;
const tab = 9;

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

/** No other status means anything, nor could it be passed on (RFC 9110, 15). */
const statusLine = /^HTTP\/1\.[01] [1-5]\d{2}(?: |\r?\n)/;
/** What no line of a head may hold: control characters, which clients of ours would not take either. */
// oxlint-disable-next-line no-control-regex
const neverInHead = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)/;

/** A value without the spaces around it, and without the end of its line. */
function valueIn(text: string, from: number, lineEnd: number): string {
  let start = from;
  let end = text.charCodeAt(lineEnd - 1) === cr ? lineEnd - 1 : lineEnd;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

const isEmptyLine = (text: string, from: number, end: number): boolean =>
  end === from || (end === from + 1 && text.charCodeAt(from) === cr);

const isSpace = (code: number): boolean => code === space || code === tab;

/**
 * A folded line, which begins with a space, is obsolete and a way to smuggle: it has no name, and is refused.
 * @param text the head with its empty line, as latin1.
 * @throws MalformedAnswer
 */
export function parseHead(text: string, method: string): Head {
  if (!statusLine.test(text) || neverInHead.test(text)) {
    throw new MalformedAnswer('the answer does not begin with a head of HTTP/1.1');
  }
  const status = Number(text.slice(9, 12));
  const pairs: string[] = [];
  let length: string | undefined;
  let coding = '';
  let connection = '';
  let keepAlive = '';
  let at = text.indexOf('\n') + 1;
  for (;;) {
    const end = text.indexOf('\n', at);
    if (isEmptyLine(text, at, end)) break;
    const colon = text.indexOf(':', at);
    if (colon === -1 || colon > end) throw new MalformedAnswer('a header has no name');
    const { name, isForClient } = headerName(text.slice(at, colon));
    const value = valueIn(text, colon + 1, end);
    at = end + 1;
    if (name === 'content-length') {
      if (length !== undefined && length !== value)
        throw new MalformedAnswer('the answer names two lengths');
      length = value;
    } else if (isForClient) pairs.push(name, value);
    else if (name === 'connection') connection += `,${value.toLowerCase()}`;
    else if (name === 'keep-alive') keepAlive = value;
    else if (name === 'transfer-encoding') coding += `,${value.toLowerCase()}`;
  }
  const framing = framingOf(method, status, coding, length);
  // Once, and only where it is true: chunks have the last word (RFC 9112, 6.3).
  if (length !== undefined && coding === '') pairs.push('content-length', length);
  const isOld = text.charCodeAt(7) === 48;
  const keepsAlive = connection.includes('close')
    ? false
    : !isOld || connection.includes('keep-alive');
  return {
    status,
    headers: vendorHeaders(withoutNamed(pairs, connection)),
    framing,
    bodyBytes: framing === 'length' ? Number(length) : 0,
    // With both lengths given, where the next answer begins is anyone's guess.
    keepsAlive: keepsAlive && framing !== 'close' && (coding === '' || length === undefined),
    keepsIdleMs: keepAlive === '' ? undefined : keptMs(keepAlive),
  };
}

/** Without the headers that Connection names: they belong to it. */
function withoutNamed(pairs: string[], connection: string): string[] {
  if (connection === '' || connection === ',keep-alive' || connection === ',close') return pairs;
  const named = new Set(connection.split(',').map((name) => name.trim()));
  return pairs.filter((_, at) => !named.has(pairs[at - (at % 2)] ?? ''));
}

function keptMs(keepAlive: string): number | undefined {
  const seconds = /timeout=(\d+)/.exec(keepAlive)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}

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
