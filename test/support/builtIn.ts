/** The built-in MCP server as the official clients of both lines walk it, each in the same words. */
import type { Client } from '@modelcontextprotocol/client';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { mcpClient } from './mcp.ts';
import { apiOf, loggedIn, type Api } from './api.ts';
import { startProxied, type Proxied } from './proxied.ts';
import { until } from './until.ts';

export const builtInServer = 'claude-api-gateway';
export const builtInTools = [
  'send_message',
  'get_conversations',
  'get_conversation_history',
  'health_check',
];

export type Args = Record<string, unknown>;
export type Told = { progress: number; message?: string | undefined };
type Options = { signal?: AbortSignal; onprogress?: (told: Told) => void };
type Result = { content: { text: string }[]; isError?: boolean; structuredContent?: unknown };

/** What the clients of both lines can do, in one way. */
export const walkerOf = (client: Client | Client1) => ({
  tools: async () => (await (client as Client).listTools()).tools,
  resources: async () => (await (client as Client).listResources()).resources,
  read: async (uri: string) => (await (client as Client).readResource({ uri })).contents,
  async call(name: string, args: Args = {}, options: Options = {}): Promise<Result> {
    const asked = { name, arguments: args };
    const answer =
      client instanceof Client1
        ? await client.callTool(asked, undefined, options)
        : await client.callTool(asked, options);
    return answer as unknown as Result;
  },
  close: () => client.close(),
});
export type Walker = ReturnType<typeof walkerOf>;

export const textOf = (result: Result): string => result.content.map(({ text }) => text).join('');
export const jsonOf = (result: Result) => JSON.parse(textOf(result));

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

type Connect = (url: string, headers: Record<string, string>) => Promise<Walker>;
/** By HTTP, each by its name. */
export const walkers: Readonly<Record<string, Connect>> = {
  'SDK 2 in a session': async (url, headers) => walkerOf(await mcpClient(url, 'legacy', headers)),
  'SDK 2 without a session': async (url, headers) =>
    walkerOf(await mcpClient(url, 'modern', headers)),
  'SDK 1': async (url, headers) => {
    const client = new Client1({ name: 'test', version: '1' });
    const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
    // Its own types are not strict about what may be undefined.
    await client.connect(transport as never);
    return walkerOf(client);
  },
};

export type BuiltInGateway = Proxied & Readonly<{ operator: Api; ready: () => Promise<void> }>;

/** A gateway with the server, two clients (ann, bob) and a password; ready when the server is. */
export async function builtInGateway(
  env: Readonly<Record<string, string>> = {},
): Promise<BuiltInGateway> {
  const gateway = await startProxied({
    keys: { openai: ['k-openai'], anthropic: ['k-anthropic'] },
    env: {
      MCP_BUILT_IN: 'true',
      MCP_API_KEYS: 'sk-ann:ann,sk-bob:bob',
      MIDDLEWARE_PASSWORD: 'a password',
      CLAUDE_MODEL: 'gpt-5',
      ...env,
    },
  });
  const operator = apiOf(gateway.url, await loggedIn(gateway.url, 'a password'));
  const ready = () =>
    until('the built-in server is connected', async () => {
      const { json } = await operator('GET', `/api/mcp/servers/${builtInServer}`);
      return json.connection?.state === 'ready';
    });
  await ready();
  return { ...gateway, operator, ready };
}
