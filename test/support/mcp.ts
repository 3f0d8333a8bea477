/** MCP in tests: a file of servers, the reference server, and the official clients of both eras. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { testGateway, type TestGateway } from './gateway.ts';
import { until } from './until.ts';

export const everything = {
  command: process.execPath,
  args: [
    join(
      import.meta.dir,
      '../../node_modules/@modelcontextprotocol/server-everything/dist/index.js',
    ),
    'stdio',
  ],
};

export type McpGateway = TestGateway &
  Readonly<{
    /** Writes the file that the gateway watches. */
    configure: (servers: Readonly<Record<string, object>>, more?: object) => Promise<void>;
    /** Resolves once the server's connection is in this state. */
    connected: (server: string, state?: string) => Promise<void>;
  }>;

type Options = Readonly<{
  servers?: Readonly<Record<string, object>>;
  env?: Readonly<Record<string, string>>;
  /** What else the file holds. */
  more?: object;
}>;

export async function mcpGateway({
  servers = {},
  env = {},
  more = {},
}: Options = {}): Promise<McpGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-mcp-'));
  const path = join(folder, 'mcp_config.json');
  const configure = (named: Readonly<Record<string, object>>, beside: object = {}) =>
    writeFile(path, JSON.stringify({ mcpServers: named, ...beside }));
  await configure(servers, more);
  const gateway = await testGateway({ env: { ...env, MCP_CONFIG_PATH: path } });
  const statusOf = async (server: string): Promise<string | undefined> => {
    const response = await fetch(`${gateway.url()}/api/actors/mcp-connection`);
    const { data } = (await response.json()) as { data: { id: string; status: string }[] };
    return data.find(({ id }) => id.startsWith(`${server}-`))?.status;
  };
  return {
    ...gateway,
    configure,
    connected: (server, state = 'ready') =>
      until(`${server} is ${state}`, async () => (await statusOf(server)) === state, 20_000),
    async stop() {
      await gateway.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const identity = { name: 'test', version: '1' };

/** A client of the official SDK; `legacy` keeps a session, `modern` none. */
export async function mcpClient(
  url: string,
  era: 'legacy' | 'modern',
  headers: Readonly<Record<string, string>> = {},
): Promise<Client> {
  const client = new Client(identity, {
    capabilities: {
      roots: { listChanged: true },
      sampling: {},
      elicitation: { form: {}, url: {} },
    },
    ...(era === 'modern' && { versionNegotiation: { mode: { pin: '2026-07-28' } } }),
  });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { ...headers } } }),
  );
  return client;
}
