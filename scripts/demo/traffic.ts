/** A few requests a second over the three dialects, streamed and not, some in conversations; and calls of tools. */

export type Traffic = Readonly<{ stop: () => void }>;

const everyMs = 300;
const turn = (content: string) => [{ role: 'user', content }];
const conversations = ['harbour', 'station', 'summit'];

type Call = Readonly<{ path: string; body: object }>;

const toolCall = (name: string, given: object): Call => ({
  path: '/mcp',
  body: {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name, arguments: given },
  },
});

const calls: readonly ((number: number) => Call)[] = [
  () => ({
    path: '/v1/chat/completions',
    body: { model: 'gpt-5', messages: turn('What is a signal box?') },
  }),
  () => ({
    path: '/v1/messages',
    body: { model: 'claude-opus-4-8', max_tokens: 200, messages: turn('What is a signal box?') },
  }),
  () => ({
    path: '/v1beta/models/gemini-2.5-flash:generateContent',
    body: { contents: [{ role: 'user', parts: [{ text: 'What is a signal box?' }] }] },
  }),
  (number) => ({
    path: '/v1/chat/completions',
    body: {
      model: 'openai/gpt-5-mini',
      stream: true,
      stream_options: { include_usage: true },
      prompt_cache_key: conversations[number % conversations.length],
      messages: turn('And what is written into its register?'),
    },
  }),
  (number) => ({
    path: '/v1/messages',
    body: {
      model: 'claude-opus-4-8',
      max_tokens: 200,
      stream: true,
      metadata: { user_id: conversations[number % conversations.length] },
      messages: turn('And what is written into its register?'),
    },
  }),
  () => ({
    path: '/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse',
    body: { contents: [{ role: 'user', parts: [{ text: 'And what is in its register?' }] }] },
  }),
  () => toolCall('crashing_bell', {}),
  (number) =>
    number % 2 === 0
      ? toolCall('everything_echo', { message: 'Train approaching' })
      : toolCall('everything_get-sum', { a: number, b: 1 }),
];

/** `onRefused` is told once, when the gateway lets none of these requests in. */
export function startTraffic(url: string, onRefused: (status: number) => void): Traffic {
  const leaving = new AbortController();
  let number = 0;

  const send = async () => {
    const call = calls[number % calls.length]?.(Math.floor(number / calls.length));
    number += 1;
    if (!call) return;
    const answer = await fetch(url + call.path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'signalbox-demo' },
      body: JSON.stringify(call.body),
      signal: leaving.signal,
    });
    await answer.bytes();
    if (answer.status !== 401 && answer.status !== 403) return;
    if (!leaving.signal.aborted) onRefused(answer.status);
    stop();
  };
  // The gateway may be starting again: the next request tells.
  const timer = setInterval(() => void send().catch(() => {}), everyMs);
  const stop = () => {
    clearInterval(timer);
    leaving.abort();
  };
  return { stop };
}
