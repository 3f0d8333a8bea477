/** Why a proxied request cannot be a turn, as its dialect says it. */
import { Refusal } from '../../actors/runtime/refusal.ts';
import { LogUnavailable } from '../../events/log.ts';
import type { GatewayError } from '../proxy/dialect.ts';

const refused = (status: number, code: string, message: string): GatewayError => ({
  status,
  kind: status === 404 ? 'not_found' : 'invalid_request',
  code,
  message,
  shouldRetry: false,
});

export const invalidId = refused(
  400,
  'invalid_conversation_id',
  'x-conversation-id: an id has 1 to 80 characters of a-z, 0-9 and -.',
);

export const noQuestion = refused(
  400,
  'no_question',
  'The request has no message of a user, or none that can be read: it is no turn of a conversation.',
);

export const notThere = refused(404, 'conversation_not_found', 'There is no such conversation.');

const logAway: GatewayError = {
  status: 503,
  kind: 'unavailable',
  code: 'log_unavailable',
  message: 'The log is not reachable, and a turn is written down before it is asked; try again.',
  retryAfterMs: 1_000,
};

const runs: GatewayError = {
  status: 409,
  kind: 'invalid_request',
  code: 'turn_running',
  message: 'A turn of this conversation is still being answered; try again when it is over.',
  retryAfterMs: 1_000,
};

/** @throws what is nobody's to know. */
export function turnError(error: unknown): GatewayError {
  if (error instanceof LogUnavailable) return logAway;
  if (!(error instanceof Refusal)) throw error;
  const { code, message } = error;
  if (code === 'NOT_FOUND') return notThere;
  if (code === 'GONE') return refused(404, 'conversation_erased', 'The conversation was erased.');
  if (code === 'TURN_RUNNING') return runs;
  if (code === 'INVALID') return refused(400, 'invalid_message', `${message}.`);
  if (code === 'ARCHIVED' || code === 'FULL')
    return refused(409, `conversation_${code.toLowerCase()}`, `${message}.`);
  throw error;
}
