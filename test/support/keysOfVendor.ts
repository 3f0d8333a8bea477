/** A gateway with a vendor of our own, for tests of provider keys by API: each test gets a provider and a secret. */
import { apiOf, type Answer, type Api } from './api.ts';
import { testGateway, type TestGateway } from './gateway.ts';
import { startVendor, type Vendor } from './vendor.ts';

export type KeysOfVendor = Readonly<{
  gateway: TestGateway;
  vendor: Vendor;
  api: Api;
  /** A provider of its own at the vendor, which answers everything well. */
  fresh(): Promise<FreshProvider>;
  stop(): Promise<void>;
}>;

export type FreshProvider = Readonly<{
  provider: string;
  secret: string;
  add(more?: object): Promise<Answer>;
  get(id: string): Promise<Answer['json']>;
  tell(id: string, what: string, body?: unknown): Promise<Answer>;
  chat(): Promise<Answer>;
  /** The vendor refuses from now on. */
  refuse(status: number, code: string, headers?: Record<string, string>): void;
  accept(): void;
}>;

export async function keysOfVendor(): Promise<KeysOfVendor> {
  const vendor = await startVendor((_request, reply) => reply.json(200, { data: [] }));
  const gateway = await testGateway();
  const api = apiOf(gateway.url);
  let number = 0;

  const accept = () => vendor.does((_request, reply) => reply.json(200, { data: [] }));
  return {
    gateway,
    vendor,
    api,
    async fresh() {
      number += 1;
      const provider = `vendor-${number}`;
      const secret = `sk-secret-number-${number}-abcd`;
      accept();
      vendor.forget();
      const base_url = `${vendor.url}/v1`;
      await api('POST', '/api/providers', { name: provider, dialect: 'openai', base_url });
      return {
        provider,
        secret,
        add: (more = {}) => api('POST', '/api/provider-keys', { provider, key: secret, ...more }),
        get: async (id) => (await api('GET', `/api/provider-keys/${id}`)).json,
        tell: (id, what, body) => api('POST', `/api/provider-keys/${id}/${what}`, body),
        chat: () => {
          const messages = [{ role: 'user', content: 'Hi' }];
          return api('POST', '/v1/chat/completions', { model: `${provider}/m`, messages });
        },
        refuse: (status, code, headers = {}) =>
          vendor.does((_request, reply) =>
            reply.json(status, { error: { message: code, code } }, headers),
          ),
        accept,
      };
    },
    async stop() {
      await gateway.stop();
      await vendor.stop();
    },
  };
}
