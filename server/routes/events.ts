/** The audit log: every event of CONTROL, and those of conversations. */
import { Elysia, t } from 'elysia';
import { findEvents } from '../history/auditLog.ts';
import type { Door } from '../http/door.ts';
import { cursorText } from '../live/cursor.ts';
import { eventSchema, presentEvent } from '../present/event.ts';
import { listOf } from '../present/list.ts';
import { problems } from '../http/problem.ts';
import type { Services } from '../services.ts';
import {
  defaultLimit,
  given,
  limitQuery,
  orderQuery,
  sequenceQuery,
  spanOf,
  textQuery,
  timeQuery,
} from './query.ts';

export const eventsRoutes = (services: Services, door: Door) =>
  new Elysia({ name: 'events' }).use(door.plugin).get(
    '/api/events',
    async ({ query }) => {
      const { kind, id, type, correlation_id: correlationId, after } = query;
      const control = services.runtime.position();
      const page = await findEvents(services, {
        filter: { ...given({ kind, id, type, correlationId }), ...spanOf(query) },
        order: query.order ?? 'asc',
        after,
        limit: query.limit ?? defaultLimit,
      });
      return {
        data: page.events.map(presentEvent),
        next: page.next,
        cursor: cursorText(
          kind === 'conversation'
            ? { control, conversations: page.lastSequence }
            : { control: page.lastSequence },
        ),
      };
    },
    {
      query: t.Object({
        kind: textQuery('of the actor: provider-key; conversation for those of conversations'),
        id: textQuery('of the actor'),
        type: textQuery('ProviderKeyRested'),
        correlation_id: textQuery('the request that caused it'),
        from: timeQuery('not older than this, by the log’s own time'),
        to: timeQuery('not newer than this'),
        after: sequenceQuery('the sequence of the last event seen'),
        order: orderQuery,
        limit: limitQuery,
      }),
      response: { 200: listOf(eventSchema, t.Integer()), ...problems(401, 403, 422, 503) },
      detail: {
        summary: 'The audit log: what happened',
        description:
          'The bodies come from the log; SQL is only its index. While the index is behind or missing, the log ' +
          'itself is looked through, 5,000 events for one answer: a page may then hold fewer events than asked ' +
          'for, even none, and still name a `next`. Conversations are asked for by their `kind`: they have a stream and ' +
          'sequences of their own, and of what was said only its length is shown. 503 only when the log does not answer.',
        tags: ['History'],
      },
    },
  );
