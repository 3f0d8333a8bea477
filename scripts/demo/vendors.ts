/** The mock vendors of the demo: aimock behind a door that limits one key of each now and then. */
import { LLMock } from '@copilotkit/aimock';
import { createRateLimits } from './rateLimits.ts';

export type Vendors = Readonly<{
  url: string;
  /** May be called twice. */
  stop: () => Promise<void>;
}>;

/** Roughly what a short answer costs, in each vendor's own words. */
const usage = {
  prompt_tokens: 48,
  completion_tokens: 31,
  input_tokens: 48,
  output_tokens: 31,
  promptTokenCount: 48,
  candidatesTokenCount: 31,
};
const answer =
  'A signal box sets the signals and writes every bell into a register that is never erased.';

async function startMock(): Promise<LLMock> {
  const mock = new LLMock({ port: 0, chunkSize: 12, journalMaxEntries: 100 });
  mock.onMessage(/.*/, { content: answer, usage }, { latency: 40 });
  await mock.start();
  return mock;
}

const models = Response.json.bind(null, {
  object: 'list',
  data: [{ id: 'demo-model', object: 'model', created: 0, owned_by: 'demo' }],
});

export async function startVendors(now: () => number): Promise<Vendors> {
  const mock = await startMock();
  const limits = createRateLimits(now);

  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    async fetch(request) {
      const { method, headers, signal } = request;
      const { pathname, search } = new URL(request.url);
      const refused = limits.refusal(headers);
      if (refused) return refused;
      if (pathname.endsWith('/models')) return models();
      // aimock knows Gemini under v1beta only.
      const path = pathname.replace(/^\/v1\/(models\/[^/]+:)/, '/v1beta/$1');
      const body = await request.bytes();
      return fetch(`${mock.url}${path}${search}`, {
        method,
        headers,
        signal,
        ...(body.length > 0 && { body }),
      });
    },
  });

  const stop = async () => {
    await server.stop(true);
    await mock.stop();
  };
  let stopped: Promise<void> | undefined;
  return { url: `http://127.0.0.1:${server.port}`, stop: () => (stopped ??= stop()) };
}
