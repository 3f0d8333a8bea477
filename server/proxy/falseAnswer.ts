/**
 * Answers of 200 that are none: an error in good clothes, a page, half a JSON, all at once where a stream was asked
 * for. SDKs take some of them for an empty success; here they are failures, which another key or target may better.
 */
import { readVendorError } from '../../actors/providerKey/vendorError.ts';
import { decodeUtf8, skipSpace } from './bytes.ts';
import type { DialectModule, GatewayError } from './dialect.ts';
import { objectOf, parseObject } from './json.ts';
import { vendorHeaders, type VendorHeaders } from './vendorHeaders.ts';

/** A vendor's own answer that is no success, whole enough to be passed on. */
export type VendorAnswer = Readonly<{
  status: number;
  headers: VendorHeaders;
  body: Uint8Array<ArrayBuffer>;
}>;

/** Carries what the client is told should nobody answer better. */
export class FalseAnswer extends Error {
  override readonly name = 'FalseAnswer';
  readonly answer: VendorAnswer;
  constructor(answer: VendorAnswer) {
    super(`the vendor said 200 and meant ${answer.status}`);
    this.answer = answer;
  }
}

/** The vendor said 200, and then nothing that the client could use. */
export class AnswerEndedEarly extends Error {
  override readonly name = 'AnswerEndedEarly';
}

/** What is known of an answer before its body. */
export type Head = Readonly<{ headers: VendorHeaders; dialect: DialectModule; provider: string }>;

const openBrace = 123;
const openBracket = 91;
const spaceBytes = new Set([9, 10, 13, 32]);

/** The vendor's headers, about a body of ours or about one that was unpacked. */
function headersAboutJson({ pairs }: VendorHeaders): VendorHeaders {
  const about = ['content-type', 'application/json'];
  for (let at = 0; at < pairs.length; at += 2) {
    const name = pairs[at] ?? '';
    if (name !== 'content-type' && name !== 'content-encoding')
      about.push(name, pairs[at + 1] ?? '');
  }
  return vendorHeaders(about);
}

const saying = ({ headers }: Head, status: number, text: string): FalseAnswer =>
  new FalseAnswer({ status, headers: headersAboutJson(headers), body: Buffer.from(text) });

function inOurWords(head: Head, error: GatewayError): FalseAnswer {
  const { status, body } = head.dialect.errorBody(error, '');
  return saying(head, status, body);
}

/** The vendor's error, as it would have been under a status of its own. */
export function errorUnderSuccess(head: Head, text: string): FalseAnswer {
  const json = parseObject(text);
  const said = objectOf(json?.error) ?? objectOf(objectOf(json?.response)?.error) ?? json;
  const body = json?.error === undefined ? JSON.stringify({ error: said ?? {} }) : text;
  return saying(head, readVendorError(text)?.status ?? 502, body);
}

export const htmlPage = (head: Head): FalseAnswer =>
  inOurWords(head, {
    status: 502,
    kind: 'api',
    code: 'provider_answer_unreadable',
    message: `The provider "${head.provider}" answered 200 with an HTML page.`,
  });

const notStreamed = (head: Head): FalseAnswer =>
  inOurWords(head, {
    status: 400,
    kind: 'invalid_request',
    code: 'stream_unsupported',
    message: `The provider "${head.provider}" answered without streaming; ask it for a plain answer.`,
  });

/** An object whose first key is `error`, or that is an `error` by its first key: no answer begins so. */
const errorFirst = /^\s*\{\s*(?:"error"\s*:\s*[{"]|"type"\s*:\s*"error")/;

/** The first value of a body: JSON would begin with it, server-sent events never do. */
export const isJsonBegun = (bytes: Uint8Array): boolean => bytes[skipSpace(bytes, 0)] === openBrace;

/** Where a stream was asked for and JSON came. */
export function insteadOfStream(head: Head, body: Uint8Array): FalseAnswer {
  const text = decodeUtf8(body);
  return errorFirst.test(text) ? errorUnderSuccess(head, text) : notStreamed(head);
}

/** @throws when the body of an answer that is JSON, if it is one, is none, is half of it or is an error. */
export function checkJson(head: Head, body: Uint8Array): void {
  const start = skipSpace(body, 0);
  const first = body[start];
  let last = body.length - 1;
  while (spaceBytes.has(body[last] ?? 0)) last -= 1;
  if (first === undefined) throw new AnswerEndedEarly('the answer is empty');
  if (first !== openBrace && first !== openBracket) {
    throw new AnswerEndedEarly('the answer is no JSON');
  }
  // The closing one comes two after the opening one in ASCII.
  if (body[last] !== first + 2) throw new AnswerEndedEarly('the answer is cut off');
  // Nearly always the first key is another one, and one letter tells.
  const letter = body[skipSpace(body, start + 1) + 1];
  if (letter !== 101 && letter !== 116) return;
  if (!errorFirst.test(decodeUtf8(body.subarray(start, start + 128)))) return;
  throw errorUnderSuccess(head, decodeUtf8(body));
}
