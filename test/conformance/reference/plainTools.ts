/** Tools that answer by themselves: each kind of content, what comes before an answer, and a schema to be left alone. */
import { setTimeout as wait } from 'node:timers/promises';
import { objectSchema, pngBase64, said, wavBase64, type Tool, type Tools } from './tool.ts';

const stepMs = 50;

const withLogging: Tool = {
  description: 'Logs while it runs',
  schema: objectSchema(),
  async run(ctx) {
    const log = (data: string) =>
      ctx.mcpReq.notify({ method: 'notifications/message', params: { level: 'info', data } });
    await log('Tool execution started');
    await wait(stepMs);
    await log('Tool processing data');
    await wait(stepMs);
    await log('Tool execution completed');
    return said('Tool with logging executed successfully');
  },
};

const withProgress: Tool = {
  description: 'Tells how far it is, where that is asked for',
  schema: objectSchema(),
  async run(ctx) {
    const progressToken = ctx.mcpReq._meta?.progressToken;
    if (progressToken === undefined) return said('no-progress-token');
    for (const progress of [0, 50, 100]) {
      const message = `Completed step ${progress} of 100`;
      await ctx.mcpReq.notify({
        method: 'notifications/progress',
        params: { progressToken, progress, total: 100, message },
      });
      await wait(stepMs);
    }
    return said(String(progressToken));
  },
};

/** Every keyword has to reach the client as it stands here. */
const schema2020 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};

const resource = (uri: string, mimeType: string, text: string) =>
  ({ type: 'resource', resource: { uri, mimeType, text } }) as const;
const image = { type: 'image', data: pngBase64, mimeType: 'image/png' } as const;

export const plainTools: Tools = {
  test_simple_text: {
    description: 'Answers with text',
    run: async () => said('This is a simple text response for testing.'),
  },
  test_image_content: {
    description: 'Answers with an image',
    run: async () => ({ content: [image] }),
  },
  test_audio_content: {
    description: 'Answers with sound',
    run: async () => ({ content: [{ type: 'audio', data: wavBase64, mimeType: 'audio/wav' }] }),
  },
  test_embedded_resource: {
    description: 'Answers with a resource',
    run: async () => ({
      content: [
        resource('test://embedded-resource', 'text/plain', 'This is an embedded resource content.'),
      ],
    }),
  },
  test_multiple_content_types: {
    description: 'Answers with text, an image and a resource',
    run: async () => ({
      content: [
        { type: 'text', text: 'Multiple content types test:' },
        image,
        resource(
          'test://mixed-content-resource',
          'application/json',
          JSON.stringify({ test: 'data', value: 123 }),
        ),
      ],
    }),
  },
  test_error_handling: {
    description: 'Fails',
    async run() {
      throw new Error('This tool intentionally returns an error for testing');
    },
  },
  test_tool_with_logging: withLogging,
  test_tool_with_progress: withProgress,
  test_logging_tool: {
    description: 'Logs for a client that wants to hear it',
    schema: objectSchema(),
    async run(ctx) {
      await ctx.mcpReq.log('info', 'told to those who named a level');
      return said('logged');
    },
  },
  test_streaming_elicitation: {
    description: 'Answers without asking anything',
    schema: objectSchema(),
    run: async () => said('Only results are in this stream.'),
  },
  test_reconnection: {
    description: 'Ends its stream before it answers, so that the client comes back for the answer',
    schema: objectSchema(),
    async run(ctx) {
      ctx.http?.closeSSE?.();
      await wait(2 * stepMs);
      return said('Reconnection test completed successfully.');
    },
  },
  test_x_mcp_header: {
    description: 'Has an argument that is repeated in a header',
    schema: objectSchema({
      region: { type: 'string', 'x-mcp-header': 'Region' },
      level: { type: 'integer' },
    }),
    run: async (_ctx, { region }) =>
      said(`region=${typeof region === 'string' ? region : '<none>'}`),
  },
  json_schema_2020_12_tool: {
    description: 'Its schema uses the words of JSON Schema 2020-12',
    schema: schema2020,
    run: async (_ctx, args) => said(`Called with: ${JSON.stringify(args)}`),
  },
};
