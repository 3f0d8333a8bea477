/** The one place where an error becomes an answer of the management side. */
import { ParseError, ValidationError } from 'elysia';
import { Refusal, type RefusalCode } from '../actors/runtime/refusal.ts';
import { LogUnavailable, WrongVersion } from '../events/log.ts';
import { Problem } from './http/problem.ts';

const refusals: Readonly<Record<RefusalCode, Readonly<{ status: number; code: string }>>> = {
  NOT_FOUND: { status: 404, code: 'NOT_FOUND' },
  GONE: { status: 404, code: 'NOT_FOUND' },
  ALREADY_EXISTS: { status: 409, code: 'ALREADY_EXISTS' },
  IN_USE: { status: 409, code: 'IN_USE' },
  INVALID: { status: 422, code: 'INVALID' },
  TURN_RUNNING: { status: 409, code: 'TURN_RUNNING' },
  ARCHIVED: { status: 409, code: 'ARCHIVED' },
  FULL: { status: 409, code: 'CONVERSATION_FULL' },
  BLOCKED: { status: 429, code: 'LOGIN_BLOCKED' },
  TOO_BUSY: { status: 503, code: 'TOO_BUSY' },
  UNREADABLE: { status: 500, code: 'UNREADABLE' },
};

/** What is missing, where the path alone tells. */
const notFoundCodes: readonly (readonly [prefix: string, code: string])[] = [
  ['/api/provider-keys', 'KEY_NOT_FOUND'],
  ['/api/providers', 'PROVIDER_NOT_FOUND'],
  ['/api/keys', 'CLIENT_KEY_NOT_FOUND'],
  ['/api/models', 'MODEL_ROUTE_NOT_FOUND'],
  ['/api/mcp/servers', 'MCP_SERVER_NOT_FOUND'],
  ['/api/conversations', 'CONVERSATION_NOT_FOUND'],
];

const retrySoon = { 'retry-after': '2' };

function ofRefusal({ code: refusal, message }: Refusal, route: string): Problem {
  const { status, code } = refusals[refusal];
  const isPassing = status === 503 || refusal === 'TURN_RUNNING';
  const specific = notFoundCodes.find(([prefix]) => status === 404 && route.startsWith(prefix));
  return new Problem(status, specific?.[1] ?? code, message, isPassing ? retrySoon : {});
}

const maxFaults = 5;

/** `/models/0/name` as `.models.0.name`. A key that was pasted in the wrong place may have become a name. */
const placeOf = (path: string): string =>
  /^(?:\/(?:[a-z_]{1,30}|\d{1,5}))*$/.test(path) ? path.replaceAll('/', '.') : '';

/** Names the places and what was expected there, never what stood there: that may be a secret. */
function ofValidation(error: ValidationError): Problem | undefined {
  // What a number of the query fails on beyond its form is told without its place.
  const type = error.type === 'property' ? 'query' : error.type;
  if (type !== 'body' && type !== 'query' && type !== 'params') return undefined;
  const faults = new Map<string, string>();
  for (const fault of error.all) {
    const where = type + placeOf(fault.path);
    const custom: unknown = fault.schema.error;
    if (!faults.has(where)) {
      faults.set(where, typeof custom === 'string' ? custom : fault.message.toLowerCase());
    }
    if (faults.size >= maxFaults) break;
  }
  const detail = [...faults].map(([where, what]) => `${where}: ${what}`).join('; ');
  return new Problem(422, type === 'body' ? 'INVALID_BODY' : 'INVALID_QUERY', detail);
}

/** Undefined for what nobody expected: a bug, of which the caller learns nothing but that there is one. */
export function problemOf(error: unknown, route: string): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof Refusal) return ofRefusal(error, route);
  if (error instanceof LogUnavailable) {
    const detail = 'The log does not answer, so nothing was changed for sure; try again shortly.';
    return new Problem(503, 'LOG_UNAVAILABLE', detail, retrySoon);
  }
  if (error instanceof WrongVersion) {
    return new Problem(409, 'CONFLICT', 'Somebody else changed it at the same time; try again.');
  }
  if (error instanceof ValidationError) return ofValidation(error);
  // What the body's parser throws arrives inside another error.
  if (error instanceof ParseError) return problemOf(error.cause, route);
  return undefined;
}

/** An answer that does not fit its schema may hold what is told once and kept nowhere: only the places are logged. */
export const loggable = (error: unknown): unknown =>
  error instanceof ValidationError
    ? new Error(`${error.type} does not fit at ${error.all.map(({ path }) => path).join(', ')}`)
    : error;

export const notFound = (method: string, path: string): Problem =>
  new Problem(404, 'NOT_FOUND', `There is no ${method} ${path.slice(0, 200)}; see /docs.`);

export const internal = (requestId: string): Problem =>
  new Problem(
    500,
    'INTERNAL',
    `Something went wrong in the gateway; its log says what, under the request id ${requestId}.`,
  );
