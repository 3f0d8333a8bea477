/** The body of a management request: bounded in size, time and depth before it is parsed. */
import { Problem } from './problem.ts';

/** A body that takes longer is a client that holds a connection. */
const usualBodyMs = 30_000;
const maxDepth = 64;

const tooLarge = (limitBytes: number): Problem =>
  new Problem(413, 'BODY_TOO_LARGE', `The request body is larger than ${limitBytes} bytes.`);

const invalidJson = (what: string): Problem =>
  new Problem(400, 'INVALID_JSON', `The request body is not valid JSON: ${what}.`);

async function readText(
  request: Request,
  limitBytes: number,
  wholeBodyMs: number,
): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes) throw tooLarge(limitBytes);
  if (!request.body) return '';
  const reader = request.body.getReader();
  const timer = setTimeout(() => void reader.cancel('too slow'), wholeBodyMs);
  const untilMs = performance.now() + wholeBodyMs;
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.byteLength;
      if (size > limitBytes) throw tooLarge(limitBytes);
      chunks.push(next.value);
    }
  } finally {
    clearTimeout(timer);
  }
  if (performance.now() >= untilMs) {
    throw new Problem(
      408,
      'BODY_TOO_SLOW',
      `The request body did not arrive within ${wholeBodyMs / 1_000} s.`,
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new Problem(400, 'INVALID_ENCODING', 'The request body is not valid UTF-8.');
  }
}

/** Deep nesting costs whoever walks it a stack; nothing here is nested more than twice. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let isString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isString) {
      if (code === 92) at++;
      else if (code === 34) isString = false;
    } else if (code === 34) isString = true;
    else if (code === 123 || code === 91) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (code === 125 || code === 93) depth -= 1;
  }
  return false;
}

function parsed(text: string): unknown {
  if (isTooDeep(text)) throw invalidJson(`it is nested deeper than ${maxDepth} levels`);
  try {
    return JSON.parse(text);
  } catch {
    // Not the parser's own words: they may quote the body, and a key in it.
    throw invalidJson('it cannot be parsed');
  }
}

/**
 * JSON, a form or plain text, by content type. Without a type, or with the one curl adds by itself, a body that looks
 * like JSON is JSON. No body is an empty object.
 */
export async function readBody(
  request: Request,
  limitBytes: number,
  wholeBodyMs = usualBodyMs,
): Promise<unknown> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  const isForm = type === 'application/x-www-form-urlencoded';
  const isJson = type === '' || type === 'application/json' || type?.endsWith('+json') === true;
  if (!isForm && !isJson && type !== 'text/plain') {
    throw new Problem(
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      'Send the body as application/json, a form or text/plain.',
    );
  }
  const text = await readText(request, limitBytes, wholeBodyMs);
  if (text.trim() === '') return {};
  if (type === 'text/plain') return text;
  if (isForm && !/^\s*[[{]/.test(text)) return Object.fromEntries(new URLSearchParams(text));
  return parsed(text);
}
