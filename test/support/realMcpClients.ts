/** The MCP clients that people have, each made to do the same: what it can do is a function, what it cannot is missing. */
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

type Args = Record<string, unknown>;

export type RealClient = Readonly<{
  tools: () => Promise<string[]>;
  /** Everything that the answer holds, as text. */
  call: (name: string, args: Args) => Promise<string>;
  read: (uri: string) => Promise<string>;
  prompt: (name: string, args: Record<string, string>) => Promise<string>;
  /** The progress that it was told. */
  progress?: (name: string, args: Args) => Promise<number[]>;
  /** Cancels at the first progress; resolves to what the call ended with. */
  cancel?: (name: string, args: Args) => Promise<string>;
  close: () => Promise<void>;
}>;

type Traits = Readonly<{
  /** A program that starts anew for each question is asked fewer of them. */
  isSlow?: boolean;
  /** With or without us it loses progress that comes together with the answer. */
  losesLast?: boolean;
}>;

const bin = (name: string): string => join(import.meta.dir, '../../node_modules/.bin', name);
const identity = { name: 'matrix', version: '1' };

function ofSdk(client: Client | Client1): RealClient {
  // Both lines say the same with the same words; only their types are not the same.
  const one = client as Client;
  return {
    tools: async () => (await one.listTools()).tools.map(({ name }) => name),
    call: async (name, args) => JSON.stringify(await one.callTool({ name, arguments: args })),
    read: async (uri) => JSON.stringify(await one.readResource({ uri })),
    prompt: async (name, args) => JSON.stringify(await one.getPrompt({ name, arguments: args })),
    async progress(name, args) {
      const told: number[] = [];
      const onprogress = ({ progress }: { progress: number }) => void told.push(progress);
      const asked = { name, arguments: args };
      if (client instanceof Client1) await client.callTool(asked, undefined, { onprogress });
      else await client.callTool(asked, { onprogress });
      return told;
    },
    async cancel(name, args) {
      const controller = new AbortController();
      const onprogress = () => controller.abort('enough of it');
      const options = { signal: controller.signal, onprogress };
      const asked = { name, arguments: args };
      const call =
        client instanceof Client1
          ? client.callTool(asked, undefined, options)
          : client.callTool(asked, options);
      return call.then(
        () => 'answered',
        (error: unknown) => String(error),
      );
    },
    close: () => client.close(),
  };
}

async function sdk2(url: string, era: 'legacy' | 'modern'): Promise<RealClient> {
  const client = new Client(identity, {
    ...(era === 'modern' && { versionNegotiation: { mode: { pin: '2026-07-28' } } }),
  });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  return ofSdk(client);
}

async function sdk1(url: string): Promise<RealClient> {
  const client = new Client1(identity);
  const transport = new Transport1(new URL(url));
  // Its own types do not fit one another under exactOptionalPropertyTypes.
  await client.connect(transport as Parameters<Client1['connect']>[0]);
  return ofSdk(client);
}

/** A program that speaks stdio to its host, and HTTP to us. */
async function mcpRemote(url: string): Promise<RealClient> {
  const client = new Client(identity);
  await client.connect(
    new StdioClientTransport({
      command: bin('mcp-remote'),
      args: [url, '--allow-http', '--transport', 'http-only'],
      stderr: 'ignore',
    }),
  );
  return ofSdk(client);
}

/** A process for each question. */
function inspector(url: string): RealClient {
  const ask = async (method: string, ...more: string[]): Promise<string> => {
    const child = Bun.spawn(
      [
        bin('mcp-inspector'),
        '--cli',
        url,
        '--transport',
        'http',
        '--format',
        'json',
        '--method',
        method,
        ...more,
      ],
      { stdout: 'pipe', stderr: 'pipe' },
    );
    const [said, complained] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    const code = await child.exited;
    if (code !== 0) throw new Error(`the inspector ended with ${code}: ${complained}${said}`);
    return JSON.stringify(JSON.parse(said));
  };
  const pairs = (flag: string, args: Args): string[] =>
    Object.entries(args).flatMap(([name, value]) => [flag, `${name}=${String(value)}`]);
  return {
    async tools() {
      const said = JSON.parse(await ask('tools/list')) as {
        tools?: { name: string }[];
        result?: { tools: { name: string }[] };
      };
      return (said.tools ?? said.result?.tools ?? []).map(({ name }) => name);
    },
    call: (name, args) => ask('tools/call', '--tool-name', name, ...pairs('--tool-arg', args)),
    read: (uri) => ask('resources/read', '--uri', uri),
    prompt: (name, args) =>
      ask('prompts/get', '--prompt-name', name, ...pairs('--prompt-args', args)),
    close: async () => {},
  };
}

export const realClients: readonly Readonly<
  Traits & { name: string; connect: (url: string) => Promise<RealClient> }
>[] = [
  { name: 'SDK 1', connect: sdk1 },
  { name: 'SDK 2, with a session', connect: (url) => sdk2(url, 'legacy') },
  { name: 'SDK 2, without one', connect: (url) => sdk2(url, 'modern') },
  { name: 'mcp-remote', connect: mcpRemote, losesLast: true },
  { name: 'the inspector', connect: async (url) => inspector(url), isSlow: true },
];
