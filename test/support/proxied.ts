/** A gateway in front of one scripted vendor that stands for all three, and how a test asks it. */
import { startVendor, type Script, type Vendor } from './vendor.ts';
import { testGateway, type TestGateway } from './gateway.ts';
import type { Limits } from '../../server/proxy/limits.ts';

export type Dialect = 'openai' | 'anthropic' | 'gemini';

export type Proxied = TestGateway &
  Readonly<{
    vendor: Vendor;
    post: (path: string, body: unknown, init?: RequestInit) => Promise<Response>;
    /** One plain generating request in this dialect; `more` goes into its body. */
    ask: (dialect: Dialect, more?: object, init?: RequestInit) => Promise<Response>;
    askStream: (dialect: Dialect, init?: RequestInit) => Promise<Response>;
  }>;

type Options = Readonly<{
  keys?: Partial<Record<Dialect, readonly string[]>>;
  env?: Readonly<Record<string, string>>;
  limits?: Partial<Limits>;
  script?: Script;
}>;

const messages = [{ role: 'user', content: 'Hi' }];
const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }];
export const bodies: Readonly<Record<Dialect, object>> = {
  openai: { model: 'gpt-5', messages },
  anthropic: { model: 'claude-opus-4-8', max_tokens: 10, messages },
  gemini: { contents },
};
const geminiModel = '/v1beta/models/gemini-2.5-flash';
export const plainPaths: Readonly<Record<Dialect, string>> = {
  openai: '/v1/chat/completions',
  anthropic: '/v1/messages',
  gemini: `${geminiModel}:generateContent`,
};
export const streamPaths: Readonly<Record<Dialect, string>> = {
  ...plainPaths,
  gemini: `${geminiModel}:streamGenerateContent?alt=sse`,
};

/** What each vendor answers a plain request with. */
export const answers: Readonly<Record<Dialect, object>> = {
  openai: {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    choices: [
      { index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' },
    ],
    usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
  },
  anthropic: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    content: [{ type: 'text', text: 'Hello' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 5, output_tokens: 2 },
  },
  gemini: {
    candidates: [
      { content: { role: 'model', parts: [{ text: 'Hello' }] }, finishReason: 'STOP', index: 0 },
    ],
    usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 2, totalTokenCount: 7 },
  },
};

const dialectOfPath = (path: string): Dialect => {
  if (path.includes('/models/')) return 'gemini';
  return path.includes('/messages') ? 'anthropic' : 'openai';
};

/** Answers every plain request as its vendor would. */
export const answersWell: Script = ({ path }, reply) =>
  reply.json(200, answers[dialectOfPath(path)]);

export async function startProxied({
  keys = {},
  env,
  limits,
  script,
}: Options = {}): Promise<Proxied> {
  const vendor = await startVendor(script ?? answersWell);
  const gateway = await testGateway({
    env: {
      OPENAI_API_KEYS: (keys.openai ?? []).join(','),
      ANTHROPIC_API_KEYS: (keys.anthropic ?? []).join(','),
      GEMINI_API_KEYS: (keys.gemini ?? []).join(','),
      OPENAI_BASE_URL: `${vendor.url}/v1`,
      ANTHROPIC_BASE_URL: vendor.url,
      GEMINI_BASE_URL: vendor.url,
      // Lists of models are asked for when somebody wants them: a test counts what arrives.
      CACHE_ENABLED: 'false',
      ...env,
    },
    ...(limits && { limits }),
  });
  const post = (path: string, body: unknown, init: RequestInit = {}) =>
    fetch(`${gateway.url()}${path}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...init,
      headers: { 'content-type': 'application/json', ...(init.headers as object) },
    });
  return {
    ...gateway,
    vendor,
    post,
    ask: (dialect, more = {}, init) =>
      post(plainPaths[dialect], { ...bodies[dialect], ...more }, init),
    askStream: (dialect, init) =>
      post(
        streamPaths[dialect],
        dialect === 'gemini' ? bodies.gemini : { ...bodies[dialect], stream: true },
        init,
      ),
    async stop() {
      await gateway.stop();
      await vendor.stop();
    },
  };
}

/** Secrets that are told apart by their ends. */
export const keysNamed = (...names: string[]): string[] =>
  names.map((name) => `test-key-${name.padStart(4, '0')}`);
