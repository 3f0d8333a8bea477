/** What the console asks of MCP servers, their tools and the calls of them. */
import { answerOf, api, ApiProblem } from './api.ts';
import type { Event } from './world.ts';

const server = (id: string) => api.mcp.servers({ id });

export type NewServer = Parameters<typeof api.mcp.servers.post>[0];
export type ChangedServer = Parameters<ReturnType<typeof server>['put']>[0];

export const mcpServers = {
  add: (body: NewServer) => answerOf(api.mcp.servers.post(body)),
  change: (id: string, body: ChangedServer) => answerOf(server(id).put(body)),
  connect: (id: string) => answerOf(server(id).connect.post()),
  disconnect: (id: string) => answerOf(server(id).disconnect.post()),
  remove: (id: string) => answerOf(server(id).delete()),
  /** As it is configured, without its secrets. */
  one: (id: string) => answerOf(server(id).get()),
  tools: (id: string) => answerOf(server(id).tools.get()),
  switchTool: (id: string, tool: string, enabled: boolean) =>
    answerOf(
      server(id)
        .tools({ tool: encodeURIComponent(tool) })
        .put({ enabled }),
    ),
  stderr: (id: string) => answerOf(server(id).stderr.get()),
  changes: (id: string) => answerOf(server(id).changes.get({ query: { limit: 100 } })),
};

/** Something that a server offers, as it describes it. */
export type Offered = Readonly<{
  name: string;
  hash: string;
  item: Readonly<Record<string, unknown>>;
}>;
export type ListName = 'tools' | 'resources' | 'resource_templates' | 'prompts';

/** All that a server offers, also while it is away. */
export async function catalogOf(id: string): Promise<Readonly<Record<ListName, Offered[]>>> {
  const { context } = await answerOf(api.actors({ kind: 'mcp-server' })({ id }).get());
  return context['lists'] as Readonly<Record<ListName, Offered[]>>;
}

export type Tool = Awaited<ReturnType<typeof toolsFrom>>['data'][number];
const toolsFrom = (after: string | undefined) =>
  answerOf(api.mcp.tools.get({ query: { limit: 1_000, ...(after !== undefined && { after }) } }));
const mostPages = 20;

/** Every tool that can be called now. */
export async function allTools(): Promise<readonly Tool[]> {
  const tools: Tool[] = [];
  let after: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const { data, next } = await toolsFrom(after);
    tools.push(...data);
    if (next === null) break;
    after = next;
  }
  return tools;
}

export type ToolAnswer = Awaited<ReturnType<typeof callTool>>;

/** @throws {ApiProblem} also when `signal` ends it. */
export const callTool = (id: string, args: Record<string, unknown>, signal: AbortSignal) =>
  answerOf(
    api.mcp.tools({ id: encodeURIComponent(id) }).execute.post(args, { fetch: { signal } }),
  ).catch((error: unknown) => {
    throw signal.aborted ? new ApiProblem(499, 'CANCELLED', 'You stopped the call.') : error;
  });

export type CallFilter = Readonly<{ server?: string; tool?: string; outcome?: string }>;
type Outcome = 'completed' | 'truncated' | 'cancelled' | 'failed';

/** A page of calls, newest first. */
export function callsOf({ server: of, tool, outcome }: CallFilter, after?: number) {
  const query = {
    limit: 200,
    ...(of !== undefined && { server: of }),
    ...(tool !== undefined && { tool }),
    ...(outcome === 'error' && { is_error: true }),
    ...(outcome !== undefined && outcome !== 'error' && { outcome: outcome as Outcome }),
    ...(after !== undefined && { after }),
  };
  return answerOf(api.mcp.calls.get({ query }));
}

export const callOf = (id: string) => answerOf(api.mcp.calls({ id }).get());

/** What was said in it, where that was recorded. Every look is an event of the audit log. */
export const saidIn = (id: string) => answerOf(api.mcp.calls({ id }).body.get());

/** What happened to servers and to connections to them, newest first. */
export async function mcpEvents(): Promise<readonly Event[]> {
  const of = async (kind: string) =>
    (await answerOf(api.events.get({ query: { kind, order: 'desc', limit: 300 } }))).data;
  const [servers, connections] = await Promise.all([of('mcp-server'), of('mcp-connection')]);
  return [...servers, ...connections].toSorted((one, other) => other.sequence - one.sequence);
}

/** The clients that hold a session of MCP in this gateway process now. */
export const mcpSessions = () => answerOf(api.mcp.sessions.get());
