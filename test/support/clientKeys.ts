/** Client keys of a test's gateway, and the official SDKs that show them. */
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import { apiOf, loggedIn, type Answer } from './api.ts';
import { thrown } from './officialSdks.ts';
import { bodies, startProxied, type Dialect, type Proxied } from './proxied.ts';

type MadeKey = Readonly<{ id: string; key: string }>;

export type KeyBench = Proxied &
  Readonly<{
    make: (terms?: object) => Promise<MadeKey>;
    change: (id: string, terms: object) => Promise<Answer>;
    rotate: (id: string, body?: object) => Promise<Answer>;
    api: ReturnType<typeof apiOf>;
    /** One plain request in this dialect under a client key. */
    askWith: (key: string, dialect?: Dialect, more?: object) => Promise<Response>;
    /** What the official SDK of a dialect throws for one plain request; it does not try again. */
    sdkThrows: (key: string, dialect: Dialect, model?: string) => Promise<unknown>;
  }>;

/** A vendor for all three dialects behind it, with one key each. */
export async function startKeyBench(env: Readonly<Record<string, string>> = {}): Promise<KeyBench> {
  const keys = {
    openai: ['test-key-0001'],
    anthropic: ['test-key-0002'],
    gemini: ['test-key-0003'],
  };
  const proxied = await startProxied({ keys, env });
  const password = env['MIDDLEWARE_PASSWORD'];
  const api = apiOf(proxied.url, password ? await loggedIn(proxied.url, password) : {});
  const say = { openai: 'gpt-5', anthropic: 'claude-opus-4-8', gemini: 'gemini-2.5-flash' };
  const messages = [{ role: 'user' as const, content: 'Hi' }];
  const sdks = {
    openai: (apiKey: string, model: string) =>
      new OpenAI({ apiKey, baseURL: `${proxied.url()}/v1`, maxRetries: 0 }).chat.completions.create(
        {
          model,
          messages,
        },
      ),
    anthropic: (apiKey: string, model: string) =>
      new Anthropic({ apiKey, baseURL: proxied.url(), maxRetries: 0 }).messages.create({
        model,
        max_tokens: 10,
        messages,
      }),
    gemini: (apiKey: string, model: string) =>
      new GoogleGenAI({
        apiKey,
        httpOptions: { baseUrl: proxied.url() },
      }).models.generateContent({ model, contents: 'Hi' }),
  };
  return {
    ...proxied,
    api,
    async make(terms = {}) {
      const { status, json, text } = await api('POST', '/api/keys', terms);
      if (status !== 201) throw new Error(`no client key was made: ${text}`);
      return json;
    },
    change: (id, terms) => api('PATCH', `/api/keys/${id}`, terms),
    rotate: (id, body) => api('POST', `/api/keys/${id}/rotate`, body),
    askWith: (key, dialect = 'openai', more = {}) =>
      proxied.ask(
        dialect,
        { ...bodies[dialect], ...more },
        {
          headers: { authorization: `Bearer ${key}` },
        },
      ),
    sdkThrows: (key, dialect, model = say[dialect]) => thrown(sdks[dialect](key, model)),
  };
}
