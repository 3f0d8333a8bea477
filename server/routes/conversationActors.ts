/** Conversations as actors: what is, what was at any turn, and by which machine. A client has its own. */
import { Elysia, t } from 'elysia';
import { conversationKind } from '../../actors/conversation/conversation.ts';
import type { ConversationState } from '../../actors/conversation/machine.ts';
import { Refusal } from '../../actors/runtime/refusal.ts';
import { stateAt, type Moment, type PastState } from '../../actors/runtime/replay.ts';
import type { Cause } from '../../events/event.ts';
import { isActorId, type ActorId } from '../../events/ids.ts';
import { UnreadableEvent } from '../../events/log.ts';
import type { Caller } from '../access/callers.ts';
import { clientShownTo } from '../access/viewer.ts';
import { mayRead } from '../conversations/readers.ts';
import { ownerOf } from '../conversations/viewers.ts';
import type { Door } from '../http/door.ts';
import { idParams } from '../http/fields.ts';
import { Problem, problems } from '../http/problem.ts';
import { cursorText } from '../live/cursor.ts';
import { actorSchema } from '../present/actor.ts';
import {
  presentConversationActor,
  presentConversationRow,
  type Content,
} from '../present/conversationActor.ts';
import { eventSchema, presentEvent } from '../present/event.ts';
import { listOf } from '../present/list.ts';
import { machineSchema, presentMachine } from '../present/machine.ts';
import type { Services } from '../services.ts';
import {
  defaultLimit,
  given,
  limitQuery,
  orderQuery,
  pageInOrder,
  sequenceQuery,
  timeOf,
  timeQuery,
} from './query.ts';

const tags = ['Actors'];
const newest: Moment = { sequence: Number.MAX_SAFE_INTEGER };
const refusals = problems(401, 403, 404, 422, 500, 503);
const kind = 'conversation';

const notFound = () =>
  new Problem(404, 'ACTOR_NOT_FOUND', 'There is no such conversation, or it is not yours.');

type Past = Omit<PastState, 'state'> & Readonly<{ state: ConversationState }>;

