/** MCP over REST: tools, resources and prompts of servers for programs that speak plain HTTP. */
import { Elysia, t } from 'elysia';
import type { Caller } from '../access/callers.ts';
import type { Client } from '../access/clients.ts';
import { isActorId, type ActorId } from '../../events/ids.ts';
import type { Door } from '../http/door.ts';
import { idParams, strict } from '../http/fields.ts';
import { pageOf, pageQuery } from '../http/paging.ts';
import { Problem, problems } from '../http/problem.ts';
import { restCall } from '../mcp/call/rest.ts';
import type { Offer } from '../mcp/catalog.ts';
import { retryAfterOf } from '../mcp/downstream/counted.ts';
import type { Json } from '../mcp/rpc/message.ts';
import { listOf } from '../present/list.ts';
import {
  mcpAnswerSchema,
  offeredToolSchema,
  presentMcpAnswer,
  presentTool,
} from '../present/mcpTool.ts';
import type { Services } from '../services.ts';

const tags = ['MCP'];

/** The words of REST, MCP's own, and where MCP's answer has what was asked for. */
const methods = {
  list_tools: ['tools/list', 'tools'],
  call_tool: ['tools/call', 'content'],
  list_resources: ['resources/list', 'resources'],
  read_resource: ['resources/read', 'contents'],
  list_prompts: ['prompts/list', 'prompts'],
  get_prompt: ['prompts/get', 'messages'],
} as const;
type Method = keyof typeof methods;
const methodNames = Object.keys(methods) as Method[];

const callBody = t.Object(
  {
    method: t.Union(
      methodNames.map((name) => t.Literal(name)),
      { error: `expected ${methodNames.join(', ')}` },
    ),
    params: t.Optional(
      t.Record(t.String(), t.Unknown(), {
        description:
          'call_tool: tool_name (or name) and arguments; read_resource: uri; get_prompt: name and arguments',
      }),
    ),
  },
  strict,
);
const refusals = problems(400, 401, 403, 404, 409, 413, 422, 429, 502, 503, 504);

const clientOf = (caller: Caller): Client | null =>
  caller.kind === 'client' ? caller.client : null;

/** @throws {Problem} for what is missing or no text. */
function textOf(params: Json, ...names: readonly string[]): string {
  const value = names.map((name) => params[name]).find((one) => one !== undefined);
  if (typeof value === 'string' && value !== '') return value;
  throw new Problem(422, 'INVALID_BODY', `body.params.${names[0]}: expected a text`);
}

function argumentsOf({ arguments: given = {} }: Json): Record<string, unknown> {
  if (typeof given === 'object' && given !== null && !Array.isArray(given))
    return given as Record<string, unknown>;
  throw new Problem(422, 'INVALID_BODY', 'body.params.arguments: expected an object');
}

const paramsOf = (method: Method, params: Json): Json => {
  switch (method) {
    case 'call_tool':
      return { name: textOf(params, 'tool_name', 'name'), arguments: argumentsOf(params) };
    case 'get_prompt':
      return { name: textOf(params, 'name', 'prompt_name'), arguments: argumentsOf(params) };
    case 'read_resource':
      return { uri: textOf(params, 'uri') };
    case 'list_tools':
    case 'list_resources':
    case 'list_prompts':
      return {};
    default:
      return method satisfies never;
  }
};

const noTool = (id: string): Problem =>
  new Problem(404, 'TOOL_NOT_FOUND', `There is no MCP tool ${JSON.stringify(id.slice(0, 200))}.`);

