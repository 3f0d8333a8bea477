/** Client, gateway and vendors in a row: what every SDK test asserts at both ends. */
import { expect } from 'bun:test';
import { testGateway, type TestGateway } from './gateway.ts';
import { startMockVendors, type MockVendors, type Tapped } from './mockVendors.ts';
import { tap, type Tap } from './sdkClients.ts';

export const clientKey = 'client-key-of-alice';
export const vendorKeys = {
  openai: 'vendor-key-openai',
  anthropic: 'vendor-key-anthropic',
  gemini: 'vendor-key-gemini',
} as const;

export type SdkBench = Readonly<{
  gateway: TestGateway;
  vendors: MockVendors;
  tap: Tap;
  options: () => { url: string; key: string; tap: Tap };
  /** The bytes of the last request and of its answer are the same at both ends. */
  expectSameBytes: () => Promise<void>;
  stop: () => Promise<void>;
}>;

export async function startSdkBench(): Promise<SdkBench> {
  const vendors = await startMockVendors();
  const gateway = await testGateway({
    env: {
      MCP_API_KEYS: `${clientKey}:alice`,
      OPENAI_API_KEYS: vendorKeys.openai,
      ANTHROPIC_API_KEYS: vendorKeys.anthropic,
      GEMINI_API_KEYS: vendorKeys.gemini,
      OPENAI_BASE_URL: `${vendors.url}/v1`,
      ANTHROPIC_BASE_URL: vendors.url,
      GEMINI_BASE_URL: vendors.url,
    },
  });
  const tapped = tap();
  return {
    gateway,
    vendors,
    tap: tapped,
    options: () => ({ url: gateway.url(), key: clientKey, tap: tapped }),
    async expectSameBytes() {
      const [sent, arrived] = [tapped.last(), vendors.last()];
      expect(arrived.bodySha256).toBe(sent.bodySha256);
      expect(await arrived.answerSha256).toBe(await sent.answerSha256);
      expect(sent.headers.get('x-signalbox-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    },
    async stop() {
      await gateway.stop();
      await vendors.stop();
    },
  };
}

const dropped = ['cookie', 'origin', 'referer', 'forwarded', 'x-forwarded-for', 'via', 'x-real-ip'];
/** To be sent along by a client; none of them may reach a vendor. */
export const privateHeaders = {
  cookie: 'session=secret-cookie',
  origin: 'https://app.example',
  referer: 'https://app.example/page',
  forwarded: 'for=192.0.2.1',
  'x-forwarded-for': '192.0.2.1',
  'x-forwarded-host': 'app.example',
  via: '1.1 proxy',
  'x-real-ip': '192.0.2.1',
};

/** The vendor saw its own key in its own header, and nothing of the client's. */
export function expectOnlyVendorKey(arrived: Tapped, header: string, value: string): void {
  expect(arrived.headers.get(header)).toBe(value);
  const all = JSON.stringify([...arrived.headers]) + arrived.path;
  expect(all).not.toContain(clientKey);
  expect(arrived.path).not.toContain('key=');
  for (const name of dropped) expect(arrived.headers.get(name)).toBeNull();
  const carriers = ['authorization', 'x-api-key', 'x-goog-api-key', 'api-key'];
  const present = carriers.filter((name) => arrived.headers.has(name));
  expect(present).toEqual([header]);
}
