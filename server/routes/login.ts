/** Opening and ending a session of the operator. */
import { Elysia, t } from 'elysia';
import { mustBeSameSite, sessionCookie } from '../access/callers.ts';
import type { Door } from '../http/door.ts';
import { secretField, strict } from '../http/fields.ts';
import { isoOf } from '../present/list.ts';
import { problems } from '../http/problem.ts';
import type { Services } from '../services.ts';

const credentials = t.Object(
  { username: t.Optional(t.String({ maxLength: 200 })), password: secretField },
  strict,
);
const opened = t.Object({ token: t.String(), expires_at: t.String({ format: 'date-time' }) });

/** Whoever ends TLS in front of the gateway says so; a lie about it harms the liar's own cookie only. */
const isHttps = ({ url, headers }: Request): boolean =>
  url.startsWith('https:') || headers.get('x-forwarded-proto') === 'https';

const cookie = (request: Request, value: string, maxAgeS: number): string =>
  `${sessionCookie}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeS}` +
  (isHttps(request) ? '; Secure' : '');

export const loginRoutes = ({ config, sessions }: Services, { plugin }: Door) =>
  new Elysia({ name: 'login' })
    .use(plugin)
    .post(
      '/api/login',
      async ({ request, body, address, cause, set }) => {
        mustBeSameSite(request);
        const { username = 'admin', password } = body;
        const session = await sessions.logIn({ username, password, address }, cause);
        const maxAgeS = Math.floor(config.sessionTimeoutMs / 1_000);
        set.headers['set-cookie'] = cookie(request, session.token, maxAgeS);
        return { token: session.token, expires_at: isoOf(session.expiresAtMs) };
      },
      {
        body: credentials,
        response: { 200: opened, ...problems(401, 403, 422, 429, 503) },
        detail: { summary: 'Open a session with the password', tags: ['Session'] },
      },
    )
    .post(
      '/api/logout',
      async ({ request, caller, cause, set }) => {
        if (caller.kind === 'operator' && caller.session) {
          await sessions.logOut(caller.session, cause);
        }
        set.headers['set-cookie'] = cookie(request, '', 0);
        set.status = 204;
      },
      {
        response: { 204: t.Void(), ...problems(401, 403, 503) },
        detail: { summary: 'End this session', tags: ['Session'] },
      },
    );
