/** A gateway whose vendors have lists of models, and a spare provider beside them. */
import { expect } from 'bun:test';
import { apiOf, type Api } from './api.ts';
import { answers, keysNamed, startProxied, type Proxied } from './proxied.ts';
import { anthropicClient, geminiClient, openAiClient, tap } from './sdkClients.ts';
import { startVendor, type Arrived, type Reply, type Script, type Vendor } from './vendor.ts';

export const [openAiKey = '', claudeKey = '', geminiKey = '', spareKey = '', otherKey = ''] =
  keysNamed('open', 'clau', 'gemi', 'spar', 'othr');
export const claudes = ['claude-a', 'claude-b', 'claude-c'];

/** All three vendors, Anthropic and Gemini with short pages. */
function vendorLists({ path, headers }: Arrived, reply: Reply): void {
  const { pathname, searchParams } = new URL(path, 'http://vendor');
  if (!pathname.endsWith('/models')) return reply.json(200, answers.openai);
  if (pathname.startsWith('/v1beta')) {
    const isFirst = !searchParams.has('pageToken');
    const name = isFirst ? 'models/gemini-a' : 'models/gemini-b';
    const next = isFirst ? { nextPageToken: 'p2' } : {};
    return reply.json(200, { models: [{ name, inputTokenLimit: 1_000 }], ...next });
  }
  if (headers.has('anthropic-version')) {
    const at = claudes.indexOf(searchParams.get('after_id') ?? '') + 1;
    const id = claudes[at];
    const data = [{ type: 'model', id, display_name: id, created_at: '2026-01-01T00:00:00Z' }];
    return reply.json(200, { data, has_more: at < 2, first_id: id, last_id: id });
  }
  const data = ['gpt-5', 'shared'].map((id) => ({
    id,
    object: 'model',
    created: 1,
    owned_by: 'o',
  }));
  return reply.json(200, { object: 'list', data });
}

export const offering =
  (...ids: string[]): Script =>
  ({ path }, reply) =>
    path === '/v1/models'
      ? reply.json(200, { object: 'list', data: ids.map((id) => ({ id })) })
      : reply.json(200, answers.openai);

type Clients = Readonly<{
  openai: ReturnType<typeof openAiClient>;
  anthropic: ReturnType<typeof anthropicClient>;
  gemini: ReturnType<typeof geminiClient>;
}>;

export type Listed = Readonly<{
  gateway: Proxied;
  /** Of OpenAI's dialect; no provider until `addSpare`. */
  spare: Vendor;
  api: Api;
  /** What was created. */
  made: (path: string, body: object) => Promise<Record<string, string>>;
  addSpare: () => Promise<void>;
  /** The names in OpenAI's list. */
  idsOf: (headers?: Readonly<Record<string, string>>) => Promise<string[]>;
  clients: (key?: string) => Clients;
  stop: () => Promise<void>;
}>;

export const listsAsked = ({ arrived }: Vendor) =>
  arrived.filter(({ path }) => path.includes('/models'));

export async function startListed(env: Readonly<Record<string, string>> = {}): Promise<Listed> {
  const gateway = await startProxied({
    keys: { openai: [openAiKey], anthropic: [claudeKey], gemini: [geminiKey] },
    env: { CACHE_ENABLED: 'true', ...env },
    script: vendorLists,
  });
  const spare = await startVendor(offering('llama', 'shared'));
  const api = apiOf(gateway.url);
  const tapped = tap();
  const made = async (path: string, body: object) => {
    const answer = await api('POST', path, body);
    expect(answer.status).toBe(201);
    return answer.json;
  };
  return {
    gateway,
    spare,
    api,
    made,
    async addSpare() {
      const base = `${spare.url}/v1`;
      await made('/api/providers', { name: 'spare', dialect: 'openai', base_url: base });
      await made('/api/provider-keys', { provider: 'spare', key: spareKey });
    },
    async idsOf(headers = {}) {
      const { json } = await api('GET', '/v1/models', undefined, headers);
      return json.data.map(({ id }: { id: string }) => id);
    },
    clients(key = 'none') {
      const options = { url: gateway.url(), key, tap: tapped };
      return {
        openai: openAiClient(options),
        anthropic: anthropicClient(options),
        gemini: geminiClient(options),
      };
    },
    async stop() {
      await gateway.stop();
      await spare.stop();
    },
  };
}
