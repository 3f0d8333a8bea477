/** What a client is told when its key may not do what it asks for. */
import type { GatewayError } from '../proxy/dialect.ts';

/** Nobody can say when a request under way ends: a moment later is worth a try. */
const soonMs = 1_000;

export const tooManyRequests = (requestsPerMinute: number, retryAfterMs: number): GatewayError => ({
  status: 429,
  kind: 'rate_limit',
  code: 'client_rate_limited',
  message: `This client may make ${requestsPerMinute} requests a minute; the next one in ${Math.ceil(retryAfterMs / 1_000)} s.`,
  retryAfterMs,
});

export const tooManyAtOnce = (maxConcurrent: number): GatewayError => ({
  status: 429,
  kind: 'rate_limit',
  code: 'client_too_many_at_once',
  message: `This client key may have ${maxConcurrent} requests under way at once, and has.`,
  retryAfterMs: soonMs,
});

export const modelNotAllowed = (model: string): GatewayError => ({
  status: 403,
  kind: 'permission',
  code: 'model_not_allowed',
  message: `This client key may not use the model "${model.slice(0, 200)}".`,
});

/** What asks for work without a model in a place the gateway reads could ask for any. */
export const modelUntold: GatewayError = {
  status: 403,
  kind: 'permission',
  code: 'model_not_told',
  message: 'This client key is limited to some models, and the request names none to compare.',
};

export const keyExpired: GatewayError = {
  status: 401,
  kind: 'authentication',
  code: 'client_key_expired',
  message: 'This client key has expired; the operator of the gateway can give it more time.',
};
