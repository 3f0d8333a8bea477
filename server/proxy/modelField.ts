/** Reads what the gateway needs of a JSON body, and swaps its model without touching another byte. */
import { decodeUtf8, stringEnd } from './bytes.ts';
import { objectOf, textOf } from './json.ts';

export type BodyView =
  | { ok: true; model: string | null; stream: boolean; json: unknown }
  | { ok: false; reason: string };

/** Not the parser's own words: they may quote the body. */
function reasonOf(bytes: Uint8Array, error: SyntaxError): string {
  if (bytes.length === 0) return 'it is empty';
  return /EOF|Unterminated/.test(error.message) ? 'it ends too early' : 'it cannot be parsed';
}

/** `reason` goes on after "The body is not valid JSON:". */
export function readBody(bytes: Uint8Array): BodyView {
  let json: unknown;
  try {
    json = JSON.parse(decodeUtf8(bytes));
  } catch (error) {
    if (error instanceof SyntaxError) return { ok: false, reason: reasonOf(bytes, error) };
    throw error;
  }
  const body = objectOf(json);
  return { ok: true, model: textOf(body?.model), stream: body?.stream === true, json };
}

type Span = { from: number; to: number };

function isModelKey(bytes: Uint8Array, from: number, to: number): boolean {
  const text = decodeUtf8(bytes.subarray(from, to));
  if (!text.includes('\\')) return text === 'model';
  return JSON.parse(`"${text}"`) === 'model';
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === 32 || bytes[at] === 10 || bytes[at] === 13 || bytes[at] === 9) at += 1;
  return at;
}

/** The string values of every top-level `model`, quotes included: of duplicates parsers take the last. */
function modelSpans(bytes: Uint8Array): Span[] {
  const spans: Span[] = [];
  let depth = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === 123 || byte === 91) depth += 1;
    else if (byte === 125 || byte === 93) depth -= 1;
    if (byte !== 34) continue;
    const close = stringEnd(bytes, at + 1);
    if (close === -1) return spans;
    const colon = depth === 1 ? skipSpace(bytes, close + 1) : -1;
    if (bytes[colon] === 58 && close - at < 64 && isModelKey(bytes, at + 1, close)) {
      const value = skipSpace(bytes, colon + 1);
      const end = bytes[value] === 34 ? stringEnd(bytes, value + 1) : -1;
      if (end !== -1) spans.push({ from: value, to: end + 1 });
    }
    at = close;
  }
  return spans;
}

/** The same valid JSON body with another model; a body without one comes back as it is. */
export function replaceModel(
  bytes: Uint8Array<ArrayBuffer>,
  model: string,
): Uint8Array<ArrayBuffer> {
  const spans = modelSpans(bytes);
  if (spans.length === 0) return bytes;
  const value = Buffer.from(JSON.stringify(model));
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const span of spans) {
    parts.push(bytes.subarray(from, span.from), value);
    from = span.to;
  }
  parts.push(bytes.subarray(from));
  return Buffer.concat(parts);
}

/** `provider/model`, if the first part names a provider; the model may hold further slashes. */
export function splitModel(
  model: string,
  isProvider: (slug: string) => boolean,
): { provider: string | null; model: string } {
  const slash = model.indexOf('/');
  const slug = model.slice(0, Math.max(0, slash));
  if (slash < 1 || slash === model.length - 1 || !isProvider(slug))
    return { provider: null, model };
  return { provider: slug, model: model.slice(slash + 1) };
}
