/** Finds out who calls a management route, and refuses whom its level does not let in. */
import type { Client, Clients } from './clients.ts';
import type { ClientSide, Level } from '../access.ts';
import type { Config } from '../config.ts';
import { isLoopback } from '../config/places.ts';
import type { LocalOnly } from './localOnly.ts';
import { Problem } from '../http/problem.ts';
import { isSameSecret, passwordNotSet, type Session, type Sessions } from './sessions.ts';

/** `session` is null for the operator of an open gateway. */
export type Caller =
  | Readonly<{ kind: 'operator'; id: string; session: Session | null }>
  | Readonly<{ kind: 'client'; client: Client }>
  | Readonly<{ kind: 'anyone' }>;

export type Callers = Readonly<{
  /** @throws {Problem} when the level does not let this request in. */
  admit(level: Level, request: Request): Promise<Caller>;
}>;

type Options = Readonly<{
  config: Pick<Config, 'password' | 'mode' | 'host' | 'metricsToken'>;
  sessions: Sessions;
  clients: Clients;
  clientSide: ClientSide;
  localOnly: LocalOnly;
}>;

export const sessionCookie = 'signalbox_session';
const anyone: Caller = { kind: 'anyone' };
const local: Caller = { kind: 'operator', id: 'local', session: null };
const challenge = { 'www-authenticate': 'Bearer realm="signalbox"' };

const unauthorized = (code: string, detail: string) => new Problem(401, code, detail, challenge);

const clientProblems = {
  'unknown-key': unauthorized(
    'UNKNOWN_KEY',
    'This gateway does not know the client key or session.',
  ),
  'expired-key': unauthorized('EXPIRED_KEY', 'The client key has expired; ask for more time.'),
  'no-key': unauthorized('UNAUTHORIZED', 'Send a client key of this gateway, or log in.'),
} as const;

const sessionProblems = {
  invalid: 'The session token is not valid; log in again with POST /api/login.',
  expired: 'The session is over; log in again with POST /api/login.',
  ended: 'The session was logged out; log in again with POST /api/login.',
} as const;

export const bearerOf = (headers: Headers): string | undefined =>
  /^bearer\s+(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];

export const cookieOf = (headers: Headers): string | undefined =>
  headers
    .get('cookie')
    ?.split(/;\s*/)
    .find((pair) => pair.startsWith(`${sessionCookie}=`))
    ?.slice(sessionCookie.length + 1);

const changesNothing = new Set(['GET', 'HEAD', 'OPTIONS']);

/** By what a browser adds to the requests of a page. A program that is no browser adds neither. */
export function isSameSite(headers: Headers): boolean {
  const origin = headers.get('origin');
  const site = headers.get('sec-fetch-site');
  const isSameOrigin =
    origin === null ||
    (URL.canParse(origin) && new URL(origin).host === headers.get('host')?.toLowerCase());
  return isSameOrigin && (site === null || site === 'same-origin' || site === 'none');
}

/** @throws {Problem} */
export function mustBeSameSite({ method, headers }: Request): void {
  if (changesNothing.has(method) || isSameSite(headers)) return;
  throw new Problem(403, 'CROSS_SITE', 'A page of another site may not use this session.');
}

const searchOf = (url: string): string => {
  const query = url.indexOf('?');
  return query < 0 ? '' : url.slice(query);
};

export function createCallers(options: Options): Callers {
  const { config, sessions, clients, clientSide, localOnly } = options;
  const { password, mode, host, metricsToken } = config;

  /** The operator, or the problem to answer with. */
  const operatorOf = async (request: Request): Promise<Caller | Problem> => {
    const { headers } = request;
    if (password === null) {
      if (mode !== 'open') return passwordNotSet;
      const reason = localOnly(headers);
      return reason === undefined ? local : new Problem(403, 'NOT_LOCAL', `Refused: ${reason}.`);
    }
    const bearer = bearerOf(headers);
    const token = bearer ?? cookieOf(headers);
    if (token === undefined) {
      return unauthorized('UNAUTHORIZED', 'Log in with POST /api/login, then send the token.');
    }
    const session = await sessions.verify(token);
    if (typeof session === 'string') {
      if (clients.identify(headers, '') instanceof Object) {
        return new Problem(403, 'OPERATOR_ONLY', 'A client key does not open the management side.');
      }
      return unauthorized(`SESSION_${session.toUpperCase()}`, sessionProblems[session]);
    }
    if (bearer === undefined) mustBeSameSite(request);
    return { kind: 'operator', id: session.id, session };
  };

  /** Whoever can be recognised; for routes that tell more to those. */
  const recognise = async (request: Request): Promise<Caller> => {
    const client = clients.identify(request.headers, searchOf(request.url));
    if (typeof client === 'object') return { kind: 'client', client };
    const operator = await operatorOf(request);
    return operator instanceof Problem ? anyone : operator;
  };

  const admitClient = async (request: Request): Promise<Caller> => {
    const standing = clientSide(request.headers, searchOf(request.url));
    if (standing.kind === 'client') return standing;
    const operator = await operatorOf(request);
    if (!(operator instanceof Problem)) return operator;
    if (standing.kind === 'open') return anyone;
    if (standing.kind === 'not-local') {
      throw new Problem(403, 'NOT_LOCAL', `Refused: ${standing.reason}.`);
    }
    throw clientProblems[standing.kind];
  };

  const admitOperator = async (request: Request): Promise<Caller> => {
    const operator = await operatorOf(request);
    if (operator instanceof Problem) throw operator;
    return operator;
  };

  const mayScrape = ({ headers }: Request): boolean => {
    if (isLoopback(host) && localOnly(headers) === undefined) return true;
    const token = bearerOf(headers);
    return metricsToken !== null && token !== undefined && isSameSecret(token, metricsToken);
  };

  return {
    async admit(level, request) {
      switch (level) {
        case 'public':
          return recognise(request);
        case 'alias':
          return anyone;
        case 'client':
          return admitClient(request);
        case 'metrics':
          return mayScrape(request) ? anyone : admitOperator(request);
        case 'operator':
          return admitOperator(request);
        default:
          return level satisfies never;
      }
    },
  };
}