export function mcpCallRoutes({ mcp, clients, runtime }: Services, { plugin }: Door) {
  const { catalog, policy, handler } = mcp;

  const serverNamed = (id: string, client: Client | null): ActorId => {
    if (isActorId(id) && catalog.server(id) && policy.allowsServer(client, id)) return id;
    const name = JSON.stringify(id.slice(0, 100));
    throw new Problem(404, 'MCP_SERVER_NOT_FOUND', `There is no MCP server ${name} here.`);
  };

  const numbered = (client: Client | null) =>
    catalog
      .list(null, 'tools')
      .map((offer, index) => ({ id: offer.name, offer, number: index + 1 }))
      .filter(({ offer }) => policy.allowsTool(client, offer));

  /** By its name on /mcp, or by its number. */
  const toolNamed = (id: string, client: Client | null): { offer: Offer; number: number } => {
    const number = /^[1-9]\d{0,5}$/.test(id) ? Number(id) : undefined;
    const offers = catalog.list(null, 'tools');
    const offer = catalog.find(null, 'tools', id) ?? offers[(number ?? 0) - 1];
    if (!offer || !policy.allowsTool(client, offer)) throw noTool(id);
    return { offer, number: offers.indexOf(offer) + 1 };
  };

  /** Counts like a request to a model or to /mcp. */
  const counted = async <Result>(caller: Caller, work: () => Promise<Result>): Promise<Result> => {
    const allowance =
      caller.kind === 'client'
        ? caller.client.allowance
        : caller.kind === 'anyone'
          ? clients.anonymous()
          : null;
    if (allowance === null) return work();
    const refusal = allowance.enter(performance.now());
    try {
      if (refusal === null) return await work();
      const { status, message } = refusal;
      throw new Problem(status, 'TOO_MANY_REQUESTS', message, {
        'retry-after': retryAfterOf(refusal),
      });
    } finally {
      allowance.leave();
    }
  };

  const ask = async (
    caller: Caller,
    server: ActorId,
    method: Method,
    params: Json,
    { signal }: Request,
  ) => {
    const client = clientOf(caller);
    const [mcpMethod, field] = methods[method];
    return counted(caller, async () => {
      const call = { client, view: server, method: mcpMethod, params, signal };
      return presentMcpAnswer(await restCall(handler, call), field);
    });
  };

  return new Elysia({ name: 'mcp-calls' })
    .use(plugin)
    .post(
      '/api/mcp/:server',
      ({ params, body, caller, request }) => {
        const client = clientOf(caller);
        const server = serverNamed(params.server, client);
        const asked = paramsOf(body.method, body.params ?? {});
        if (body.method === 'call_tool') {
          const name = String(asked['name']);
          const offer = catalog.find(server, 'tools', name);
          if (!offer || !policy.allowsTool(client, offer)) throw noTool(name);
        }
        return ask(caller, server, body.method, asked, request);
      },
      {
        params: t.Object({ server: t.String() }),
        body: callBody,
        response: { 200: mcpAnswerSchema, ...refusals },
        detail: {
          summary: 'Ask an MCP server',
          description:
            'By the same rules as /mcp. Names are those of the server. Arguments are compared with the schema of the ' +
            'tool first. `is_error` is true where the tool itself says that it failed.',
          tags,
        },
      },
    )
    .get(
      '/api/mcp/tools',
      ({ query, caller }) =>
        pageOf(
          numbered(clientOf(caller)),
          query,
          ({ offer, number }) => presentTool(offer, number),
          runtime,
        ),
      {
        query: t.Object(pageQuery),
        response: { 200: listOf(offeredToolSchema, t.String()), ...problems(401, 403, 422) },
        detail: { summary: 'All tools of all MCP servers that the caller may use', tags },
      },
    )
    .get(
      '/api/mcp/tools/:id',
      ({ params, caller }) => {
        const { offer, number } = toolNamed(params.id, clientOf(caller));
        return presentTool(offer, number);
      },
      {
        params: idParams,
        response: { 200: offeredToolSchema, ...problems(401, 403, 404) },
        detail: { summary: 'One tool, by its name on /mcp or by its number', tags },
      },
    )
    .post(
      '/api/mcp/tools/:id/execute',
      ({ params, body, caller, request }) => {
        const { offer } = toolNamed(params.id, clientOf(caller));
        const call = { name: offer.own, arguments: body };
        return ask(caller, offer.server, 'call_tool', call, request);
      },
      {
        params: idParams,
        body: t.Record(t.String(), t.Unknown(), { description: 'the arguments' }),
        response: { 200: mcpAnswerSchema, ...refusals },
        detail: { summary: 'Call a tool', tags },
      },
    );
}
