/** The evidence as the judge's rules read it: one status, one text, one delay. */
import { delayOf, type Delay } from './delays.ts';
import type { Evidence } from './evidence.ts';
import { readVendorError, type VendorError } from './vendorError.ts';

export type Facts = Readonly<{
  evidence: Evidence;
  /** The answer's status, or the one of an error that came inside a good answer. */
  status: number;
  isOk: boolean;
  error: VendorError | null;
  /** What the vendor wrote; not redacted. */
  message: string;
  /** The message, and what it passes on from a vendor behind it: for people. */
  account: string;
  /** The message without what it quotes: a caller's own words in it must not be taken for the vendor's. */
  said: string;
  /** True when the vendor's code, type or reason is one of these. */
  has: (...words: readonly string[]) => boolean;
  delay: Delay | null;
}>;

const maxText = 2_048;

const quoted = /(^|[^\w])(?:`[^`]{0,300}`|'[^']{0,300}'|"[^"]{0,300}")(?=\W|$)/g;

/** The text of a body that is not JSON: a page's title, or its first words. */
function plainText(body: string): string {
  const text = body.slice(0, maxText);
  if (!/^\s*</.test(text)) return text;
  return /<title>([^<]{0,200})/i.exec(text)?.[1] ?? 'an HTML page';
}

export function factsOf(evidence: Evidence): Facts {
  const { status, body, headers, endpoint, nowMs } = evidence;
  const isGood = (status >= 200 && status < 300) || status === 304;
  const mayBeError =
    body !== '' && (!isGood || (endpoint === 'generation' && /"error"/.test(body)));
  const error = mayBeError ? readVendorError(body) : null;
  const message = error?.message ?? (isGood ? '' : plainText(body));
  const passedOn = error?.passedOn ?? '';
  return {
    evidence,
    account: passedOn === '' ? message : `${message}: ${passedOn}`,
    status: isGood && error ? (error.status ?? 500) : status,
    isOk: isGood && !error,
    error,
    message,
    said: message.replace(quoted, '$1'),
    has: (...words) => words.some((word) => error?.words.has(word)),
    delay: isGood && !error ? null : delayOf(headers, error, nowMs),
  };
}
