/** What the console begins with. */
import { Elysia } from 'elysia';
import type { AnyMachineSnapshot } from 'xstate';
import type { AnyActorKind } from '../../actors/runtime/actorKind.ts';
import type { Door } from '../http/door.ts';
import { kinds } from '../kinds.ts';
import { cursorText } from '../live/cursor.ts';
import type { Sequence } from '../../events/event.ts';
import { presentEvent } from '../present/event.ts';
import { isoOf } from '../present/list.ts';
import { presentRequest } from '../present/request.ts';
import { presentToolCall } from '../present/toolCall.ts';
import { presentSnapshotActor, snapshotSchema } from '../present/snapshot.ts';
import { presentKeyDays, presentMinute } from '../present/recentCounts.ts';
import { problems } from '../http/problem.ts';
import type { Services } from '../services.ts';

/** Requests, calls and events of the past that come along, of each. */
const newest = 200;

/** Closed days and logins are history, not something that is. */
const past = new Set(['day', 'operator']);

export const snapshotRoutes = (services: Services, { plugin }: Door) => {
  const { config, gatewayId, live, log, now, readModels, runtime } = services;

  const actorsOf = (kind: AnyActorKind) =>
    [...runtime.of(kind).all()].map(({ id, sequence, state }) =>
      presentSnapshotActor(kind.kind, id, sequence, state as AnyMachineSnapshot),
    );
  const actorsNow = () =>
    kinds
      .filter(({ kind }) => !past.has(kind))
      .flatMap(actorsOf)
      .filter(({ status, sequence }) => sequence > 0 && status !== 'removed');

  /** The newest events of CONTROL; none while the log is away. */
  const eventsBefore = async (sequence: Sequence) => {
    const after = Math.max(0, sequence - newest);
    const messages = await log.readControl(after, sequence).catch(() => []);
    return messages.map(presentEvent).reverse();
  };

  const projectedTo = () =>
    readModels.positions().find(({ stream }) => stream === 'CONVERSATIONS')?.sequence ?? 0;

  return new Elysia({ name: 'snapshot' }).use(plugin).get(
    '/api/snapshot',
    async ({ caller }) => {
      // Before anything is read: what changes meanwhile is then in the stream after it.
      const control = runtime.position();
      const day = readModels.day(now(), newest);
      const actors = actorsNow();
      const session = caller.kind === 'operator' ? caller.session : null;
      return {
        cursor: cursorText({ control, traffic: day.traffic, conversations: projectedTo() }),
        time: isoOf(now()),
        version: config.version,
        gateway_id: gatewayId,
        session_until: session ? isoOf(session.expiresAtMs) : null,
        pulse: live.pulse() ?? null,
        actors,
        keys_today: presentKeyDays(day.keyCounts, day.keyHours),
        minutes: day.minutes.map(presentMinute),
        requests: day.requests.map(presentRequest),
        tool_calls: day.toolCalls.map(presentToolCall),
        events: await eventsBefore(control),
      };
    },
    {
      response: { 200: snapshotSchema, ...problems(401, 403, 503) },
      detail: {
        summary: 'Every actor as it is now, with the one cursor at which /api/live goes on',
        tags: ['History'],
      },
    },
  );
};
