/** The Gemini dialect: its errors, and how its streams end. */
import type { Usage } from '../../events/traffic.ts';
import { findLast, hasValueBut, quoted, skipSpace } from './bytes.ts';
import {
  errorHeaders,
  type DialectModule,
  type ErrorKind,
  type GatewayError,
  type StreamWatch,
} from './dialect.ts';
import { arrayWatch } from './geminiArray.ts';
import { interactionsReader, interactionUsageOfPlain } from './interactions.ts';
import { arrayOf, objectOf, parseObject } from './json.ts';
import { sseWatch, type EventReader } from './sse.ts';
import { geminiUsage, geminiUsageNear, geminiUsageOfPlain, geminiUsageOfTail } from './usage.ts';

const statuses: Record<ErrorKind, string> = {
  invalid_request: 'INVALID_ARGUMENT',
  authentication: 'UNAUTHENTICATED',
  permission: 'PERMISSION_DENIED',
  not_found: 'NOT_FOUND',
  too_large: 'INVALID_ARGUMENT',
  rate_limit: 'RESOURCE_EXHAUSTED',
  api: 'INTERNAL',
  timeout: 'DEADLINE_EXCEEDED',
  overloaded: 'UNAVAILABLE',
  unavailable: 'UNAVAILABLE',
};

const keys = {
  error: quoted('error'),
  finish: quoted('finishReason'),
  index: quoted('index'),
  usage: quoted('usageMetadata'),
};
const nullByte = 110;
const zeroByte = 48;
const openBracket = 91;
const keptBytes = 16 * 1024;

function errorText(error: GatewayError, status: number): string {
  const details: object[] = [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: error.code.toUpperCase(),
      domain: 'signalbox',
    },
  ];
  if (error.retryAfterMs !== undefined) {
    const retryDelay = `${Math.max(0, Math.ceil(error.retryAfterMs)) / 1000}s`;
    details.push({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay });
  }
  const { message, kind } = error;
  return JSON.stringify({ error: { code: status, message, status: statuses[kind], details } });
}

/** 529 is Anthropic's own number. */
function statusOf(error: GatewayError): number {
  return error.status === 529 ? 503 : error.status;
}

function candidatesReader(judged: boolean): EventReader {
  const seen = new Set<number>();
  const finished = new Set<number>();
  let usageBytes: Uint8Array | null = null;
  let usage: Usage | null = null;
  let blocked = false;
  let failure: string | null = null;
  let doubtful = false;
  return {
    wants(bytes) {
      // Every event has running totals. They are kept raw: mostly only the last ones are read.
      const at = findLast(bytes, keys.usage);
      if (at !== -1) usageBytes = bytes.slice(at, at + keptBytes);
      return (
        hasValueBut(bytes, keys.finish, nullByte) ||
        hasValueBut(bytes, keys.index, zeroByte) ||
        hasValueBut(bytes, keys.error, nullByte)
      );
    },
    read(_name, data) {
      const json = parseObject(data);
      if (json === null) return false;
      if (objectOf(json.error) !== null) failure = data;
      if (typeof objectOf(json.promptFeedback)?.blockReason === 'string') blocked = true;
      const counted = geminiUsage(objectOf(json.usageMetadata));
      if (counted !== null) {
        usage = counted;
        usageBytes = null;
      }
      for (const item of arrayOf(json.candidates)) {
        const candidate = objectOf(item);
        const index = typeof candidate?.index === 'number' ? candidate.index : 0;
        seen.add(index);
        if (typeof candidate?.finishReason === 'string') finished.add(index);
      }
      return true;
    },
    readLarge(_head, tail) {
      // A picture: what follows it in the same event says whether the candidate is finished.
      if (seen.size === 0) seen.add(0);
      if (seen.size > 1 || hasValueBut(tail, keys.index, zeroByte)) doubtful = true;
      else if (hasValueBut(tail, keys.finish, nullByte))
        for (const index of seen) finished.add(index);
      usageBytes = null;
      usage = geminiUsageNear(tail) ?? usage;
    },
    complete() {
      if (!judged) return null;
      if (blocked) return true;
      if (doubtful) return null;
      return finished.size > 0 && finished.size === seen.size;
    },
    failure: () => failure,
    usage: () => (usageBytes === null ? usage : (geminiUsageNear(usageBytes) ?? usage)),
    ids: () => [],
    closing: () => '',
  };
}

/** Which of the two forms a stream of content has is seen at its first byte. */
function watchOf(route: string): StreamWatch {
  if (route.includes('/interactions')) {
    return sseWatch(interactionsReader(route.endsWith('/interactions')));
  }
  let watch = sseWatch(candidatesReader(route.endsWith(':streamGenerateContent')));
  let isKnown = false;
  return {
    push(chunk) {
      if (!isKnown) {
        const first = chunk[skipSpace(chunk, 0)];
        isKnown = first !== undefined;
        if (first === openBracket) watch = arrayWatch();
      }
      return watch.push(chunk);
    },
    end: () => watch.end(),
    failure: () => watch.failure(),
    usage: () => watch.usage(),
    ids: () => watch.ids(),
    sawEvent: () => watch.sawEvent(),
    isMalformed: () => watch.isMalformed(),
    betweenEvents: () => watch.betweenEvents(),
    missingTail: () => watch.missingTail(),
  };
}

export const gemini: DialectModule = {
  name: 'gemini',
  errorBody(error, requestId) {
    const status = statusOf(error);
    return { status, headers: errorHeaders(error, requestId), body: errorText(error, status) };
  },
  inBandError(error) {
    // The SDK throws for 400 to 599 only.
    const status = statusOf(error);
    const code = status >= 400 && status < 600 ? status : 500;
    return new TextEncoder().encode(`data: ${errorText(error, code)}\n\n`);
  },
  terminator: watchOf,
  usageOfTail: (tail) => geminiUsageOfTail(tail),
  // What is stored shows its usage whenever it is read: that is counted where it is made.
  usageOfPlain(body, route) {
    if (!route.includes('/interactions')) return geminiUsageOfPlain(body);
    return route.endsWith('/interactions') ? interactionUsageOfPlain(body) : null;
  },
};
