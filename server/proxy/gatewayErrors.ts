/** What the gateway itself has to say to a client, before it takes the shape of the client's dialect. */
import type { GatewayError } from './dialect.ts';

export const unauthorized = (isUnknown: boolean): GatewayError => ({
  status: 401,
  kind: 'authentication',
  code: isUnknown ? 'invalid_api_key' : 'missing_api_key',
  message: isUnknown
    ? "This gateway does not know the API key. Use one of its own client keys, not the vendor's."
    : 'This gateway wants a client key: send it where your SDK sends its API key.',
});

export const forbidden = (reason: string): GatewayError => ({
  status: 403,
  kind: 'permission',
  code: 'not_local',
  message: `Refused: ${reason}.`,
});

export const badPath: GatewayError = {
  status: 400,
  kind: 'invalid_request',
  code: 'invalid_path',
  message: 'The path is not valid.',
};

/** A bug of ours. Its words go into the gateway's own log only. */
export const internal: GatewayError = {
  status: 500,
  kind: 'api',
  code: 'internal_error',
  message: 'The gateway failed at this request; its log tells more under x-signalbox-request-id.',
};

export const loop: GatewayError = {
  status: 508,
  kind: 'invalid_request',
  code: 'loop_detected',
  message: "The request came back to this gateway: a provider's base URL leads here.",
  shouldRetry: false,
};

export const noProvider = (model: string): GatewayError => ({
  status: 404,
  kind: 'not_found',
  code: 'provider_not_found',
  message: `No provider answers for ${model ? `the model "${model}"` : 'this path'}.`,
});

export const otherDialect = (provider: string, speaks: string, asked: string): GatewayError => ({
  status: 400,
  kind: 'invalid_request',
  code: 'other_dialect',
  message: `The provider "${provider}" speaks the ${speaks} dialect; this endpoint speaks ${asked}.`,
});

export const noTarget = (route: string, asked: string): GatewayError => ({
  status: 400,
  kind: 'invalid_request',
  code: 'other_dialect',
  message: `The model "${route}" is not offered here: its targets do not all speak the ${asked} dialect, or have no such endpoint in it.`,
});

export const noKeys = (provider: string): GatewayError => ({
  status: 503,
  kind: 'unavailable',
  code: 'no_provider_key',
  message: `No usable key for the provider "${provider}": add one with POST /api/provider-keys or enable one.`,
  shouldRetry: false,
});

/** Every key rests; `retryAfterMs` is when the first wakes. */
export const allRest = (provider: string, retryAfterMs: number): GatewayError => ({
  status: 429,
  kind: 'rate_limit',
  code: 'all_keys_resting',
  message: `Every key of the provider "${provider}" is resting; the first wakes in ${Math.ceil(retryAfterMs / 1_000)} s.`,
  retryAfterMs,
});

/** What the request refers to is known to one key alone, and that one rests. */
export const makerRests = (provider: string, retryAfterMs: number): GatewayError => ({
  status: 429,
  kind: 'rate_limit',
  code: 'key_resting',
  message: `What this request refers to was made with one key of the provider "${provider}", which is resting; it wakes in ${Math.ceil(retryAfterMs / 1_000)} s.`,
  retryAfterMs,
});

/** Its breaker is open; `retryAfterMs` is when it is probed. */
export const leftAlone = (provider: string, retryAfterMs: number): GatewayError => ({
  status: 503,
  kind: 'unavailable',
  code: 'provider_unavailable',
  message: `The provider "${provider}" fails and is left alone for the moment; it is tried again in ${Math.ceil(retryAfterMs / 1_000)} s.`,
  retryAfterMs,
});

/** Never a queue: what is too much is told at once. */
export const tooManyInFlight: GatewayError = {
  status: 503,
  kind: 'overloaded',
  code: 'too_many_requests_in_flight',
  message: 'This gateway has as many requests under way as it takes (max_in_flight); try again.',
  retryAfterMs: 1_000,
};

/** The gateway is being stopped, and this request was not answered in time. */
export const stopping: GatewayError = {
  status: 503,
  kind: 'unavailable',
  code: 'gateway_stopping',
  message: 'This gateway is being stopped and could not finish the request; try again.',
  retryAfterMs: 1_000,
};

/** The vendor refused the gateway's own key: the client's is not to blame, and the vendor's text may show the key. */
export const keyRefused = (provider: string): GatewayError => ({
  status: 503,
  kind: 'unavailable',
  code: 'provider_key_refused',
  message: `The provider "${provider}" refused the gateway's key. Its operator can see why in the log.`,
  shouldRetry: false,
});

export const unreachable = (provider: string, reason: string): GatewayError => ({
  status: 502,
  kind: 'unavailable',
  code: 'provider_unreachable',
  message: `The provider "${provider}" could not be reached: ${reason}.`,
  shouldRetry: false,
});

/** It was reached, and what came was no whole answer. */
export const notWhole = (provider: string): GatewayError => ({
  status: 502,
  kind: 'unavailable',
  code: 'provider_answer_incomplete',
  message: `The provider "${provider}" did not give a whole answer.`,
  shouldRetry: false,
});

export const tooSlow = (provider: string): GatewayError => ({
  status: 504,
  kind: 'timeout',
  code: 'provider_timeout',
  message: `The provider "${provider}" did not answer in time.`,
  shouldRetry: false,
});
