/** aimock as OpenAI, Anthropic and Gemini, behind a tap that keeps the bytes of both directions. */
import { LLMock } from '@copilotkit/aimock';
import { sha256 } from './vendor.ts';

/** One request as it arrived, and the bytes of its answer once they are all through. */
export type Tapped = Readonly<{
  method: string;
  path: string;
  headers: Headers;
  bodySha256: string;
  body: string;
  answerSha256: Promise<string>;
  /** Resolves when the other side leaves before the answer is through. */
  left: Promise<void>;
}>;

export type MockVendors = Readonly<{
  url: string;
  mock: LLMock;
  tapped: readonly Tapped[];
  last: () => Tapped;
  stop: () => Promise<void>;
}>;

/** The tokens in each vendor's own words. */
const usage = {
  prompt_tokens: 11,
  completion_tokens: 7,
  input_tokens: 11,
  output_tokens: 7,
  promptTokenCount: 11,
  candidatesTokenCount: 7,
};

export const saidByMock = 'Grüße from the mock, gateway 🚀';

async function startMock(): Promise<LLMock> {
  const mock = new LLMock({ port: 0, chunkSize: 6 });
  mock.onMessage('weather', {
    toolCalls: [{ name: 'get_weather', arguments: '{"city":"Bern"}' }],
    usage,
  });
  mock.onMessage('slowly', { content: saidByMock.repeat(50), usage }, { latency: 20 });
  mock.onMessage(/.*/, { content: saidByMock, usage });
  mock.onEmbedding(/.*/, { embedding: [0.1, 0.2, 0.3] });
  await mock.start();
  return mock;
}

const json = (body: object) => Response.json(body);
const openAiModels = json.bind(null, { object: 'list', data: [{ id: 'gpt-5', object: 'model' }] });
const anthropicModels = json.bind(null, {
  data: [{ id: 'claude-opus-4-8', type: 'model', display_name: 'Opus', created_at: '2026-01-01' }],
  has_more: false,
  first_id: null,
  last_id: null,
});
const geminiModels = json.bind(null, { models: [{ name: 'models/gemini-2.5-flash' }] });

/** What the real vendors have and aimock has not. */
function ofOurOwn(path: string, headers: Headers): Response | undefined {
  const { pathname } = new URL(path, 'http://vendor');
  if (pathname.endsWith('/count_tokens')) return json({ input_tokens: 42 });
  if (pathname.endsWith(':countTokens')) return json({ totalTokens: 42 });
  if (pathname.endsWith(':batchEmbedContents'))
    return json({ embeddings: [{ values: [0.1, 0.2, 0.3] }] });
  if (pathname === '/v1/from-the-future') return json({ seen: path });
  if (!/^\/v1(beta)?\/models$/.test(pathname)) return undefined;
  if (headers.has('x-goog-api-key')) return geminiModels();
  return headers.has('anthropic-version') ? anthropicModels() : openAiModels();
}

/** aimock knows Gemini under v1beta only. */
const asMockKnowsIt = (path: string) => path.replace(/^\/v1\/(models\/[^/]+:)/, '/v1beta/$1');

export async function startMockVendors(): Promise<MockVendors> {
  const mock = await startMock();
  const tapped: Tapped[] = [];

  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    async fetch(request) {
      const { method, headers, url } = request;
      const path = url.slice(new URL(url).origin.length);
      const body = Buffer.from(await request.bytes());
      const { promise: answerSha256, resolve } = Promise.withResolvers<string>();
      const left = Promise.withResolvers<void>();
      request.signal.addEventListener('abort', () => left.resolve());
      tapped.push({
        method,
        path,
        headers: new Headers(headers),
        bodySha256: sha256(body),
        body: body.toString(),
        answerSha256,
        left: left.promise,
      });
      const answer =
        ofOurOwn(path, headers) ??
        (await fetch(`${mock.url}${asMockKnowsIt(path)}`, {
          method,
          headers,
          ...(body.length > 0 && { body }),
          signal: request.signal,
        }));
      const hash = new Bun.CryptoHasher('sha256');
      const tap = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          hash.update(chunk);
          controller.enqueue(chunk);
        },
        flush: () => resolve(hash.digest('hex')),
      });
      return new Response(answer.body?.pipeThrough(tap) ?? null, answer);
    },
  });

  return {
    url: `http://127.0.0.1:${server.port}`,
    mock,
    tapped,
    last() {
      const newest = tapped.at(-1);
      if (!newest) throw new Error('nothing arrived at the vendors');
      return newest;
    },
    async stop() {
      await server.stop(true);
      await mock.stop();
    },
  };
}
