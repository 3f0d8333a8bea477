/** Totals of requests, tokens, cost, errors and calls of tools. */
import { Elysia, t } from 'elysia';
import type { Door } from '../http/door.ts';
import { isoOf } from '../present/list.ts';
import {
  groupsFor,
  presentStats,
  statsGroups,
  statsRowSchema,
  totalsSchema,
} from '../present/stats.ts';
import { problems } from '../http/problem.ts';
import { assertProjected } from '../history/requests.ts';
import type { Services } from '../services.ts';
import { clientShownTo } from '../access/viewer.ts';
import { given, timeOf, timeQuery } from './query.ts';

const dayOf = (name: string, text: string | undefined): string | undefined => {
  const timeMs = timeOf(name, text);
  return timeMs === undefined ? undefined : isoOf(timeMs).slice(0, 10);
};

export const statsRoutes = (services: Services, door: Door) =>
  new Elysia({ name: 'stats' }).use(door.plugin).get(
    '/api/stats',
    async ({ query: { group = 'day', ...query }, caller }) => {
      await assertProjected(services);
      const from = dayOf('from', query.from);
      const to = dayOf('to', query.to);
      const client = clientShownTo(caller, query.client);
      const { readModels } = services;
      const span = given({ from, to, client });
      const { ofRequests, ofTools } = groupsFor(group);
      const requests = readModels.stats({ ...span, groupBy: ofRequests });
      const tools = readModels.toolStats({ ...span, groupBy: ofTools });
      return presentStats(group, requests, tools);
    },
    {
      query: t.Object({
        group: t.Optional(
          t.UnionEnum(statsGroups, {
            default: 'day',
            error: `group is one of ${statsGroups.join(', ')}`,
          }),
        ),
        from: timeQuery('the UTC day with this time, or a later one'),
        to: timeQuery('the UTC day with this time, or an earlier one'),
        client: t.Optional(
          t.String({ maxLength: 200, description: 'a client sees its own totals only' }),
        ),
      }),
      response: {
        200: t.Object({ data: t.Array(statsRowSchema), totals: totalsSchema }),
        ...problems(401, 403, 422, 503),
      },
      detail: {
        summary: 'Requests, failures, tokens, cost and calls of tools, grouped',
        description: 'Kept for ever, by UTC day; `data` is ordered by its group.',
        tags: ['History'],
      },
    },
  );
