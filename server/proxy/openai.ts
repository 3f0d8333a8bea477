/** The OpenAI dialect: its errors, and how its streams end. */
import type { Usage } from '../../events/traffic.ts';
import { responseIds } from './madeIds.ts';
import { decodeUtf8, find, hasValueBut, quoted, valueAt } from './bytes.ts';
import { errorHeaders, type DialectModule, type ErrorKind, type GatewayError } from './dialect.ts';
import { arrayOf, objectOf, parseObject } from './json.ts';
import { sseWatch, type EventReader } from './sse.ts';
import {
  openAiUsage,
  openAiUsageIn,
  openAiUsageNear,
  openAiUsageOfPlain,
  openAiUsageOfTail,
} from './usage.ts';

const types: Record<ErrorKind, string> = {
  invalid_request: 'invalid_request_error',
  authentication: 'invalid_request_error',
  permission: 'invalid_request_error',
  not_found: 'invalid_request_error',
  too_large: 'invalid_request_error',
  rate_limit: 'rate_limit_error',
  api: 'server_error',
  timeout: 'server_error',
  overloaded: 'server_error',
  unavailable: 'server_error',
};

const keys = {
  error: quoted('error'),
  finish: quoted('finish_reason'),
  index: quoted('index'),
  response: quoted('response'),
  usage: quoted('usage'),
};
const doneData = Buffer.from('[DONE]');
const nullByte = 110;

function errorText(error: GatewayError): string {
  const { message, kind, code } = error;
  return JSON.stringify({ error: { message, type: types[kind], param: null, code } });
}

/** A choice that has no index yet in `seen` shows itself by its number. */
function hasNewIndex(bytes: Uint8Array, seen: ReadonlySet<number>): boolean {
  let at = valueAt(bytes, keys.index);
  while (at !== -1) {
    let index = 0;
    for (let digit = bytes[at] ?? 0; digit >= 48 && digit <= 57; digit = bytes[at] ?? 0) {
      index = index * 10 + digit - 48;
      at += 1;
    }
    if (!seen.has(index)) return true;
    at = valueAt(bytes, keys.index, at);
  }
  return false;
}

/** chat/completions and completions: every choice that appeared needs its finish_reason. */
function choicesReader(): EventReader {
  const seen = new Set<number>();
  const finished = new Set<number>();
  let usage: Usage | null = null;
  let failure: string | null = null;
  let done = false;
  let doubtful = false;
  const allFinished = () => finished.size > 0 && finished.size === seen.size;
  return {
    wants: (bytes) =>
      hasValueBut(bytes, keys.finish, nullByte) ||
      hasValueBut(bytes, keys.usage, nullByte) ||
      hasValueBut(bytes, keys.error, nullByte) ||
      hasNewIndex(bytes, seen) ||
      find(bytes, doneData) !== -1,
    read(_name, data) {
      if (data.trim() === '[DONE]') {
        done = true;
        return true;
      }
      const json = parseObject(data);
      if (json === null) return false;
      if (json.error !== undefined && json.error !== null) failure = data;
      usage = openAiUsageIn(json) ?? usage;
      for (const item of arrayOf(json.choices)) {
        const choice = objectOf(item);
        const index = typeof choice?.index === 'number' ? choice.index : 0;
        seen.add(index);
        if (typeof choice?.finish_reason === 'string') finished.add(index);
      }
      return true;
    },
    readLarge(head, tail) {
      // With one choice all that is known of it is at the ends; of several the middle may tell more.
      if (seen.size === 0) seen.add(0);
      if (seen.size > 1 || hasNewIndex(head, seen) || hasNewIndex(tail, seen)) doubtful = true;
      else if (hasValueBut(tail, keys.finish, nullByte))
        for (const index of seen) finished.add(index);
      usage = openAiUsageNear(tail) ?? usage;
    },
    complete() {
      if (allFinished() && (done || !doubtful)) return true;
      // Nothing but a usage or a filter result was asked for, and that has come.
      if (done && seen.size === 0) return true;
      return doubtful ? null : false;
    },
    failure: () => failure,
    usage: () => usage,
    ids: () => [],
    closing: () => (done ? '' : 'data: [DONE]\n\n'),
  };
}

