/** The cheapest MCP server there is, as a program of its own: with `stdio` on stdout, else over HTTP for whoever started it. */
import { createInterface } from 'node:readline';

type Message = Readonly<{
  id?: string | number;
  method?: string;
  params?: Readonly<{ arguments?: Readonly<{ message?: string }> }>;
}>;

const initialized = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'echo', version: '1' },
};
const schema = { type: 'object', properties: { message: { type: 'string' } } };
const tools = [{ name: 'echo', description: 'Says it again', inputSchema: schema }];

/** Undefined for what wants no answer. */
function answerTo({ id, method, params }: Message): string | undefined {
  if (id === undefined || method === undefined) return undefined;
  const answered = (result: object) => JSON.stringify({ jsonrpc: '2.0', id, result });
  switch (method) {
    case 'initialize':
      return answered(initialized);
    case 'ping':
      return answered({});
    case 'tools/list':
      return answered({ tools });
    case 'tools/call':
      return answered({ content: [{ type: 'text', text: params?.arguments?.message ?? '' }] });
    default: {
      const error = { code: -32601, message: 'Method not found' };
      return JSON.stringify({ jsonrpc: '2.0', id, error });
    }
  }
}

function serveStdio(): void {
  createInterface({ input: process.stdin }).on('line', (line) => {
    const answer = answerTo(JSON.parse(line) as Message);
    if (answer !== undefined) process.stdout.write(`${answer}\n`);
  });
}

function serveHttp(): void {
  const headers = { 'content-type': 'application/json' };
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    async fetch(request) {
      if (request.method !== 'POST') return new Response(null, { status: 405 });
      const answer = answerTo((await request.json()) as Message);
      return answer === undefined
        ? new Response(null, { status: 202 })
        : new Response(answer, { headers });
    },
  });
  process.send?.({ port: server.port });
  process.on('disconnect', () => process.exit(0));
}

if (process.argv[2] === 'stdio') serveStdio();
else serveHttp();
