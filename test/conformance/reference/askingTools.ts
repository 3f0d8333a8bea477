/** Tools that ask the client in the middle of a call, as servers of sessions do. */
import type { ServerContext } from '@modelcontextprotocol/server';
import { objectSchema, said, type Tools } from './tool.ts';

type Asked = Readonly<{
  method: 'sampling/createMessage' | 'elicitation/create';
  params: Record<string, unknown>;
}>;

/** What the client answered, or why it did not. */
async function asked(
  ctx: ServerContext,
  request: Asked,
): Promise<Record<string, unknown> & { failure?: string }> {
  try {
    return await ctx.mcpReq.send(request);
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

async function elicited(
  ctx: ServerContext,
  how: string,
  message: string,
  properties: Readonly<Record<string, unknown>>,
  required: readonly string[] = [],
) {
  const requestedSchema = { type: 'object', properties, required };
  const answer = await asked(ctx, {
    method: 'elicitation/create',
    params: { message, requestedSchema },
  });
  const { failure, action, content = {} } = answer;
  return failure === undefined
    ? said(`${how}: action=${String(action)}, content=${JSON.stringify(content)}`)
    : said(`Elicitation failed: ${failure}`);
}

const withDefaults = {
  name: { type: 'string', description: 'User name', default: 'John Doe' },
  age: { type: 'integer', description: 'User age', default: 30 },
  score: { type: 'number', description: 'User score', default: 95.5 },
  status: {
    type: 'string',
    description: 'User status',
    enum: ['active', 'inactive', 'pending'],
    default: 'active',
  },
  verified: { type: 'boolean', description: 'Verification status', default: true },
};

const titled = (word: string, title: string) => [
  { const: `${word}1`, title: `First ${title}` },
  { const: `${word}2`, title: `Second ${title}` },
  { const: `${word}3`, title: `Third ${title}` },
];
const options = ['option1', 'option2', 'option3'];
const many = { type: 'array', minItems: 1, maxItems: 3 };

const everyEnum = {
  untitledSingle: { type: 'string', enum: options },
  titledSingle: { type: 'string', oneOf: titled('value', 'Option') },
  legacyEnum: {
    type: 'string',
    enum: ['opt1', 'opt2', 'opt3'],
    enumNames: ['Option One', 'Option Two', 'Option Three'],
  },
  untitledMulti: { ...many, items: { type: 'string', enum: options } },
  titledMulti: { ...many, items: { anyOf: titled('value', 'Choice') } },
};

const text = { type: 'string' };

export const askingTools: Tools = {
  test_sampling: {
    description: 'Asks the client for a completion',
    schema: objectSchema({ prompt: text }, ['prompt']),
    async run(ctx, { prompt }) {
      const messages = [{ role: 'user', content: { type: 'text', text: prompt } }];
      const answer = await asked(ctx, {
        method: 'sampling/createMessage',
        params: { messages, maxTokens: 100 },
      });
      const { failure, content } = answer as { failure?: string; content?: { text?: string } };
      return failure === undefined
        ? said(`LLM response: ${content?.text ?? 'No response'}`)
        : said(`Sampling failed: ${failure}`);
    },
  },
  test_elicitation: {
    description: 'Asks the user',
    schema: objectSchema({ message: text }, ['message']),
    run: (ctx, { message }) =>
      elicited(
        ctx,
        'User response',
        String(message),
        { response: { type: 'string', description: "User's response" } },
        ['response'],
      ),
  },
  test_elicitation_sep1034_defaults: {
    description: 'Asks the user, with a default for each kind of value',
    schema: objectSchema(),
    run: (ctx) =>
      elicited(ctx, 'Elicitation completed', 'Please review the defaults', withDefaults),
  },
  test_elicitation_sep1330_enums: {
    description: 'Asks the user to choose, in each way that there is',
    schema: objectSchema(),
    run: (ctx) => elicited(ctx, 'Elicitation completed', 'Please select options', everyEnum),
  },
};
