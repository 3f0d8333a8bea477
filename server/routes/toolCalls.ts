/** Calls of MCP tools, one by one, and how what servers offer has changed. */
import { Elysia, t } from 'elysia';
import { mcpServerKind } from '../../actors/mcpServer/mcpServer.ts';
import { outcome } from '../../events/traffic.ts';
import { clientShownTo } from '../access/viewer.ts';
import { readBodies } from '../bodies/readBodies.ts';
import { findEvents } from '../history/auditLog.ts';
import { assertProjected, findToolCall, trafficPosition } from '../history/requests.ts';
import type { Door } from '../http/door.ts';
import { idParams } from '../http/fields.ts';
import { findActor } from '../http/findActor.ts';
import { Problem, problems } from '../http/problem.ts';
import { cursorText } from '../live/cursor.ts';
import { bodiesSchema, presentBodies } from '../present/body.ts';
import { itemChangeSchema, presentItemChanges } from '../present/itemChange.ts';
import { listOf } from '../present/list.ts';
import { presentToolCall, toolCallSchema } from '../present/toolCall.ts';
import type { Services } from '../services.ts';
import {
  afterQuery,
  defaultLimit,
  given,
  limitQuery,
  spanOf,
  textQuery,
  timeQuery,
} from './query.ts';

const tags = ['MCP servers'];

const notFound = (id: string) =>
  new Problem(404, 'TOOL_CALL_NOT_FOUND', `There is no finished call ${id.slice(0, 80)}.`);

/** Each event of a server's lists may name many items. */
const eventsShown = 100;

export const toolCallRoutes = (services: Services, door: Door) =>
  new Elysia({ name: 'tool-calls' })
    .use(door.plugin)
    .get(
      '/api/mcp/calls',
      async ({ query, caller }) => {
        await assertProjected(services);
        const { server, tool, backend, outcome: ended, is_error: isError, after } = query;
        const client = clientShownTo(caller, query.client);
        // Read before the rows: what is projected in between comes twice rather than not at all.
        const cursor = cursorText(trafficPosition(services));
        const { rows, next } = services.readModels.toolCalls({
          ...given({ client, server, tool, backend, outcome: ended, isError, after }),
          ...spanOf(query),
          limit: query.limit ?? defaultLimit,
        });
        return { data: rows.map(presentToolCall), next, cursor };
      },
      {
        query: t.Object({
          client: textQuery('whose key it was; a client sees its own only'),
          server: textQuery('id of the MCP server'),
          tool: textQuery('under its own name'),
          backend: textQuery('which of several backends of the server'),
          outcome: t.Optional(outcome),
          is_error: t.Optional(t.Boolean({ description: 'what the tool itself says' })),
          from: timeQuery('ended at this time or later'),
          to: timeQuery('ended at this time or earlier'),
          after: afterQuery,
          limit: limitQuery,
        }),
        response: { 200: listOf(toolCallSchema, t.Integer()), ...problems(401, 403, 422, 503) },
        detail: {
          summary: 'Recent calls of tools, newest first',
          description:
            'Under a filter 20,000 calls are looked through for one answer: a page may then hold fewer than asked ' +
            'for, even none, and still name a `next`.',
          tags,
        },
      },
    )
    .get(
      '/api/mcp/calls/:id',
      async ({ params, caller }) => {
        const call = await findToolCall(services, params.id);
        const isTheirs =
          caller.kind === 'operator' || call?.client === clientShownTo(caller, undefined);
        if (!call || !isTheirs) throw notFound(params.id);
        return presentToolCall(call);
      },
      {
        params: idParams,
        response: { 200: toolCallSchema, ...problems(401, 403, 404, 503) },
        detail: { summary: 'One call of a tool', tags },
      },
    )
    .get(
      '/api/mcp/calls/:id/body',
      async ({ params, cause }) => {
        const { request, response } = await readBodies(
          services,
          params.id,
          cause,
          findToolCall,
          notFound,
        );
        // A tool that answered nothing has no answer; a request may have an empty one.
        const isAnswered = response && response.bodyBytes > 0;
        return presentBodies(params.id, { request, response: isAnswered ? response : undefined });
      },
      {
        params: idParams,
        response: {
          200: bodiesSchema,
          ...problems(401, 403, 404, 503),
        },
        detail: {
          summary: 'What a tool was called with and answered, where that was recorded',
          description:
            'Recording is off unless the setting `record_tool_calls` or the client key asks for it. Every look is ' +
            'an event of the audit log.',
          tags,
        },
      },
    )
    .get(
      '/api/mcp/servers/:id/changes',
      async ({ params, query }) => {
        const { id } = findActor(
          services.runtime.of(mcpServerKind),
          params.id,
          'MCP_SERVER_NOT_FOUND',
        );
        const filter = { kind: 'mcp-server', id, type: 'McpServerItemsListed' };
        const limit = Math.min(query.limit ?? defaultLimit, eventsShown);
        const cursor = cursorText({ control: services.runtime.position() });
        const { events, next } = await findEvents(services, {
          filter,
          order: 'desc',
          after: query.after,
          limit,
        });
        return { data: events.flatMap(presentItemChanges), next, cursor };
      },
      {
        params: idParams,
        query: t.Object({
          after: afterQuery,
          limit: limitQuery,
        }),
        response: {
          200: listOf(itemChangeSchema, t.Integer()),
          ...problems(400, 401, 403, 404, 422, 503),
        },
        detail: {
          summary:
            'How the tools, resources and prompts of an MCP server have changed, newest first',
          description:
            'An entry for each thing that came, went or is described in another way, with the hash of what the ' +
            'server said of it before and after. `limit` counts events; one may hold many changes.',
          tags,
        },
      },
    );
