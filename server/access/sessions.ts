/** Sessions of the operator: opened with the password, carried by a signed token, ended in the log. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { blockedUntilMs, isEnded } from '../../actors/operator/decide.ts';
import { operatorKind } from '../../actors/operator/operator.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import type { By, Cause } from '../../events/event.ts';
import { actorId } from '../../events/ids.ts';
import type { Config } from '../config.ts';
import { Problem } from '../http/problem.ts';

export type Session = Readonly<{ id: string; expiresAtMs: number }>;

export type Login = Readonly<{ username: string; password: string; address: string }>;

export type Sessions = Readonly<{
  /** @throws {Problem} when the password is wrong, none is set, or too many were wrong before. */
  logIn(login: Login, cause: Cause): Promise<Session & Readonly<{ token: string }>>;
  /** The session of a token, or why it is none. */
  verify(token: string): Promise<Session | 'invalid' | 'expired' | 'ended'>;
  logOut(session: Session, cause: Cause): Promise<void>;
}>;

/** Until there are users there is one operator. */
const admin = actorId('admin');
const algorithm = 'HS256';
const issuer = 'signalbox';
const audience = 'signalbox-management';
/** Logins that may stand in line; each takes milliseconds. */
const mostInLine = 64;

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Equal time for every input: both sides are hashed to one length first. */
export const isSameSecret = (one: string, other: string): boolean =>
  timingSafeEqual(sha256(one), sha256(other));

const blocked = (waitMs: number): Problem => {
  const waitSeconds = Math.max(1, Math.ceil(waitMs / 1_000));
  return new Problem(
    429,
    'LOGIN_BLOCKED',
    `Too many wrong passwords; try again in ${waitSeconds} s.`,
    { 'retry-after': String(waitSeconds) },
  );
};

export const passwordNotSet = new Problem(
  403,
  'PASSWORD_NOT_SET',
  'Management is closed: no password is set. Set MIDDLEWARE_PASSWORD and start the gateway again.',
);

export function createSessions(
  runtime: Runtime,
  config: Pick<Config, 'password' | 'jwtSecret' | 'sessionTimeoutMs'>,
  now: () => number,
): Sessions {
  const operators = runtime.of(operatorKind);
  const { password, sessionTimeoutMs } = config;
  // With the password in it, a new password ends the sessions of the old one.
  const signingKey = createHmac('sha256', config.jwtSecret)
    .update(`session\n${password ?? ''}`)
    .digest();
  let last: Promise<unknown> = Promise.resolve();
  let inLine = 0;

  /** One after the other: guesses sent at once must not escape the block that the first ones lead to. */
  const inTurn = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (inLine >= mostInLine) throw blocked(1_000);
    inLine += 1;
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      inLine -= 1;
    }
  };

  const mustNotBeBlocked = (address: string) => {
    const state = operators.get(admin)?.state;
    const waitMs = state ? blockedUntilMs(state, address) - now() : 0;
    if (waitMs > 0) throw blocked(waitMs);
  };

  const check = async ({ username, password: given, address }: Login, cause: Cause) => {
    if (password === null) throw passwordNotSet;
    mustNotBeBlocked(address);
    const isRight = isSameSecret(given, password);
    if (!isRight || username !== admin) {
      await operators.ask(admin, { type: 'FailLogin', address, nowMs: now() }, cause);
      throw new Problem(401, 'WRONG_PASSWORD', 'The user name or the password is wrong.');
    }
    // Tokens count in seconds.
    const expiresAtS = Math.ceil((now() + sessionTimeoutMs) / 1_000);
    const session = { id: crypto.randomUUID(), expiresAtMs: expiresAtS * 1_000 };
    const by: By = { kind: 'operator', id: session.id };
    const { id: sessionId, expiresAtMs } = session;
    const command = { type: 'LogIn', sessionId, address, nowMs: now(), expiresAtMs } as const;
    await operators.ask(admin, command, { ...cause, by });
    return session;
  };

  return {
    async logIn(login, cause) {
      const session = await inTurn(() => check(login, cause));
      const token = await new SignJWT()
        .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(admin)
        .setJti(session.id)
        .setIssuedAt(Math.floor(now() / 1_000))
        .setExpirationTime(session.expiresAtMs / 1_000)
        .sign(signingKey);
      return { ...session, token };
    },
    async verify(token) {
      if (password === null) return 'invalid';
      try {
        const { payload } = await jwtVerify(token, signingKey, {
          algorithms: [algorithm],
          issuer,
          audience,
          subject: admin,
          requiredClaims: ['jti', 'exp'],
          currentDate: new Date(now()),
        });
        const { jti = '', exp = 0 } = payload;
        const state = operators.get(admin)?.state;
        if (state && isEnded(state, jti)) return 'ended';
        return { id: jti, expiresAtMs: exp * 1_000 };
      } catch (error) {
        if (error instanceof errors.JWTExpired) return 'expired';
        if (error instanceof errors.JOSEError) return 'invalid';
        throw error;
      }
    },
    async logOut({ id: sessionId, expiresAtMs }, cause) {
      await operators.ask(admin, { type: 'LogOut', sessionId, expiresAtMs }, cause);
    },
  };
}
