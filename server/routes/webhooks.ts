/** Webhooks: what became of them, and what a receiver needs. They are set as the setting `webhooks`. */
import { Elysia, t } from 'elysia';
import type { Door } from '../http/door.ts';
import { strict } from '../http/fields.ts';
import { Problem, problems } from '../http/problem.ts';
import { nullable } from '../present/list.ts';
import type { Services } from '../services.ts';

const tags = ['Operation'];
const which = t.Object({ url: t.String({ minLength: 1, maxLength: 2_000 }) }, strict);

const webhook = t.Object({
  url: t.String(),
  events: t.Array(t.String(), { description: 'what it is told of; empty for everything' }),
  delivered: t.Integer({ description: 'since this process started, like all that follows' }),
  failures: t.Integer({ description: 'tries that failed' }),
  given_up: t.Integer({ description: 'notices that were not tried again' }),
  last: nullable(
    t.Object({
      id: t.String(),
      type: t.String(),
      time: t.String({ format: 'date-time' }),
      tries: t.Integer(),
      status: nullable(t.Integer()),
      error: nullable(t.String()),
    }),
  ),
});

const notSet = () =>
  new Problem(
    404,
    'WEBHOOK_NOT_FOUND',
    'No webhook has this url; they are set by PUT /api/settings/webhooks.',
  );

export const webhookRoutes = ({ webhooks }: Services, { plugin }: Door) =>
  new Elysia({ name: 'webhooks' })
    .use(plugin)
    .get(
      '/api/webhooks',
      () => ({
        data: webhooks.view().map(({ givenUp, events, last, ...view }) => ({
          ...view,
          events: [...events],
          given_up: givenUp,
          last: last && { ...last },
        })),
      }),
      {
        response: { 200: t.Object({ data: t.Array(webhook) }), ...problems(401, 403) },
        detail: {
          summary: 'Every webhook with what became of its notices, as this process saw it',
          description:
            'A notice is `POST {id, type, time, data}`, signed in `x-signalbox-signature: t=<seconds>,v1=<hex>`: ' +
            'HMAC-SHA256 of `<seconds>.<body>` with the secret that POST /api/webhooks/secret tells. An answer ' +
            'other than 2xx within 5 s is tried again for about 20 minutes; redirects are not followed. A notice may ' +
            'come twice, with the same `id`. Each is told by one gateway; of the log each speaks for itself.',
          tags,
        },
      },
    )
    .post(
      '/api/webhooks/test',
      async ({ body }) => {
        const posted = await webhooks.test(body.url);
        if (!posted) throw notSet();
        const { status, error, durationMs } = posted;
        return { delivered: error === null, status, error, duration_ms: durationMs };
      },
      {
        body: which,
        response: {
          200: t.Object({
            delivered: t.Boolean(),
            status: nullable(t.Integer()),
            error: nullable(t.String()),
            duration_ms: t.Integer(),
          }),
          ...problems(400, 401, 403, 404, 422),
        },
        detail: { summary: 'Send one notice of type `test` now', tags },
      },
    )
    .post(
      '/api/webhooks/secret',
      ({ body }) => {
        const secret = webhooks.secretOf(body.url);
        if (secret === undefined) throw notSet();
        return { secret };
      },
      {
        body: which,
        response: {
          200: t.Object({ secret: t.String() }),
          ...problems(400, 401, 403, 404, 422),
        },
        detail: {
          summary: 'The secret that signs the notices to this url; another url has another one',
          tags,
        },
      },
    );
