/** An MCP server on stdio whose process ends by itself after 10 to 25 s, in the middle of whatever it does. */
import { McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';

const shortestLifeMs = 10_000;
const lifeSpreadMs = 15_000;

const server = new McpServer({ name: 'crashing', version: '1.0.0' });
server.registerTool(
  'bell',
  { description: 'Rings the bell', annotations: { readOnlyHint: true } },
  async () => {
    await Bun.sleep(5);
    return { content: [{ type: 'text', text: 'ding' }] };
  },
);
await server.connect(new StdioServerTransport());

setTimeout(
  () => {
    process.stderr.write('crashing: the boiler burst\n');
    process.exit(70);
  },
  shortestLifeMs + Math.random() * lifeSpreadMs,
);
