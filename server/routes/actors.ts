/** Actors: what is, what was, and by which machine. */
import { Elysia, t } from 'elysia';
import type { AnyActorKind } from '../../actors/runtime/actorKind.ts';
import { createPast } from '../../actors/runtime/past.ts';
import type { Moment } from '../../actors/runtime/replay.ts';
import { isActorId, type ActorId } from '../../events/ids.ts';
import { actorNow, actorsNow, actorsThen, actorThen, countActors } from '../history/actors.ts';
import type { Door } from '../http/door.ts';
import { kindNamed, kinds } from '../kinds.ts';
import { cursorText } from '../live/cursor.ts';
import { actorSchema } from '../present/actor.ts';
import { eventSchema, presentEvent } from '../present/event.ts';
import { listOf } from '../present/list.ts';
import { machineSchema, presentMachine } from '../present/machine.ts';
import { Problem, problems } from '../http/problem.ts';
import type { Services } from '../services.ts';
import { defaultLimit, limitQuery, orderQuery, sequenceQuery, timeOf, timeQuery } from './query.ts';

const tags = ['Actors'];
const kindParam = t.Object({ kind: t.String() });
const actorParams = t.Object({ kind: t.String(), id: t.String() });
const afterId = t.Optional(t.String({ maxLength: 80, description: 'the id of the last one seen' }));
const momentQuery = {
  sequence: sequenceQuery('up to and with this sequence of CONTROL'),
  time: timeQuery('up to and with this time of the log'),
};
const refusals = problems(401, 403, 404, 422, 500, 503);
const actorList = listOf(actorSchema, t.String());

/** @throws {Problem} KIND_NOT_FOUND */
function kindOf(name: string): AnyActorKind {
  const kind = kindNamed(name);
  if (kind) return kind;
  const known = kinds.map((one) => one.kind).join(', ');
  throw new Problem(404, 'KIND_NOT_FOUND', `There is no such kind of actor; there are: ${known}.`);
}

const actorNotFound = (kind: string, id: string): Problem =>
  new Problem(
    404,
    'ACTOR_NOT_FOUND',
    isActorId(id)
      ? `The log has no event of ${kind} ${id}.`
      : 'An id has 1 to 80 characters of a-z, 0-9 and -.',
  );

/** @throws {Problem} ACTOR_NOT_FOUND for what can be no id. */
function idOf(kind: AnyActorKind, id: string): ActorId {
  if (!isActorId(id)) throw actorNotFound(kind.kind, id);
  return id;
}

