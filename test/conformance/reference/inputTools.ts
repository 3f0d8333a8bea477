/** Tools that answer that they need input, and are called again with it: the way of revision 2026-07-28. */
import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  inputRequired,
  type ClientCapabilities,
  type InputRequests,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { objectSchema, said, type Tool, type Tools } from './tool.ts';

/** Comes back by way of the client, so it is signed. */
export const requestStates = createRequestStateCodec<Record<string, unknown>>({
  key: crypto.getRandomValues(new Uint8Array(32)),
});

const mint = (state: Record<string, unknown>) =>
  requestStates.mint({ ...state, nonce: crypto.randomUUID() });

export const elicit = (
  message: string,
  properties: Record<string, { type: 'string' } | { type: 'boolean' }>,
) =>
  inputRequired.elicit({
    message,
    requestedSchema: { type: 'object', properties, required: Object.keys(properties) },
  });
const sample = (text: string, maxTokens: number) =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text } }],
    maxTokens,
  });

const name = { name: { type: 'string' } } as const;
const confirmation = { ok: { type: 'boolean' } } as const;
const responses = (ctx: ServerContext) => ctx.mcpReq.inputResponses;
const nameIn = (ctx: ServerContext, key: string): string | undefined =>
  acceptedContent<{ name: string }>(responses(ctx), key)?.name;
const textIn = (ctx: ServerContext, key: string): string | undefined =>
  (responses(ctx)?.[key] as { content?: { text?: string } } | undefined)?.content?.text;
const rootsIn = (ctx: ServerContext) =>
  (responses(ctx)?.['client_roots'] as { roots?: { uri: string }[] } | undefined)?.roots;

const tool = (description: string, run: Tool['run']): Tool => ({
  description,
  schema: objectSchema(),
  run,
});

const multiRound = tool('Asks twice', async (ctx) => {
  const state = ctx.mcpReq.requestState<Record<string, unknown>>();
  if (state?.['round'] === undefined)
    return inputRequired({
      inputRequests: { step1: elicit('Step 1: What is your name?', name) },
      requestState: await mint({ round: 1 }),
    });
  if (state['round'] === 1)
    return inputRequired({
      inputRequests: {
        step2: elicit('Step 2: What is your favorite color?', { color: { type: 'string' } }),
      },
      requestState: await mint({ round: 2, name: nameIn(ctx, 'step1') ?? 'unknown' }),
    });
  const color = acceptedContent<{ color: string }>(responses(ctx), 'step2')?.color ?? 'unknown';
  return said(`Multi-round complete: ${String(state['name'])} likes ${color}`);
});

const confirmed = (done: string) =>
  tool('Keeps state with the client while it asks', async (ctx) => {
    const isConfirmed = acceptedContent<{ ok: boolean }>(responses(ctx), 'confirm') !== undefined;
    if (isConfirmed && ctx.mcpReq.requestState() !== undefined) return said(done);
    return inputRequired({
      inputRequests: { confirm: elicit('Please confirm', confirmation) },
      requestState: await mint({}),
    });
  });

export const inputTools: Tools = {
  test_missing_capability: tool('Needs a client that can sample', async (ctx) =>
    responses(ctx)?.['llm_answer'] === undefined
      ? inputRequired({ inputRequests: { llm_answer: sample('Reply with: pong', 16) } })
      : said('sampling round-trip complete'),
  ),
  test_input_required_result_elicitation: tool('Asks for a name', async (ctx) => {
    const given = nameIn(ctx, 'user_name');
    return typeof given === 'string'
      ? said(`Hello, ${given}!`)
      : inputRequired({ inputRequests: { user_name: elicit('What is your name?', name) } });
  }),
  test_input_required_result_sampling: tool('Asks for a completion', async (ctx) => {
    const given = textIn(ctx, 'capital_question');
    const question = 'What is the capital of France?';
    return given === undefined
      ? inputRequired({ inputRequests: { capital_question: sample(question, 100) } })
      : said(`Sampling response: ${given}`);
  }),
  test_input_required_result_list_roots: tool('Asks for the roots', async (ctx) => {
    const roots = rootsIn(ctx);
    return Array.isArray(roots)
      ? said(`Client exposed ${roots.length} root(s): ${roots.map(({ uri }) => uri).join(', ')}`)
      : inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  }),
  test_input_required_result_request_state: confirmed('state-ok: requestState verified'),
  test_input_required_result_tampered_state: confirmed('integrity-ok: requestState verified'),
  test_input_required_result_multiple_inputs: tool('Asks for three things', async (ctx) => {
    const given = nameIn(ctx, 'user_name');
    const greeting = textIn(ctx, 'greeting');
    const roots = rootsIn(ctx);
    if (given !== undefined && greeting !== undefined && Array.isArray(roots))
      return said(`${greeting} ${given}: ${roots.length} root(s) visible`);
    return inputRequired({
      inputRequests: {
        user_name: elicit('What is your name?', name),
        greeting: sample('Generate a greeting', 50),
        client_roots: inputRequired.listRoots(),
      },
      requestState: await mint({}),
    });
  }),
  test_input_required_result_multi_round: multiRound,
  test_input_required_result_capabilities: tool('Asks for what the client can do', async (ctx) => {
    if (responses(ctx) !== undefined) return said('Capability-aware input requests fulfilled');
    // The SDK's type of the envelope has no keys.
    const envelope = ctx.mcpReq.envelope as Readonly<Record<string, unknown>> | undefined;
    const declared = envelope?.[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined;
    const inputRequests: InputRequests = {
      ...(declared?.elicitation && { user_name: elicit('What is your name?', name) }),
      ...(declared?.sampling && { greeting: sample('Generate a short greeting', 50) }),
      ...(declared?.roots && { client_roots: inputRequired.listRoots() }),
    };
    return Object.keys(inputRequests).length === 0
      ? said('The client has declared nothing that could be asked for')
      : inputRequired({ inputRequests });
  }),
};
