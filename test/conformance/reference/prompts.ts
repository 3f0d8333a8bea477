/** The prompts of the reference server. */
import {
  acceptedContent,
  fromJsonSchema,
  inputRequired,
  type GetPromptResult,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { elicit } from './inputTools.ts';
import { objectSchema, pngBase64 } from './tool.ts';

type Content = GetPromptResult['messages'][number]['content'];

const messages = (...contents: Content[]): GetPromptResult => ({
  messages: contents.map((content) => ({ role: 'user', content })),
});
const text = (words: string): Content => ({ type: 'text', text: words });

function schemaOf<T>(names: Readonly<Record<string, string>>) {
  const properties = Object.entries(names).map(([name, description]) => [
    name,
    { type: 'string', description },
  ]);
  return fromJsonSchema<T>(objectSchema(Object.fromEntries(properties), Object.keys(names)));
}

export function registerPrompts(server: McpServer): void {
  server.registerPrompt('test_simple_prompt', { description: 'Takes nothing' }, async () =>
    messages(text('This is a simple prompt for testing.')),
  );
  server.registerPrompt(
    'test_prompt_with_arguments',
    {
      description: 'Takes two arguments',
      argsSchema: schemaOf<{ arg1: string; arg2: string }>({
        arg1: 'First test argument',
        arg2: 'Second test argument',
      }),
    },
    async ({ arg1, arg2 }) =>
      messages(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    {
      description: 'Holds a resource',
      argsSchema: schemaOf<{ resourceUri: string }>({ resourceUri: 'URI of the resource' }),
    },
    async ({ resourceUri: uri }) =>
      messages(
        {
          type: 'resource',
          resource: { uri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
        },
        text('Please process the embedded resource above.'),
      ),
  );
  server.registerPrompt('test_prompt_with_image', { description: 'Holds an image' }, async () =>
    messages(
      { type: 'image', data: pngBase64, mimeType: 'image/png' },
      text('Please analyze the image above.'),
    ),
  );
  server.registerPrompt(
    'test_input_required_result_prompt',
    { description: 'Asks for input first' },
    async (only) => {
      // Without arguments the context is what comes first; the types know the other form alone.
      const { mcpReq } = only as ServerContext;
      const given = acceptedContent<{ context: string }>(mcpReq.inputResponses, 'user_context');
      if (typeof given?.context === 'string')
        return messages(text(`Use the following context: ${given.context}`));
      const question = elicit('What context should the prompt use?', {
        context: { type: 'string' },
      });
      return inputRequired({ inputRequests: { user_context: question } });
    },
  );
}
