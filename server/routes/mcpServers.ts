/** MCP servers: how they are reached, whether they are, and what they offer. */
import { Elysia, t, type Static } from 'elysia';
import { mcpServerKind } from '../../actors/mcpServer/mcpServer.ts';
import type { ActorId } from '../../events/ids.ts';
import type { McpServerSettings } from '../../events/mcpServer.ts';
import type { Door } from '../http/door.ts';
import { idParams, nameField, strict } from '../http/fields.ts';
import { findActor } from '../http/findActor.ts';
import { pageOf, pageQuery } from '../http/paging.ts';
import { Problem, problems } from '../http/problem.ts';
import { changedFields, completed } from '../mcp/config/unchanged.ts';
import { BadServer, writtenFields, writtenServer } from '../mcp/config/written.ts';
import { listOf } from '../present/list.ts';
import { mcpBackendSchema, presentMcpBackend } from '../present/mcpBackend.ts';
import {
  listFaultSchema,
  mcpConnectionSchema,
  mcpServerSchema,
  presentListFault,
  presentMcpConnection,
  presentMcpServer,
} from '../present/mcpServer.ts';
import type { Services } from '../services.ts';
import { mcpServerToolRoutes } from './mcpServerTools.ts';

const tags = ['MCP servers'];
const changed = t.Object(changedFields, strict);
const newServer = t.Object({ name: nameField, ...writtenFields }, strict);

const problemOf = (error: unknown): unknown =>
  error instanceof BadServer ? new Problem(422, 'INVALID_BODY', `body: ${error.message}`) : error;

const reachedSchema = t.Object({
  ...mcpConnectionSchema.properties,
  backends: t.Optional(
    t.Array(mcpBackendSchema, { description: 'of a server that is reached through backends' }),
  ),
  list_faults: t.Array(listFaultSchema, {
    description: 'lists that could not be read, or not whole; what is known of them stays',
  }),
});

