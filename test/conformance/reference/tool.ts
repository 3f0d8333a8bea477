/** How the reference server writes a tool down, and the small pieces that tools are made of. */
import {
  fromJsonSchema,
  type CallToolResult,
  type InputRequiredResult,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';

export type Arguments = Readonly<Record<string, unknown>>;
export type Tool = Readonly<{
  description: string;
  /** JSON Schema as clients shall get it, word for word; a tool without arguments has none. */
  schema?: Readonly<Record<string, unknown>>;
  run(ctx: ServerContext, args: Arguments): Promise<CallToolResult | InputRequiredResult>;
}>;
export type Tools = Readonly<Record<string, Tool>>;

export const pngBase64 =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
export const wavBase64 = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=';

export const said = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] });

export const objectSchema = (
  properties: Readonly<Record<string, unknown>> = {},
  required: readonly string[] = [],
): Record<string, unknown> => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
});

export function registerTools(server: McpServer, tools: Tools): void {
  for (const [name, { description, schema, run }] of Object.entries(tools)) {
    if (!schema) server.registerTool(name, { description }, (ctx) => run(ctx, {}));
    else {
      const inputSchema = fromJsonSchema<Arguments>(schema);
      server.registerTool(name, { description, inputSchema }, (args, ctx) => run(ctx, args));
    }
  }
}
