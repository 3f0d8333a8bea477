/** The tools of one MCP server, and which of them clients have. */
import { Elysia, t } from 'elysia';
import { mcpServerKind } from '../../actors/mcpServer/mcpServer.ts';
import { isToolKnown, isToolOn } from '../../actors/mcpServer/toolSwitches.ts';
import type { Door } from '../http/door.ts';
import { idParams, strict } from '../http/fields.ts';
import { findActor } from '../http/findActor.ts';
import { Problem, problems } from '../http/problem.ts';
import { exposedName } from '../mcp/names.ts';
import type { Services } from '../services.ts';

const tags = ['MCP servers'];

const mcpToolSchema = t.Object({
  name: t.String(),
  id: t.String({ description: 'its name on /mcp' }),
  enabled: t.Boolean(),
  hash: t.String({ description: 'SHA-256 of all that the server says of it' }),
  tool: t.Record(t.String(), t.Unknown(), { description: 'as the server describes it' }),
});

const switchSchema = t.Object({ name: t.String(), enabled: t.Boolean() });

export function mcpServerToolRoutes({ runtime }: Services, { plugin }: Door) {
  const actors = runtime.of(mcpServerKind);
  const find = (id: string) => findActor(actors, id, 'MCP_SERVER_NOT_FOUND');

  return new Elysia({ name: 'mcp-server-tools' })
    .use(plugin)
    .get(
      '/api/mcp/servers/:id/tools',
      ({ params }) => {
        const { id, state } = find(params.id);
        const { context } = state;
        return {
          data: context.lists.tools.map(({ name, hash, item }) => ({
            name,
            id: exposedName(id, name),
            enabled: isToolOn(context, name),
            hash,
            tool: { ...item },
          })),
        };
      },
      {
        params: idParams,
        response: {
          200: t.Object({ data: t.Array(mcpToolSchema) }),
          ...problems(400, 401, 403, 404),
        },
        detail: { summary: 'The tools of an MCP server, also while it is away', tags },
      },
    )
    .put(
      '/api/mcp/servers/:id/tools/:tool',
      async ({ params, body, cause }) => {
        const { tool } = params;
        const { id, state: before } = find(params.id);
        if (!isToolKnown(before.context, tool))
          throw new Problem(404, 'TOOL_NOT_FOUND', 'The MCP server offers no such tool.');
        const command = { type: 'SwitchMcpTool', tool, isEnabled: body.enabled } as const;
        const { state } = await actors.ask(id, command, cause);
        return { name: tool, enabled: isToolOn(state.context, tool) };
      },
      {
        params: t.Object({
          ...idParams.properties,
          tool: t.String({ minLength: 1, description: "the server's own name of it" }),
        }),
        body: t.Object({ enabled: t.Boolean() }, strict),
        response: { 200: switchSchema, ...problems(400, 401, 403, 404, 422, 503) },
        detail: {
          summary: 'Switch one tool of an MCP server on or off',
          description:
            'What is off no client sees or calls. It holds until it is switched again, whatever `disabled_tools` ' +
            'says, and wherever the server is configured.',
          tags,
        },
      },
    );
}
