/** Where a vendor says how long to wait, in the order in which it is believed. */
import type { VendorError } from './vendorError.ts';

/** `source` is the last part of the rule's id. */
export type Delay = Readonly<{ source: DelaySource; ms: number }>;

export const delaySources = [
  'retry-after-ms',
  'retry-after',
  'gemini-retry-info',
  'gemini-quota-reset',
  'gemini-text',
  'reset-header',
  'message-text',
] as const;
export type DelaySource = (typeof delaySources)[number];

const unitsMs = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
const duration = /^(?:(\d+(?:\.\d+)?)(d|h|ms|m|s))+$/;
const durationPart = /(\d+(?:\.\d+)?)(ms|d|h|m|s)/g;

/** `6m0s`, `45.837906927s`, `373.8ms`; null for what is none. */
export function durationMs(text: string): number | null {
  if (text.length > 64 || !duration.test(text)) return null;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(durationPart)) {
    totalMs += Number(amount) * unitsMs[unit as keyof typeof unitsMs];
  }
  return Number.isFinite(totalMs) ? Math.ceil(totalMs) : null;
}

/** A moment in the past is no wait at all, but it is an answer. */
const untilMs = (atMs: number, nowMs: number): number | null =>
  Number.isFinite(atMs) ? Math.max(0, Math.ceil(atMs - nowMs)) : null;

/** RFC 3339 or an HTTP date: without a year `Date.parse` guesses. */
const untilDateMs = (text: string, nowMs: number): number | null =>
  /\b\d{4}\b/.test(text) ? untilMs(Date.parse(text), nowMs) : null;

const number = (text: string): number | null =>
  /^\d+(?:\.\d+)?$/.test(text) && text.length < 20 ? Number(text) : null;

function retryAfterMs(text: string, nowMs: number): number | null {
  const seconds = number(text);
  if (seconds !== null) return Math.ceil(seconds * 1_000);
  return durationMs(text) ?? untilDateMs(text, nowMs);
}

/** A duration, a date, an epoch in seconds or milliseconds, or plain seconds: vendors write all of these. */
function resetMs(text: string, nowMs: number): number | null {
  const value = number(text);
  if (value === null) return durationMs(text) ?? untilDateMs(text, nowMs);
  if (value > 1e11) return untilMs(value, nowMs);
  if (value > 1e9) return untilMs(value * 1_000, nowMs);
  return Math.ceil(value * 1_000);
}

const remainingHeader = /^(anthropic-ratelimit-.+-remaining|(?:x-)?ratelimit-remaining(?:-.+)?)$/;

/** The reset of the limit whose remaining is 0; of several, the one that comes last. */
function resetHeaderMs(
  headers: Pick<Headers, 'get' | 'forEach'> | ReadonlyMap<string, string>,
  nowMs: number,
): number | null {
  let longest: number | null = null;
  headers.forEach((value: string, name: string) => {
    const isUsedUp = value.trim() !== '' && Number(value) <= 0;
    if (!isUsedUp || !remainingHeader.test(name)) return;
    const reset = headers.get(name.replace('remaining', 'reset'))?.trim();
    const ms = reset ? resetMs(reset, nowMs) : null;
    if (ms !== null) longest = Math.max(longest ?? 0, ms);
  });
  return longest;
}

const retryIn = /\bplease retry in (\d[\d.hms]*[hms])/i;
const tryAgainIn = /\b(?:try again|retry) (?:in|after) (\d[\d.hms]*[hms])(?![a-z])/i;
const tryAgainInWords =
  /\b(?:try again|retry) (?:in|after) (\d+(?:\.\d+)?) ?(s|m|h|d)(?:ec|in|r|ay|our)\w*/i;
const accessAgainOn = /\bregain access on (\d{4}-\d\d-\d\d) at (\d\d:\d\d) UTC\b/i;

/** `7m12s`, `6 seconds`, or the day on which a limit of the account ends. */
function messageTextMs(text: string, nowMs: number): number | null {
  const compact = tryAgainIn.exec(text)?.[1];
  if (compact !== undefined) return durationMs(compact);
  const [, amount = '', unit = ''] = tryAgainInWords.exec(text) ?? [];
  if (amount !== '') return durationMs(amount + unit.toLowerCase());
  const [, day, time] = accessAgainOn.exec(text) ?? [];
  return day === undefined ? null : untilMs(Date.parse(`${day}T${time}Z`), nowMs);
}

/** No vendor means more than this; what is longer is kept a number that can be counted with. */
const longestMs = 366 * unitsMs.d;

/** The first that is present and readable, or null when the vendor named no time. */
export function delayOf(headers: Headers, error: VendorError | null, nowMs: number): Delay | null {
  const header = (name: string) => (headers.get(name) ?? error?.headers.get(name))?.trim() ?? '';
  const look: Record<DelaySource, () => number | null> = {
    'retry-after-ms': () => {
      const ms = number(header('retry-after-ms'));
      return ms === null ? null : Math.ceil(ms);
    },
    'retry-after': () => {
      const text = header('retry-after');
      return text === '' ? null : retryAfterMs(text, nowMs);
    },
    'gemini-retry-info': () => durationMs(error?.retryDelay ?? ''),
    'gemini-quota-reset': () => durationMs(error?.quotaResetDelay ?? ''),
    'gemini-text': () => durationMs(retryIn.exec(error?.message ?? '')?.[1] ?? ''),
    'reset-header': () =>
      resetHeaderMs(headers, nowMs) ?? (error ? resetHeaderMs(error.headers, nowMs) : null),
    'message-text': () => messageTextMs(error?.message ?? '', nowMs),
  };
  for (const source of delaySources) {
    const ms = look[source]();
    if (ms !== null) return { source, ms: Math.min(ms, longestMs) };
  }
  return null;
}
