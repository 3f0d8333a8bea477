/** What a vendor's error body says, whichever dialect it says it in. Read leniently: an odd body is no error of ours. */

export type VendorError = Readonly<{
  /** As the vendor wrote it: not redacted. */
  message: string;
  /** The words a program is meant to read: type, code, status, reasons of details; in lower case. */
  words: ReadonlySet<string>;
  /** The status that the body names: some vendors send an error under 200. */
  status: number | null;
  /** Google's own way of writing errors. */
  isGoogle: boolean;
  /** `retryDelay` of Google's RetryInfo. */
  retryDelay: string | null;
  /** `quotaResetDelay` of Google's ErrorInfo. */
  quotaResetDelay: string | null;
  /** Ids and metrics of the quotas that Google names as violated. */
  quotaIds: readonly string[];
}>;

/** Longer messages are cut before anything looks at them. */
const maxMessage = 4_096;

const nothing: VendorError = {
  message: '',
  words: new Set(),
  status: null,
  isGoogle: false,
  retryDelay: null,
  quotaResetDelay: null,
  quotaIds: [],
};

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;
const field = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const numberOf = (value: unknown): number =>
  typeof value === 'number' || (typeof value === 'string' && value !== '')
    ? Number(value)
    : Number.NaN;

/** The JSON of a body, or of the first `data:` line of an event stream. */
function parse(body: string): unknown {
  const text = /^\s*(?:event|data|:)/.test(body) ? (/^data:(.*)$/m.exec(body)?.[1] ?? '') : body;
  try {
    const json: unknown = JSON.parse(text);
    return Array.isArray(json) ? json[0] : json;
  } catch {
    return undefined;
  }
}

/** Anthropic's types, for errors that come inside a stream. */
const statusOfType: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  api_error: 500,
  server_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

function statusIn(error: unknown, words: ReadonlySet<string>): number | null {
  const code = numberOf(field(error, 'code'));
  if (Number.isInteger(code) && code >= 400 && code <= 599) return code;
  for (const word of words) {
    if (Object.hasOwn(statusOfType, word)) return statusOfType[word] ?? null;
  }
  return null;
}

function delayText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  const seconds = numberOf(field(value, 'seconds'));
  return Number.isFinite(seconds) ? `${seconds}s` : null;
}

/** `null` for a body without an error in it. */
export function readVendorError(body: string): VendorError | null {
  const json = parse(body);
  const error = field(json, 'error') ?? field(json, 'errors');
  if (typeof error === 'string') {
    const message = textOf(field(json, 'message')) || error;
    return { ...nothing, message: message.slice(0, maxMessage), words: wordsOf(json, error) };
  }
  if (!isObject(error)) {
    const message = textOf(field(json, 'message')) || textOf(field(json, 'detail'));
    if (message === '') return null;
    return { ...nothing, message: message.slice(0, maxMessage), words: wordsOf(json) };
  }
  const rawDetails = field(error, 'details');
  const details = Array.isArray(rawDetails) ? rawDetails.filter(isObject) : [];
  const ofType = (name: string) => details.filter((d) => textOf(d['@type']).endsWith(name));
  const info = ofType('ErrorInfo')[0];
  const violations = ofType('QuotaFailure').flatMap((d) => {
    const list = field(d, 'violations');
    return Array.isArray(list) ? list : [];
  });
  const words = wordsOf(error, textOf(field(info, 'reason')));
  return {
    message: textOf(field(error, 'message')).slice(0, maxMessage),
    words,
    status: statusIn(error, words),
    isGoogle: typeof field(error, 'code') === 'number' && textOf(field(error, 'status')) !== '',
    retryDelay: delayText(field(ofType('RetryInfo')[0], 'retryDelay')),
    quotaResetDelay: delayText(field(field(info, 'metadata'), 'quotaResetDelay')),
    quotaIds: violations
      .flatMap((violation) => [field(violation, 'quotaId'), field(violation, 'quotaMetric')])
      .filter((id) => typeof id === 'string'),
  };
}

function wordsOf(source: unknown, ...more: string[]): ReadonlySet<string> {
  return new Set(
    ['type', 'code', 'status']
      .map((name) => textOf(field(source, name)))
      .concat(more)
      .filter((word) => word !== '')
      .map((word) => word.toLowerCase()),
  );
}
