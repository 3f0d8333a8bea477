/** What the built-in server offers, as it says of itself. */
import { Type as t, type Static, type TSchema } from '@sinclair/typebox';
import type { Json } from '../rpc/message.ts';
import { builtInName } from './name.ts';

export const metricsUri = `mcp://${builtInName}/metrics`;

const nullable = <Of extends TSchema>(of: Of) => t.Union([of, t.Null()]);
const accessToken = t.Optional(
  t.String({
    description: 'A client key of the gateway; not needed where the connection itself has one',
  }),
);
const time = t.String({ format: 'date-time' });

const message = t.Object({
  access_token: accessToken,
  message: t.String({ minLength: 1 }),
  conversation_id: t.Optional(
    t.String({ minLength: 1, description: 'To go on with; without it a conversation begins' }),
  ),
  model: t.Optional(t.String({ minLength: 1, maxLength: 200 })),
  max_tokens: t.Optional(t.Integer({ minimum: 1, maximum: 10_000_000 })),
  temperature: t.Optional(t.Number({ minimum: 0, maximum: 2 })),
  system_prompt: t.Optional(
    t.String({
      description: 'Of a conversation that begins for all of it, else for this message alone',
    }),
  ),
});

const answer = t.Object({
  success: t.Boolean(),
  data: t.Object({
    conversation_id: t.String(),
    message_id: t.String(),
    content: t.String(),
    model: t.String(),
    usage: nullable(t.Object({ input_tokens: t.Integer(), output_tokens: t.Integer() })),
  }),
});

const conversation = t.Object({
  id: t.String(),
  title: t.String(),
  created_at: time,
  updated_at: time,
  message_count: t.Integer(),
  is_active: t.Boolean(),
});

const said = t.Object({
  id: t.String(),
  role: t.Union([t.Literal('user'), t.Literal('assistant')]),
  content: t.String(),
  timestamp: time,
  token_count: t.Integer(),
  model_used: t.String(),
});

const health = t.Object({
  status: t.Union([t.Literal('healthy'), t.Literal('degraded')]),
  version: t.String(),
  timestamp: time,
  failing: t.Array(t.String()),
});

export type Answer = Static<typeof answer>;
export type ListedConversation = Static<typeof conversation>;
export type SaidMessage = Static<typeof said>;
export type Health = Static<typeof health>;

export const inputs = {
  send_message: message,
  get_conversations: t.Object({
    access_token: accessToken,
    limit: t.Optional(t.Integer({ minimum: 1, maximum: 200, default: 50 })),
    offset: t.Optional(t.Integer({ minimum: 0, maximum: 10_000, default: 0 })),
  }),
  get_conversation_history: t.Object({
    access_token: accessToken,
    conversation_id: t.String({ minLength: 1 }),
  }),
  health_check: t.Object({}),
};
export type ToolName = keyof typeof inputs;
export type InputOf<Name extends ToolName> = Static<(typeof inputs)[Name]>;

/** A bare list is no structured content; clients that know this word of FastMCP's take the list out again. */
const wrapped = (list: Json): Json => ({
  type: 'object',
  properties: { result: list },
  required: ['result'],
  'x-fastmcp-wrap-result': true,
});

const reading = { readOnlyHint: true, openWorldHint: false };
const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

const tool = (name: ToolName, outputSchema: unknown, more: Json): Json =>
  asJson({ name, ...more, inputSchema: inputs[name], outputSchema });

export const tools: readonly Json[] = [
  tool('send_message', answer, {
    title: 'Send a message to a model',
    description:
      'Sends a message to a language model and returns its answer. The gateway keeps the conversation: name its conversation_id to go on with it. Progress brings the text while the model writes.',
    annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: true },
  }),
  tool('get_conversations', wrapped(t.Array(conversation)), {
    title: 'List conversations',
    description: 'Your conversations, the newest first.',
    annotations: reading,
  }),
  tool('get_conversation_history', wrapped(t.Array(said)), {
    title: 'Read a conversation',
    description: 'All messages of one of your conversations, in order.',
    annotations: reading,
  }),
  tool('health_check', health, {
    title: 'Check the gateway',
    description: 'Whether the gateway can work, and what keeps it from working.',
    annotations: reading,
  }),
];

export const resources: readonly Json[] = [
  {
    uri: metricsUri,
    name: 'metrics',
    title: 'Usage of the gateway',
    description: 'Users, conversations, messages and requests of the last 24 hours.',
    mimeType: 'application/json',
  },
];

export const instructions =
  'Talk to language models through this gateway, which remembers conversations: send_message begins one and returns its conversation_id, to be named in the next message.';