const terminal = /"type"\s*:\s*"response\.(completed|incomplete|failed)"/;

/** `counted` is false for a stream read again: its tokens were counted the first time. */
function responsesReader(counted: boolean): EventReader {
  const ids = new Set<string>();
  let end: string | null = null;
  let failure: string | null = null;
  let usage: Usage | null = null;
  return {
    // Only the events of the whole response carry it; the deltas between them do not.
    wants: (bytes) =>
      find(bytes, keys.response) !== -1 ||
      find(bytes, keys.error) !== -1 ||
      find(bytes, doneData) !== -1,
    read(name, data) {
      if (data.trim() === '[DONE]') return true;
      const json = parseObject(data);
      if (json === null) return false;
      const type = typeof json.type === 'string' ? json.type : name;
      const response = objectOf(json.response);
      if (response !== null) {
        for (const id of responseIds(response)) ids.add(id);
        usage = openAiUsage(objectOf(response.usage)) ?? usage;
      }
      if (type === 'error' || objectOf(json.error) !== null) end = 'failed';
      const last = /^response\.(completed|incomplete|failed)$/.exec(type)?.[1];
      if (last !== undefined) end = last;
      if (end === 'failed') failure = data;
      return true;
    },
    readLarge(head, tail) {
      const text = decodeUtf8(head);
      end = terminal.exec(text)?.[1] ?? end;
      if (end === 'failed') failure = '';
      const id = /"id"\s*:\s*"(resp_[\w-]+)"/.exec(text)?.[1];
      if (id !== undefined) ids.add(id);
      if (end !== null) usage = openAiUsageNear(tail) ?? usage;
    },
    complete: () => end !== null,
    failure: () => failure,
    usage: () => (counted ? usage : null),
    ids: () => [...ids],
    closing: () => '',
  };
}

/** Any other stream: its usage is read, its end is not judged. */
function otherReader(): EventReader {
  let usage: Usage | null = null;
  let failure: string | null = null;
  return {
    wants: (bytes) =>
      hasValueBut(bytes, keys.usage, nullByte) || hasValueBut(bytes, keys.error, nullByte),
    read(_name, data) {
      const json = parseObject(data);
      if (json === null) return false;
      if (objectOf(json.error) !== null) failure = data;
      usage = openAiUsageIn(json) ?? usage;
      return true;
    },
    readLarge(_head, tail) {
      usage = openAiUsageNear(tail) ?? usage;
    },
    complete: () => null,
    failure: () => failure,
    usage: () => usage,
    ids: () => [],
    closing: () => '',
  };
}

function readerOf(route: string): EventReader {
  if (route.endsWith('/responses')) return responsesReader(true);
  if (route.endsWith('/responses/{id}')) return responsesReader(false);
  if (route.endsWith('/completions')) return choicesReader();
  return otherReader();
}

const isStored = (route: string): boolean => route.includes('{') || route.endsWith('/batches');

export const openai: DialectModule = {
  name: 'openai',
  errorBody(error, requestId) {
    // 529 is Anthropic's own number.
    const status = error.status === 529 ? 503 : error.status;
    const headers = errorHeaders(error, requestId, 'x-request-id');
    return { status, headers, body: errorText(error) };
  },
  inBandError: (error) => new TextEncoder().encode(`data: ${errorText(error)}\n\n`),
  terminator: (route) => sseWatch(readerOf(route)),
  // What is stored shows its usage whenever it is read: that is counted where it is made.
  usageOfPlain: (body, route) => (isStored(route) ? null : openAiUsageOfPlain(body)),
  usageOfTail: (tail, route) => (isStored(route) ? null : openAiUsageOfTail(tail)),
};
