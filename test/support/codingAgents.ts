/** Requests as the coding agents send them: Claude Code to Anthropic, Codex to OpenAI. */

export type AgentRequest = Readonly<{
  path: string;
  headers: Record<string, string>;
  body: string;
}>;

const claudeBetas = [
  'claude-code-20250219',
  'interleaved-thinking-2025-05-14',
  'context-management-2025-06-27',
  'prompt-caching-scope-2026-01-05',
].join(',');

const claudeHeaders = (credential: Record<string, string>): Record<string, string> => ({
  ...credential,
  accept: 'application/json',
  'content-type': 'application/json',
  'user-agent': 'claude-cli/2.4.11 (external, cli)',
  'x-app': 'cli',
  'anthropic-beta': claudeBetas,
  'anthropic-version': '2023-06-01',
  'anthropic-dangerous-direct-browser-access': 'true',
  'x-stainless-retry-count': '0',
  'x-stainless-timeout': '600',
  'x-stainless-lang': 'js',
  'x-stainless-helper-method': 'stream',
});

const cached = { cache_control: { type: 'ephemeral' } };

const claudeSession = (session: string): string => `user_0f2a_account_7c1e_session_${session}`;

export function claudeMessage(
  session: string,
  credential: Record<string, string>,
  turns: readonly object[] = [],
): AgentRequest {
  const body = {
    model: 'claude-opus-4-8',
    max_tokens: 32_000,
    stream: true,
    system: [
      { type: 'text', text: 'You are a coding agent.', ...cached },
      { type: 'text', text: 'The folder is \u2028 /src "x" 🚀', ...cached },
    ],
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'List the files', ...cached }] },
      ...turns,
    ],
    tools: [
      { name: 'Bash', description: 'Runs', input_schema: { type: 'object', properties: {} } },
      { name: 'Read', description: 'Reads', input_schema: { type: 'object', properties: {} } },
    ],
    thinking: { type: 'enabled', budget_tokens: 31_999 },
    context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
    metadata: { user_id: claudeSession(session) },
    temperature: 1,
  };
  const path = '/v1/messages?beta=true';
  return { path, headers: claudeHeaders(credential), body: JSON.stringify(body) };
}

export const claudeCount = (credential: Record<string, string>): AgentRequest => ({
  path: '/v1/messages/count_tokens?beta=true',
  headers: claudeHeaders(credential),
  body: JSON.stringify({
    model: 'claude-opus-4-8',
    messages: [{ role: 'user', content: 'foo' }],
    tools: [],
  }),
});

export function codexTurn(
  session: string,
  key: string,
  input: readonly object[],
  model = 'gpt-5-codex',
): AgentRequest {
  const body = {
    model,
    instructions: 'You are Codex.',
    input,
    tools: [{ type: 'function', name: 'shell', strict: false, parameters: { type: 'object' } }],
    tool_choice: 'auto',
    parallel_tool_calls: false,
    reasoning: { effort: 'medium', summary: 'auto' },
    store: false,
    stream: true,
    include: ['reasoning.encrypted_content'],
    prompt_cache_key: session,
    text: { verbosity: 'low' },
  };
  return {
    path: '/v1/responses',
    headers: {
      authorization: `Bearer ${key}`,
      accept: 'text/event-stream',
      'content-type': 'application/json',
      'openai-beta': 'responses=experimental',
      originator: 'codex_cli_rs',
      session_id: session,
      conversation_id: session,
      'user-agent': 'codex_cli_rs/0.155.0 (Debian 13; x86_64) xterm',
      version: '0.155.0',
    },
    body: JSON.stringify(body),
  };
}

export const codexAsks = (text: string): object => ({
  type: 'message',
  role: 'user',
  content: [{ type: 'input_text', text }],
});
