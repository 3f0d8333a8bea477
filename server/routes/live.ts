/** The live stream over HTTP. */
import { Elysia, t } from 'elysia';
import { originalOf } from '../http/aliases.ts';
import type { Door } from '../http/door.ts';
import { parseCursor } from '../live/cursor.ts';
import { Problem, problems } from '../http/problem.ts';
import type { Services } from '../services.ts';
import { given, textQuery } from './query.ts';

const headers = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // nginx would gather the events otherwise.
  'x-accel-buffering': 'no',
};

const secondsToTakeTheRest = 3;

export const liveRoutes = ({ live }: Pick<Services, 'live'>, door: Door) =>
  new Elysia({ name: 'live' }).use(door.plugin).get(
    '/api/live',
    async ({ query, request, server }) => {
      const { kind, id, client, provider, key, server: mcpServer, tool } = query;
      const connection = originalOf(request);
      // A browser sends the header when it comes back; the address still says where it began.
      const cursor = request.headers.get('last-event-id') || query.after;
      const parsed = cursor === undefined ? undefined : parseCursor(cursor);
      if (cursor !== undefined && !parsed) {
        const detail =
          'Last-Event-ID, query.after: a cursor looks like c12-t34-v56, c12-t34 or c12';
        throw new Problem(422, 'INVALID_CURSOR', detail);
      }
      const types = query.types?.split(',').map((type) => type.trim()) ?? [];
      const stream = await live.open({
        cursor: parsed,
        filter: {
          ...given({ kind, id, client, provider, key, server: mcpServer, tool }),
          types: new Set(types.filter((type) => type !== '')),
        },
        signal: connection.signal,
        // A reader that takes nothing must not hold on to its connection, nor the gateway's stop to it.
        onEnd: () => server?.timeout(connection, secondsToTakeTheRest),
      });
      server?.timeout(connection, 0);
      return new Response(stream, { headers });
    },
    {
      query: t.Object({
        after: textQuery('a cursor; without one the stream begins now'),
        kind: textQuery('transitions of this kind of actor only'),
        id: textQuery('transitions of this actor only'),
        client: textQuery('requests and calls of tools of this client only'),
        provider: textQuery('requests that this provider answered only'),
        key: textQuery('requests that this provider key answered only'),
        server: textQuery('calls of tools of this MCP server only'),
        tool: textQuery('calls of this tool only'),
        types: textQuery('events of these types only: ProviderKeyRested,RequestFinished'),
      }),
      response: problems(401, 403, 422, 503),
      detail: {
        summary: 'What happens, as it happens: server-sent events',
        description:
          'Events: `hello` {cursor, version, gateway_id, gap}; `transition`, an event as in /api/events with the ' +
          'resulting `status` of its actor where it is known, also those of conversations, without what was said; `request`, as in /api/logs; `tool_call`, as in ' +
          '/api/mcp/calls; `totals` {requests, failures, input_tokens, output_tokens, tool_calls, tool_failures, ' +
          'not_shown, hidden}, `hidden` being those of the second that were not shown; `pulse`, how the gateway is, with ' +
          'every heartbeat. Every transition comes, none twice. Without a filter ' +
          'requests and calls come one by one up to 200 a second; a second with more ends with its totals. With a filter all ' +
          'that fit come; `kind` and `id` choose transitions, `client`, `provider` and `key` requests, `client`, `server` and `tool` calls; a filter ' +
          'of one sort leaves out the other, and `totals` and `pulse`. `id:` is the cursor: `Last-Event-ID` resumes there without a gap; of what a cursor leaves out (`-t` requests and ' +
          'calls, `-v` conversations) only what comes from now on is sent. ' +
          '`gap` in `hello` says that something before the cursor is not sent: read the lists again. A comment ' +
          'comes every 10 s; a reader that is too slow is cut off and resumes by its cursor.',
        tags: ['History'],
      },
    },
  );
