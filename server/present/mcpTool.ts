/** Tools of MCP servers, and what they answer, as REST tells it. */
import { t, type Static } from 'elysia';
import type { Offer } from '../mcp/catalog.ts';
import type { RestAnswer } from '../mcp/call/rest.ts';
import { isObject } from '../mcp/rpc/message.ts';
import { nullable } from './list.ts';

const anyObject = t.Record(t.String(), t.Unknown());

export const offeredToolSchema = t.Object({
  id: t.String({ description: 'its name on /mcp' }),
  number: t.Integer({
    description:
      'its place among all tools, good as an id as long as no tools come or go before it',
  }),
  server: t.String(),
  name: t.String({ description: "the server's own name for it" }),
  description: nullable(t.String()),
  input_schema: anyObject,
  hash: t.String({ description: 'SHA-256 of all that the server says of it' }),
  tool: t.Record(t.String(), t.Unknown(), { description: 'as the server describes it' }),
});

export function presentTool(offer: Offer, number: number): Static<typeof offeredToolSchema> {
  const { server, name: id, own: name, hash, item } = offer;
  const { description, inputSchema } = item;
  return {
    id,
    number,
    server,
    name,
    description: typeof description === 'string' ? description : null,
    input_schema: isObject(inputSchema) ? { ...inputSchema } : {},
    hash,
    tool: { ...item, name },
  };
}

/** The only backend of a server that has no others. */
export const onlyBackend = 'primary';

export const mcpAnswerSchema = t.Object(
  {
    result: t.Array(t.Unknown(), {
      description:
        'of a tool its content, of a resource its contents, of a prompt its messages, or the list',
    }),
    backend: t.String({ description: `"${onlyBackend}" where the server has one only` }),
    response_time: t.Number({ description: 'seconds' }),
    cached: t.Boolean(),
    structured_content: t.Optional(t.Unknown()),
    is_error: t.Optional(t.Boolean({ description: 'of a tool: it says itself that it failed' })),
    description: t.Optional(t.String({ description: 'of a prompt' })),
  },
  { additionalProperties: false },
);

/** @param field Where the result has what was asked for. */
export function presentMcpAnswer(
  { result, backend, isCached, responseTimeS }: RestAnswer,
  field: string,
): Static<typeof mcpAnswerSchema> {
  const found: unknown = result[field];
  const { structuredContent, isError, description } = result;
  return {
    result: Array.isArray(found) ? found : [],
    backend: backend || onlyBackend,
    response_time: responseTimeS,
    cached: isCached,
    ...(structuredContent !== undefined && { structured_content: structuredContent }),
    ...(field === 'content' && { is_error: isError === true }),
    ...(field === 'messages' && typeof description === 'string' && { description }),
  };
}
