/** What the console begins with. */
import { Elysia } from 'elysia';
import type { AnyMachineSnapshot } from 'xstate';
import type { AnyActorKind } from '../../actors/runtime/actorKind.ts';
import type { Door } from '../http/door.ts';
import { trafficPosition } from '../history/requests.ts';
import { kinds } from '../kinds.ts';
import { cursorText } from '../live/cursor.ts';
import { isoOf } from '../present/list.ts';
import { presentSnapshotActor, snapshotSchema } from '../present/snapshot.ts';
import { presentKeyDays, presentMinute } from '../present/recentCounts.ts';
import { problems } from '../http/problem.ts';
import type { Services } from '../services.ts';

const dayMs = 24 * 60 * 60 * 1_000;

/** Closed days and logins are history, not something that is. */
const past = new Set(['day', 'operator']);

export const snapshotRoutes = (services: Services, { plugin }: Door) => {
  const { config, gatewayId, live, now, readModels, runtime } = services;

  const actorsOf = (kind: AnyActorKind) =>
    [...runtime.of(kind).all()].map(({ id, sequence, state }) =>
      presentSnapshotActor(kind.kind, id, sequence, state as AnyMachineSnapshot),
    );
  const actorsNow = () =>
    kinds
      .filter(({ kind }) => !past.has(kind))
      .flatMap(actorsOf)
      .filter(({ status, sequence }) => sequence > 0 && status !== 'removed');

  const keysToday = () => {
    const day = isoOf(now()).slice(0, 10);
    return presentKeyDays(
      readModels.keyCounts(day),
      readModels.keyHours(Date.parse(`${day}T00:00:00Z`)),
    );
  };

  return new Elysia({ name: 'snapshot' }).use(plugin).get(
    '/api/snapshot',
    ({ caller }) => {
      // Before anything is read: what changes meanwhile is then in the stream after it.
      const cursor = cursorText(trafficPosition(services));
      const session = caller.kind === 'operator' ? caller.session : null;
      return {
        cursor,
        time: isoOf(now()),
        version: config.version,
        gateway_id: gatewayId,
        session_until: session ? isoOf(session.expiresAtMs) : null,
        pulse: live.pulse() ?? null,
        actors: actorsNow(),
        keys_today: keysToday(),
        minutes: readModels.minutes(now() - dayMs).map(presentMinute),
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