export const conversationActorRoutes = (services: Services, { plugin }: Door) => {
  const { log, readModels, runtime, conversations } = services;

  const idOf = (id: string): ActorId => {
    if (!isActorId(id)) throw notFound();
    return id;
  };

  /** @throws {Problem} NOT_YET @throws {Refusal} UNREADABLE */
  const pastOf = async (id: ActorId, moment: Moment): Promise<Past | undefined> => {
    try {
      const past = await stateAt(log, conversationKind, { kind, id }, moment);
      return past && { ...past, state: past.state as ConversationState };
    } catch (error) {
      if (error instanceof UnreadableEvent) throw new Refusal('UNREADABLE', error.message);
      throw error;
    }
  };

  /** @throws {Problem} for what is not there, or another client's. */
  const existing = async (id: ActorId, caller: Caller): Promise<Past> => {
    const now = await pastOf(id, newest);
    const isTheirs = caller.kind === 'operator' || now?.state.context.owner === ownerOf(caller);
    if (!now || !isTheirs) throw notFound();
    return now;
  };

  const contentOf = async (
    past: Past,
    now: Past,
    caller: Caller,
    cause: Cause,
  ): Promise<Content> => {
    const { id } = past.actor;
    if (now.state.value === 'erased') return { kind: 'erased' };
    const { owner } = now.state.context;
    if (!(await mayRead(services, caller, { id, owner }, cause))) return { kind: 'hidden' };
    try {
      const conversation = await conversations.describe({ id, state: past.state });
      const turns = await conversations.read(past.state.context);
      return { kind: 'shown', conversation, turns };
    } catch (error) {
      if (error instanceof Refusal && error.code === 'GONE') return { kind: 'erased' };
      throw error;
    }
  };

  const shown = async (past: Past, now: Past, caller: Caller, cause: Cause) =>
    presentConversationActor(past, past.state, await contentOf(past, now, caller, cause));

  const lastSequence = async () => (await log.state('CONVERSATIONS')).lastSequence;

  return new Elysia({ name: 'conversation-actors' })
    .use(plugin)
    .get(
      '/api/actors/conversation',
      async ({ query: { after = '', limit = defaultLimit, owner }, caller }) => {
        const control = runtime.position();
        const mark = readModels.positions().find(({ stream }) => stream === 'CONVERSATIONS');
        const rows = readModels.conversationsById({
          ...given({ owner: clientShownTo(caller, owner) }),
          after,
          limit: limit + 1,
        });
        const data = rows.slice(0, limit).map(presentConversationRow);
        return {
          data,
          next: rows.length > limit ? (data.at(-1)?.id ?? null) : null,
          cursor: cursorText({ control, conversations: mark?.sequence ?? 0 }),
        };
      },
      {
        query: t.Object({
          owner: t.Optional(t.String({ maxLength: 200 })),
          after: t.Optional(
            t.String({ maxLength: 80, description: 'the id of the last one seen' }),
          ),
          limit: limitQuery,
        }),
        response: { 200: listOf(actorSchema, t.String()), ...refusals },
        detail: { summary: 'All conversations by id, without what was said', tags },
      },
    )
    .get('/api/actors/conversation/machine', () => presentMachine(conversationKind), {
      response: { 200: machineSchema, ...problems(401, 403, 404) },
      detail: { summary: 'The machine of a conversation: its states and transitions', tags },
    })
    .get(
      '/api/actors/conversation/:id',
      async ({ params, caller, cause }) => {
        const now = await existing(idOf(params.id), caller);
        return shown(now, now, caller, cause);
      },
      {
        params: idParams,
        response: { 200: actorSchema, ...refusals },
        detail: { summary: 'One conversation as it is now', tags },
      },
    )
    .get(
      '/api/actors/conversation/:id/events',
      async ({ params, query, caller }) => {
        const id = idOf(params.id);
        await existing(id, caller);
        const control = runtime.position();
        const events = (await log.read({ kind, id })).map(presentEvent);
        const cursor = cursorText({ control, conversations: events.at(-1)?.sequence ?? 0 });
        return { ...pageInOrder(events, query), cursor };
      },
      {
        params: idParams,
        query: t.Object({
          after: sequenceQuery('the sequence of the last event seen'),
          order: orderQuery,
          limit: limitQuery,
        }),
        response: { 200: listOf(eventSchema, t.Integer()), ...refusals },
        detail: { summary: 'What happened to one conversation, without what was said', tags },
      },
    )
    .get(
      '/api/actors/conversation/:id/at',
      async ({ params, query, caller, cause }) => {
        const id = idOf(params.id);
        const { sequence } = query;
        const timeMs = timeOf('time', query.time);
        if ((sequence === undefined) === (timeMs === undefined)) {
          throw new Problem(422, 'INVALID_QUERY', 'query: give either a sequence or a time');
        }
        const now = await existing(id, caller);
        if (sequence !== undefined && sequence > now.sequence) {
          const last = await lastSequence();
          if (sequence > last)
            throw new Problem(404, 'NOT_YET', `The log ends at sequence ${last}.`);
        }
        const moment = sequence === undefined ? { timeMs: timeMs ?? 0 } : { sequence };
        const past = await pastOf(id, moment);
        if (!past) throw new Problem(404, 'NOT_YET', `conversation ${id} had no event yet then.`);
        return shown(past, now, caller, cause);
      },
      {
        params: idParams,
        query: t.Object({
          sequence: sequenceQuery('up to and with this sequence of CONVERSATIONS'),
          time: timeQuery('up to and with this time of the log'),
        }),
        response: { 200: actorSchema, ...refusals },
        detail: {
          summary: 'One conversation as it was then, by replay',
          description:
            'Its owner reads what was said; an operator the numbers, and what was said only where the setting ' +
            '`operators_read_conversations` allows it: each such reading is an event, `ConversationRead`. Of an erased ' +
            'conversation nobody reads anything any more.',
          tags,
        },
      },
    );
};
