/** Requests: what each one was, and why it went as it did. */
import { Elysia, t } from 'elysia';
import { outcome } from '../../events/traffic.ts';
import { readBodies } from '../bodies/readBodies.ts';
import { findEvents } from '../history/auditLog.ts';
import type { Door } from '../http/door.ts';
import { cursorText } from '../live/cursor.ts';
import { eventSchema, presentEvent } from '../present/event.ts';
import { bodiesSchema, presentBodies } from '../present/body.ts';
import { listOf } from '../present/list.ts';
import { presentRequest, requestSchema } from '../present/request.ts';
import { Problem, problems } from '../http/problem.ts';
import { assertProjected, findRequest, trafficPosition } from '../history/requests.ts';
import type { Services } from '../services.ts';
import { clientShownTo } from '../access/viewer.ts';
import {
  afterQuery,
  defaultLimit,
  given,
  limitQuery,
  spanOf,
  textQuery,
  timeQuery,
} from './query.ts';

const tags = ['History'];

const notFound = (id: string) =>
  new Problem(
    404,
    'REQUEST_NOT_FOUND',
    `There is no finished request ${id.slice(0, 80)}; an id is in x-signalbox-request-id.`,
  );

/** Events of one request that are shown at most; a request causes a handful. */
const eventsShown = 100;

export const logsRoutes = (services: Services, door: Door) =>
  new Elysia({ name: 'logs' })
    .use(door.plugin)
    .get(
      '/api/logs',
      async ({ query, caller }) => {
        await assertProjected(services);
        const { provider, key: keyId, model, status, outcome: ended, after } = query;
        const client = clientShownTo(caller, query.client);
        // Read before the rows: what is projected in between comes twice rather than not at all.
        const cursor = cursorText(trafficPosition(services));
        const { rows, next } = services.readModels.requests({
          ...given({ client, provider, keyId, model, status, outcome: ended, after }),
          ...spanOf(query),
          limit: query.limit ?? defaultLimit,
        });
        return { data: rows.map(presentRequest), next, cursor };
      },
      {
        query: t.Object({
          client: textQuery('whose key it was; a client sees its own only'),
          provider: textQuery('that answered last'),
          key: textQuery('id of the provider key that was used last'),
          model: textQuery('as asked for, without the provider’s prefix'),
          status: t.Optional(t.Integer({ minimum: 0, maximum: 999 })),
          outcome: t.Optional(outcome),
          from: timeQuery('ended at this time or later'),
          to: timeQuery('ended at this time or earlier'),
          after: afterQuery,
          limit: limitQuery,
        }),
        response: { 200: listOf(requestSchema, t.Integer()), ...problems(401, 403, 422, 503) },
        detail: {
          summary: 'Recent requests, each with its attempts, newest first',
          description:
            'Under a filter 20,000 requests are looked through for one answer: a page may then hold fewer than ' +
            'asked for, even none, and still name a `next`.',
          tags,
        },
      },
    )
    .get(
      '/api/logs/:id',
      async ({ params, caller }) => {
        const request = await findRequest(services, params.id);
        const isOperator = caller.kind === 'operator';
        const isTheirs = isOperator || request?.client === clientShownTo(caller, undefined);
        if (!request || !isTheirs) throw notFound(params.id);
        const presented = presentRequest(request);
        if (!isOperator) return presented;
        const filter = { correlationId: request.id };
        const query = { filter, order: 'asc', after: undefined, limit: eventsShown } as const;
        const { events } = await findEvents(services, query);
        return { ...presented, events: events.map(presentEvent) };
      },
      {
        params: t.Object({ id: t.String() }),
        response: {
          200: t.Composite([
            requestSchema,
            t.Object({
              events: t.Optional(
                t.Array(eventSchema, { description: 'what it caused; shown to operators' }),
              ),
            }),
          ]),
          ...problems(401, 403, 404, 503),
        },
        detail: { summary: 'One request with its attempts and what it caused', tags },
      },
    )
    .get(
      '/api/logs/:id/body',
      async ({ params: { id }, cause }) =>
        presentBodies(id, await readBodies(services, id, cause, findRequest, notFound)),
      {
        params: t.Object({ id: t.String() }),
        response: {
          200: bodiesSchema,
          ...problems(401, 403, 404, 503),
        },
        detail: {
          summary: 'What the client sent and was answered, where that was recorded',
          description:
            'Recording is off unless the setting `record_bodies`, the client key or the model route asks for it. ' +
            'Every look is an event of the audit log.',
          tags,
        },
      },
    );
