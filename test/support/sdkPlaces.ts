/** One gateway for many cases at once: each is a provider of its own, told apart at the vendor by its keys. */
import { apiOf } from './api.ts';
import { startProxied, type Dialect, type Proxied } from './proxied.ts';
import type { Arrived, Script } from './vendor.ts';
import type { Limits } from '../../server/proxy/limits.ts';

export type Place = Readonly<{
  /** Leads to the provider of this case, whatever the SDK. */
  model: string;
  /** The provider's id, and the secrets of its keys. */
  provider: string;
  keys: readonly string[];
  /** What came with one of its keys. */
  arrived: () => readonly Arrived[];
}>;

export type SdkPlaces = Proxied &
  Readonly<{
    api: ReturnType<typeof apiOf>;
    place: (dialect: Dialect, script: Script, keys?: number) => Promise<Place>;
  }>;

type Options = Readonly<{ env?: Readonly<Record<string, string>>; limits?: Partial<Limits> }>;

export async function startSdkPlaces({ env = {}, limits = {} }: Options = {}): Promise<SdkPlaces> {
  const scripts = new Map<string, Script>();
  const proxied = await startProxied({
    env,
    // Nothing is waited for that a test could be told at once.
    limits: { transientPauseMs: 1, waitMs: 0, ...limits },
    script(request, reply) {
      const script = scripts.get(request.key);
      if (script) return script(request, reply);
      return reply.json(500, { error: { message: `nobody prepared the key "${request.key}"` } });
    },
  });
  const api = apiOf(proxied.url);
  const must = async (path: string, body: object) => {
    const { status, text, json } = await api('POST', path, body);
    if (status >= 300) throw new Error(`POST ${path}: ${status} ${text}`);
    return json;
  };
  let places = 0;
  return {
    ...proxied,
    api,
    async place(dialect, script, keys = 2) {
      const name = `place-${(places += 1)}`;
      const { url } = proxied.vendor;
      const base_url = dialect === 'openai' ? `${url}/v1` : url;
      const { id } = await must('/api/providers', { name, dialect, base_url });
      const secrets = Array.from({ length: keys }, (_, at) => `key-of-${name}-number-${at}`);
      for (const key of secrets) {
        scripts.set(key, script);
        await must('/api/provider-keys', { provider: id, key });
      }
      return {
        model: `${id}/some-model`,
        provider: id,
        keys: secrets,
        arrived: () => proxied.vendor.arrived.filter(({ key }) => secrets.includes(key)),
      };
    },
  };
}
