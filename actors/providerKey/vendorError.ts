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
  /** The answer of a vendor behind this one, where this one only passes it on: it knows nothing of our key. */
  passedOn: string | null;
  /** Headers that the body repeats, by lower-case name. */
  headers: ReadonlyMap<string, string>;
}>;

/** Longer messages are cut before anything looks at them. */
const maxMessage = 4_096;
const maxHeaders = 32;

const nothing: VendorError = {
  message: '',
  words: new Set(),
  status: null,
  isGoogle: false,
  retryDelay: null,
  quotaResetDelay: null,
  quotaIds: [],
  passedOn: null,
  headers: new Map(),
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
const firstOf = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The JSON of a body, or of the first `data:` line of an event stream. */
const parse = (body: string): unknown =>
  firstOf(
    parseJson(/^\s*(?:event|data|:)/.test(body) ? (/^data:(.*)$/m.exec(body)?.[1] ?? '') : body),
  );

/** Anthropic's and OpenAI's types, for errors that come inside a stream. */
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
  for (const name of ['code', 'status', 'status_code']) {
    const code = numberOf(field(error, name));
    if (Number.isInteger(code) && code >= 400 && code <= 599) return code;
  }
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

const wordsOf = (source: unknown, more: readonly unknown[] = []): ReadonlySet<string> =>
  new Set(
    [field(source, 'type'), field(source, 'code'), field(source, 'status'), ...more]
      .map(textOf)
      .filter((word) => word !== '')
      .map((word) => word.toLowerCase()),
  );

/** FastAPI, and those who pass it on, list what they did not like. */
function messageOf(source: unknown): string {
  for (const name of ['message', 'detail', 'title']) {
    const value = field(source, name);
    const listed = firstOf(field(value, 'detail') ?? value);
    const text = textOf(listed) || textOf(field(listed, 'msg'));
    if (text !== '') return text.slice(0, maxMessage);
  }
  return '';
}

/** What stands around `error` when it is no object, or is not there at all. */
function flat(json: unknown, error: unknown): VendorError | null {
  const message = messageOf(json) || textOf(error).slice(0, maxMessage);
  if (message === '') return null;
  const words = wordsOf(json, [error]);
  const headers = headersIn(undefined, field(json, 'retry_after'));
  return { ...nothing, message, words, status: statusIn(json, words), headers };
}

function headersIn(repeated: unknown, retryAfter: unknown): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(isObject(repeated) ? repeated : {})) {
    const isShown = typeof value === 'string' || typeof value === 'number';
    if (isShown && headers.size < maxHeaders) headers.set(name.toLowerCase(), String(value));
  }
  if (typeof retryAfter === 'number') headers.set('retry-after', String(retryAfter));
  return headers;
}

/** OpenRouter's account of the vendor that it asked. */
function ofAggregator(metadata: unknown, message: string) {
  const headers = headersIn(field(metadata, 'headers'), field(metadata, 'retry_after_seconds'));
  const isPassedOn =
    message === 'Provider returned error' ||
    textOf(field(metadata, 'limit_source')).startsWith('upstream');
  const passedOn = isPassedOn ? textOf(field(metadata, 'raw')).slice(0, maxMessage) : null;
  return { passedOn, headers };
}

/** `null` for a body without an error in it. */
export function readVendorError(body: string): VendorError | null {
  const json = parse(body);
  const error = firstOf(
    field(json, 'error') ?? field(json, 'errors') ?? field(field(json, 'response'), 'error'),
  );
  if (!isObject(error)) return flat(json, error);
  const message = messageOf(error);
  // Google's libraries write the whole answer into the message of another one.
  const inner = message.startsWith('{') ? firstOf(field(parseJson(message), 'error')) : undefined;
  return isObject(inner) ? read(inner, messageOf(inner)) : read(error, message);
}

function read(error: Json, message: string): VendorError {
  const rawDetails = field(error, 'details');
  const details = Array.isArray(rawDetails) ? rawDetails.filter(isObject) : [];
  const ofType = (name: string) => details.filter((d) => textOf(d['@type']).endsWith(name));
  const info = ofType('ErrorInfo')[0];
  const violations = ofType('QuotaFailure').flatMap((d) => {
    const list = field(d, 'violations');
    return Array.isArray(list) ? list : [];
  });
  const reasons = [field(info, 'reason'), field(field(error, 'innererror'), 'code')];
  const words = wordsOf(error, reasons);
  return {
    message,
    words,
    status: statusIn(error, words),
    isGoogle: typeof field(error, 'code') === 'number' && textOf(field(error, 'status')) !== '',
    retryDelay: delayText(field(ofType('RetryInfo')[0], 'retryDelay')),
    quotaResetDelay: delayText(field(field(info, 'metadata'), 'quotaResetDelay')),
    quotaIds: violations
      .flatMap((violation) => [field(violation, 'quotaId'), field(violation, 'quotaMetric')])
      .filter((id) => typeof id === 'string'),
    ...ofAggregator(field(error, 'metadata'), message),
  };
}