export function mcpServerRoutes(services: Services, door: Door) {
  const { runtime, mcp, config, breakers, vault } = services;
  const actors = runtime.of(mcpServerKind);
  const { servers, connections, backends } = mcp;

  const find = (id: string) => findActor(actors, id, 'MCP_SERVER_NOT_FOUND');
  const shown = (id: ActorId) => presentMcpServer(id, find(id).state, connections.stateOf(id));

  const reached = (id: ActorId) => {
    const all = backends.of(id);
    return {
      ...presentMcpConnection(connections.stateOf(id)),
      ...(all && {
        backends: all.map((one) => presentMcpBackend(one, backends.members, breakers)),
      }),
      list_faults: mcp.listFaults(id).map(presentListFault),
    };
  };

  /** @throws {Problem} for what cannot be, and for a program where nobody has to show a password to name one. */
  const checked = (body: unknown) => {
    try {
      const server = writtenServer(body);
      if (server.transport === 'stdio' && config.password === null) {
        throw new Problem(
          403,
          'COMMANDS_NEED_PASSWORD',
          'Set MIDDLEWARE_PASSWORD to start programs by API, or name the server in MCP_CONFIG_PATH.',
        );
      }
      return server;
    } catch (error) {
      throw problemOf(error);
    }
  };

  /** @throws {Problem} */
  const whole = async (body: Static<typeof changed>, settings: McpServerSettings) => {
    try {
      return await completed(body, settings, vault);
    } catch (error) {
      throw problemOf(error);
    }
  };

  return new Elysia({ name: 'mcp-servers' })
    .use(door.plugin)
    .use(mcpServerToolRoutes(services, door))
    .get(
      '/api/mcp/servers',
      ({ query }) => {
        const present = [...actors.all()].filter(({ state }) => state.value !== 'removed');
        return pageOf(present, query, ({ id }) => shown(id), runtime);
      },
      {
        query: t.Object(pageQuery),
        response: { 200: listOf(mcpServerSchema, t.String()), ...problems(401, 403, 422) },
        detail: { summary: 'All MCP servers', tags },
      },
    )
    .get('/api/mcp/servers/:id', ({ params }) => shown(find(params.id).id), {
      params: idParams,
      response: { 200: mcpServerSchema, ...problems(400, 401, 403, 404) },
      detail: { summary: 'One MCP server', tags },
    })
    .post(
      '/api/mcp/servers',
      async ({ body: { name, ...rest }, cause, status }) => {
        const id = await servers.add(name, checked(rest), 'api', cause);
        return status(201, shown(id));
      },
      {
        body: newServer,
        response: { 201: mcpServerSchema, ...problems(400, 401, 403, 409, 422, 503) },
        detail: {
          summary: 'Add an MCP server and connect to it',
          description:
            "The fields are those of Claude's `mcpServers`. Values of env and headers, what looks secret in args and " +
            'url goes to the vault and is not shown again. `${VAR}` is filled in for servers of the file only.',
          tags,
        },
      },
    )
    .put(
      '/api/mcp/servers/:id',
      async ({ params, body, cause }) => {
        const { id, state } = find(params.id);
        const server = checked(await whole(body, state.context.settings));
        await servers.change(id, server, 'api', cause);
        const type = server.isEnabled ? 'EnableMcpServer' : 'DisableMcpServer';
        await actors.ask(id, { type }, cause);
        return shown(id);
      },
      {
        params: idParams,
        body: changed,
        response: { 200: mcpServerSchema, ...problems(400, 401, 403, 404, 422, 503) },
        detail: {
          summary: 'Give an MCP server another configuration, whole',
          description:
            'What is not shown stays as it is where it is written as null, and an url where it is written as it is ' +
            'shown; unless the program or the host is another one.',
          tags,
        },
      },
    )
    .delete(
      '/api/mcp/servers/:id',
      async ({ params, cause, set }) => {
        await actors.ask(find(params.id).id, { type: 'RemoveMcpServer' }, cause);
        set.status = 204;
      },
      {
        params: idParams,
        response: { 204: t.Void(), ...problems(400, 401, 403, 404, 422, 503) },
        detail: {
          summary: 'Remove an MCP server, with its secrets',
          description: 'One that is a part of the gateway can only be switched off.',
          tags,
        },
      },
    )
    .post(
      '/api/mcp/servers/:id/connect',
      async ({ params, cause }) => {
        const { id } = find(params.id);
        await actors.ask(id, { type: 'AskForConnection' }, cause);
        return shown(id);
      },
      {
        params: idParams,
        response: { 200: mcpServerSchema, ...problems(400, 401, 403, 404, 422, 503) },
        detail: { summary: 'Switch it on, and connect anew in every gateway now', tags },
      },
    )
    .post(
      '/api/mcp/servers/:id/disconnect',
      async ({ params, cause }) => {
        const { id } = find(params.id);
        await actors.ask(id, { type: 'DisableMcpServer' }, cause);
        return shown(id);
      },
      {
        params: idParams,
        response: { 200: mcpServerSchema, ...problems(400, 401, 403, 404, 503) },
        detail: { summary: 'Switch it off, and end its connections', tags },
      },
    )
    .get('/api/mcp/servers/:id/status', ({ params }) => reached(find(params.id).id), {
      params: idParams,
      response: { 200: reachedSchema, ...problems(400, 401, 403, 404) },
      detail: { summary: "This process's connection to an MCP server", tags },
    })
    .get(
      '/api/mcp/servers/:id/stderr',
      ({ params }) => ({ data: mcp.stderr.of(find(params.id).id) }),
      {
        params: idParams,
        response: {
          200: t.Object({ data: t.Array(t.String({ description: 'a line, oldest first' })) }),
          ...problems(400, 401, 403, 404),
        },
        detail: {
          summary: 'What an MCP server wrote for people',
          description:
            'The last 64 kB that its programs wrote on stderr in this gateway process, without secrets; what they ' +
            'wrote on stdout by mistake begins with `[stdout]`.',
          tags,
        },
      },
    );
}
