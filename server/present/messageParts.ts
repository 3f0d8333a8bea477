/** The parts of a message between the API, whose names are snake_case, and the neutral form. */
import { t, type Static } from 'elysia';
import type { ContentPart, MessagePart, NeutralTool } from '../../events/neutralMessage.ts';
import { snakeCase } from './snakeCase.ts';

const strict = { additionalProperties: false } as const;
const media = t.Union([t.Literal('image'), t.Literal('file')]);
const optionalName = t.Optional(t.String({ maxLength: 200 }));

const contentPart = t.Union([
  t.Object({ type: t.Literal('text'), text: t.String() }, strict),
  t.Object(
    {
      type: media,
      media_type: t.String(),
      data: t.String({ description: 'base64' }),
      name: optionalName,
    },
    strict,
  ),
  t.Object(
    { type: media, url: t.String(), media_type: t.Optional(t.String()), name: optionalName },
    strict,
  ),
]);

const toolResultPart = t.Object(
  {
    type: t.Literal('tool_result'),
    call_id: t.String(),
    name: optionalName,
    content: t.Union([t.String(), t.Array(contentPart)]),
    is_error: t.Optional(t.Boolean()),
  },
  strict,
);

/** What a client says: a text, or parts. */
export const saidContent = t.Union(
  [
    t.String({ minLength: 1 }),
    t.Array(t.Union([contentPart, toolResultPart]), { minItems: 1, maxItems: 1_000 }),
  ],
  {
    error:
      'a text, or a list of parts: {"type": "text", "text"}, {"type": "image" or "file", "media_type", "data" or "url"}, {"type": "tool_result", "call_id", "content"}',
  },
);

export const offeredTools = t.Array(
  t.Object(
    {
      name: t.String({ minLength: 1, maxLength: 200 }),
      description: t.Optional(t.String()),
      input_schema: t.Record(t.String(), t.Unknown()),
    },
    strict,
  ),
  { maxItems: 1_000 },
);

type Content = Static<typeof contentPart>;

function neutralContent(part: Content): ContentPart {
  if (part.type === 'text') return part;
  const { type, name } = part;
  const named = name === undefined ? {} : { name };
  if ('data' in part) return { type, mediaType: part.media_type, data: part.data, ...named };
  const mediaType = part.media_type;
  return { type, url: part.url, ...(mediaType !== undefined && { mediaType }), ...named };
}

export function neutralParts(content: Static<typeof saidContent>): MessagePart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((part): MessagePart => {
    if (part.type !== 'tool_result') return neutralContent(part);
    const { call_id: callId, name, content: result, is_error: isError } = part;
    return {
      type: 'toolResult',
      callId,
      content:
        typeof result === 'string' ? [{ type: 'text', text: result }] : result.map(neutralContent),
      ...(name !== undefined && { name }),
      ...(isError !== undefined && { isError }),
    };
  });
}

export const neutralTools = (tools: Static<typeof offeredTools>): NeutralTool[] =>
  tools.map(({ name, description, input_schema: inputSchema }) => ({
    name,
    inputSchema,
    ...(description !== undefined && { description }),
  }));

/** Names only: what a tool was called with is somebody else's JSON. */
export function presentParts(parts: readonly MessagePart[]): Record<string, unknown>[] {
  return parts.map((part) => {
    const entries = Object.entries(part).map(([key, value]: [string, unknown]) => [
      snakeCase(key),
      key === 'content' && part.type === 'toolResult' ? presentParts(part.content) : value,
    ]);
    return { ...Object.fromEntries(entries), type: snakeCase(part.type) };
  });
}
