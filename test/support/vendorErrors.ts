/** Errors as each vendor words them, by their status. */
import type { Dialect } from './proxied.ts';
import type { Script } from './vendor.ts';

const openAiTypes: Readonly<Record<number, string>> = {
  402: 'billing_error',
  429: 'requests',
};
const anthropicTypes: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};
const geminiStatuses: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** The vendor's own id of every such request. */
export const vendorRequestId = 'req_of_the_vendor';
const ids = { 'x-request-id': vendorRequestId, 'request-id': vendorRequestId };

export const wordsOf = (status: number): string => `What the vendor says to ${status}`;

/** The type, or Gemini's status, that goes with it. */
export function typeOf(dialect: Dialect, status: number): string {
  const usual = status < 500 ? 'invalid_request_error' : 'server_error';
  if (dialect === 'openai') return openAiTypes[status] ?? usual;
  if (dialect === 'gemini')
    return geminiStatuses[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'UNKNOWN');
  return anthropicTypes[status] ?? (status < 500 ? usual : 'api_error');
}

export function errorBody(dialect: Dialect, status: number, details: object[] = []): object {
  const message = wordsOf(status);
  const type = typeOf(dialect, status);
  if (dialect === 'openai') return { error: { message, type, param: 'messages', code: 'a_code' } };
  if (dialect === 'gemini') return { error: { code: status, message, status: type, details } };
  return { type: 'error', error: { type, message }, request_id: vendorRequestId };
}

/** Always answers so. */
export const saysError =
  (
    dialect: Dialect,
    status: number,
    headers: Readonly<Record<string, string>> = {},
    details: object[] = [],
  ): Script =>
  (_request, reply) =>
    reply.json(status, errorBody(dialect, status, details), { ...ids, ...headers });

export const retryInfo = (retryDelay: string): object => ({
  '@type': 'type.googleapis.com/google.rpc.RetryInfo',
  retryDelay,
});
