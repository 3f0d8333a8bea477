/** Which conversations there are. */
import { Elysia, t } from 'elysia';
import { listConversations } from '../conversations/listing.ts';
import { ownerOf } from '../conversations/viewers.ts';
import { clientShownTo } from '../access/viewer.ts';
import type { Door } from '../http/door.ts';
import { cursorText } from '../live/cursor.ts';
import { conversationItemSchema, presentConversationItem } from '../present/conversationItem.ts';
import { listOf } from '../present/list.ts';
import { problems } from '../http/problem.ts';
import type { Services } from '../services.ts';
import { defaultLimit, given, limitQuery, sequenceQuery, textQuery } from './query.ts';

export const conversationListRoutes = (services: Services, { plugin }: Door) =>
  new Elysia({ name: 'conversation-list' }).use(plugin).get(
    '/api/conversations',
    async ({ query, caller }) => {
      const { model, archived, after, title, limit = defaultLimit } = query;
      const control = services.runtime.position();
      const { data, next, lastSequence } = await listConversations(services, {
        ...given({ owner: clientShownTo(caller, query.owner), model, archived, after, title }),
        titlesOf: ownerOf(caller),
        limit,
      });
      const cursor = cursorText({ control, conversations: lastSequence });
      return { data: data.map(presentConversationItem), next, cursor };
    },
    {
      query: t.Object({
        title: textQuery('part of the title, in any case'),
        model: textQuery('asked for or answering in any of its turns'),
        owner: textQuery('whose they are, for an operator; a client sees its own only'),
        archived: t.Optional(t.Boolean({ description: 'only those put away, or only the others' })),
        after: sequenceQuery('`next` of the page before'),
        limit: limitQuery,
      }),
      response: {
        200: listOf(conversationItemSchema, t.Integer()),
        ...problems(401, 403, 422, 503),
      },
      detail: {
        summary: 'Conversations, the one in which something happened last first',
        description:
          'Titles are encrypted like all that is said: an operator is shown those of its own conversations only, and ' +
          'a search by title looks through 1,000 conversations for one answer: a page may then hold fewer than asked ' +
          'for, even none, and still name a `next`.',
        tags: ['Conversations'],
      },
    },
  );
