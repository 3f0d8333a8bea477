/** Every call of an SDK made twice, straight to the vendor and through the gateway: nobody may see a difference. */
import { expect } from 'bun:test';
import { startProxied, type Proxied } from './proxied.ts';
import type { Arrived, Script } from './vendor.ts';

export type Twins = Readonly<{
  gateway: Proxied;
  /** Asserts the same result for the caller and the same requests at the vendor; gives the result. */
  same: <Client, Result>(
    clientAt: (options: { url: string; key: string }) => Client,
    call: (client: Client) => PromiseLike<Result>,
  ) => Promise<Result>;
  stop: () => Promise<void>;
}>;

const vendorKey = 'vendor-key-of-twins';
export const clientKey = 'client-key-of-alice';

/** How the connection is made, and where it leads, is for each to say. */
const ofConnection = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'host',
  'transfer-encoding',
  'x-signalbox-hops',
]);
const credentials = ['authorization', 'x-api-key', 'x-goog-api-key'];

async function bodyOf({ body, headers }: Arrived): Promise<unknown> {
  const type = headers.get('content-type') ?? '';
  if (!type.startsWith('multipart/')) return body.toString('base64');
  const form = await new Response(body, { headers: { 'content-type': type } }).formData();
  // Each form has a boundary of its own; its parts are the same.
  return Promise.all(
    [...form].map(async ([name, value]) =>
      typeof value === 'string'
        ? [name, value]
        : [name, value.name, value.type, Buffer.from(await value.bytes()).toString('base64')],
    ),
  );
}

async function requestOf(arrived: Arrived): Promise<unknown> {
  const { method, path, headers, key } = arrived;
  const told = [...headers].filter(
    ([name]) => !ofConnection.has(name) && !credentials.includes(name),
  );
  const shown = told.map(([name, value]) =>
    value.startsWith('multipart/') ? [name, 'multipart'] : [name, value],
  );
  return { method, path, key, headers: shown, body: await bodyOf(arrived) };
}

/** Results as JSON, which leaves out what only this answer has: its head as Google's SDK shows it. */
const plain = (result: unknown): unknown =>
  JSON.parse(
    JSON.stringify(result ?? null, (name, value: unknown) =>
      name === 'sdkHttpResponse' ? undefined : value,
    ),
  );

export async function startTwins(script: Script): Promise<Twins> {
  const gateway = await startProxied({
    keys: { openai: [vendorKey], anthropic: [vendorKey], gemini: [vendorKey] },
    env: { MCP_API_KEYS: `${clientKey}:alice` },
    script,
  });
  const { vendor } = gateway;
  const run = async <Result>(call: () => PromiseLike<Result>) => {
    vendor.forget();
    const result = await call();
    return { result, requests: await Promise.all(vendor.arrived.map(requestOf)) };
  };
  return {
    gateway,
    async same(clientAt, call) {
      const straight = await run(() => call(clientAt({ url: vendor.url, key: vendorKey })));
      const passed = await run(() => call(clientAt({ url: gateway.url(), key: clientKey })));
      expect(passed.requests.length).toBeGreaterThan(0);
      // The vendor's own key came along, and nothing tells of the client's.
      expect(JSON.stringify(passed.requests)).not.toContain(clientKey);
      expect(passed.requests).toEqual(straight.requests);
      expect(plain(passed.result)).toEqual(plain(straight.result));
      return passed.result;
    },
    stop: () => gateway.stop(),
  };
}