export const actorsRoutes = (services: Services, door: Door) => {
  const { log, runtime } = services;
  const past = createPast({ log, kinds });

  /** @throws {Problem} unless one of both is given, or for a sequence that the log does not have yet. */
  const momentOf = async (query: {
    sequence?: number | undefined;
    time?: string | undefined;
  }): Promise<Moment> => {
    const { sequence } = query;
    const timeMs = timeOf('time', query.time);
    if ((sequence === undefined) === (timeMs === undefined)) {
      throw new Problem(422, 'INVALID_QUERY', 'query: give either a sequence or a time');
    }
    if (sequence === undefined) return { timeMs: timeMs ?? 0 };
    if (sequence > runtime.position()) {
      const { lastSequence } = await log.state('CONTROL');
      if (sequence > lastSequence) {
        throw new Problem(404, 'NOT_YET', `The log ends at sequence ${lastSequence}.`);
      }
    }
    return { sequence };
  };

  return new Elysia({ name: 'actors' })
    .use(door.plugin)
    .get(
      '/api/actors',
      () => {
        const cursor = cursorText({ control: runtime.position() });
        return { data: kinds.map((kind) => countActors(runtime, kind)), next: null, cursor };
      },
      {
        response: {
          200: listOf(
            t.Object({
              kind: t.String(),
              actors: t.Integer(),
              dormant: t.Integer({
                description: 'not in memory; read from the log when asked for',
              }),
              by_status: t.Record(t.String(), t.Integer(), { description: 'of those in memory' }),
            }),
            t.String(),
          ),
          ...problems(401, 403),
        },
        detail: { summary: 'The kinds of actor and how many there are', tags },
      },
    )
    .get(
      '/api/actors/:kind',
      async ({ params, query }) => {
        const cursor = cursorText({ control: runtime.position() });
        return { ...(await actorsNow(services, kindOf(params.kind), query)), cursor };
      },
      {
        params: kindParam,
        query: t.Object({ after: afterId, limit: limitQuery }),
        response: { 200: actorList, ...refusals },
        detail: { summary: 'All actors of a kind as they are now, by id', tags },
      },
    )
    .get('/api/actors/:kind/machine', ({ params }) => presentMachine(kindOf(params.kind)), {
      params: kindParam,
      response: { 200: machineSchema, ...problems(401, 403, 404) },
      detail: { summary: 'The machine of a kind: its states and transitions', tags },
    })
    .get(
      '/api/actors/:kind/at',
      async ({ params, query }) => {
        const kind = kindOf(params.kind);
        const moment = await momentOf(query);
        const cursor = cursorText({ control: runtime.position() });
        return { ...(await actorsThen(past, kind, moment, query)), cursor };
      },
      {
        params: kindParam,
        query: t.Object({ ...momentQuery, after: afterId, limit: limitQuery }),
        response: { 200: actorList, ...refusals },
        detail: { summary: 'All actors of a kind as they were then, by replay', tags },
      },
    )
    .get(
      '/api/actors/:kind/:id',
      async ({ params }) => {
        const kind = kindOf(params.kind);
        const actor = await actorNow(services, kind, idOf(kind, params.id));
        if (!actor) throw actorNotFound(kind.kind, params.id);
        return actor;
      },
      {
        params: actorParams,
        response: { 200: actorSchema, ...refusals },
        detail: { summary: 'One actor as it is now', tags },
      },
    )
    .get(
      '/api/actors/:kind/:id/events',
      async ({ params, query: { after, order = 'asc', limit = defaultLimit } }) => {
        const kind = kindOf(params.kind);
        const ref = { kind: kind.kind, id: idOf(kind, params.id) };
        const cursor = cursorText({ control: runtime.position() });
        const isAscending = order === 'asc';
        const all = (await log.read(ref, isAscending ? after : 0)).map(presentEvent);
        if (all.length === 0 && (after === undefined || !isAscending)) {
          throw actorNotFound(kind.kind, params.id);
        }
        const ordered = isAscending
          ? all
          : all.filter((event) => after === undefined || event.sequence < after).reverse();
        const data = ordered.slice(0, limit);
        return {
          data,
          next: ordered.length > limit ? (data.at(-1)?.sequence ?? null) : null,
          cursor,
        };
      },
      {
        params: actorParams,
        query: t.Object({
          after: sequenceQuery('the sequence of the last event seen'),
          order: orderQuery,
          limit: limitQuery,
        }),
        response: { 200: listOf(eventSchema, t.Integer()), ...refusals },
        detail: { summary: 'What happened to one actor', tags },
      },
    )
    .get(
      '/api/actors/:kind/:id/at',
      async ({ params, query }) => {
        const kind = kindOf(params.kind);
        const id = idOf(kind, params.id);
        const actor = await actorThen(services, kind, id, await momentOf(query));
        if (actor) return actor;
        if (!(await actorNow(services, kind, id))) throw actorNotFound(kind.kind, id);
        throw new Problem(404, 'NOT_YET', `${kind.kind} ${id} had no event yet then.`);
      },
      {
        params: actorParams,
        query: t.Object(momentQuery),
        response: { 200: actorSchema, ...refusals },
        detail: { summary: 'One actor as it was then, by replay', tags },
      },
    );
};
