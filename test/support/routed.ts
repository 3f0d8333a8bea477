/** A gateway with a second vendor behind it, and model routes over both. */
import { answers, keysNamed, startProxied, type Proxied } from './proxied.ts';
import { startVendor, type Script, type Vendor } from './vendor.ts';
import type { Json } from './apiClient.ts';
import type { Limits } from '../../server/proxy/limits.ts';

export const [mainKey = '', otherKey = '', spareKey = '', claudeKey = '', geminiKey = ''] =
  keysNamed('main', 'othr', 'spar', 'clau', 'gemi');

export type Managed = Readonly<{ status: number; body: Json }>;

export type Routed = Proxied &
  Readonly<{
    /** Behind the provider `spare`, of OpenAI's dialect. */
    spare: Vendor;
    manage: (method: string, path: string, body?: unknown) => Promise<Managed>;
    /** Defines the route; it is in force when this resolves. */
    define: (route: object) => Promise<Json & { id: string }>;
    /** A plain chat in OpenAI's dialect. */
    chat: (model: string, more?: object) => Promise<Response>;
  }>;

export const chatAnswer = answers.openai;

/** Says in its answer who it is. */
export const answersAs =
  (name: string): Script =>
  (_request, reply) =>
    reply.json(200, { ...chatAnswer, system_fingerprint: name });

export const fails =
  (status: number, message = 'No', code: string | null = null): Script =>
  (_request, reply) =>
    reply.json(status, { error: { message, type: 'some_error', code } });

/** Of which provider an answer of `answersAs` is. */
export const nameIn = async (answer: Response): Promise<string> =>
  ((await answer.json()) as { system_fingerprint: string }).system_fingerprint;

/** The targets of most tests: OpenAI's own first, then the spare one. */
export const both = [
  { provider: 'openai', model: 'gpt-5' },
  { provider: 'spare', model: 'oss/gpt-120b' },
];

export async function startRouted(limits: Partial<Limits> = {}): Promise<Routed> {
  const proxied = await startProxied({
    keys: { openai: [mainKey, otherKey], anthropic: [claudeKey], gemini: [geminiKey] },
    limits: { transientPauseMs: 1, ...limits },
    script: answersAs('main'),
  });
  const spare = await startVendor(answersAs('spare'));
  const manage = async (method: string, path: string, body?: unknown): Promise<Managed> => {
    const init = { method, headers: { 'content-type': 'application/json' } };
    const answer = await fetch(`${proxied.url()}${path}`, {
      ...init,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Json) };
  };
  const made = async (path: string, body: object): Promise<Json & { id: string }> => {
    const answered = await manage('POST', path, body);
    if (answered.status === 201) return answered.body as Json & { id: string };
    throw new Error(`POST ${path}: ${answered.status} ${JSON.stringify(answered.body)}`);
  };
  await made('/api/providers', { name: 'spare', dialect: 'openai', base_url: `${spare.url}/v1` });
  await made('/api/provider-keys', { provider: 'spare', key: spareKey });
  return {
    ...proxied,
    spare,
    manage,
    define: (route) => made('/api/models', route),
    chat: (model, more = {}) => proxied.ask('openai', { model, ...more }),
    async stop() {
      await proxied.stop();
      await spare.stop();
    },
  };
}
