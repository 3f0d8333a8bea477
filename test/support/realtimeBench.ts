/** A gateway in front of a vendor of Realtime sessions, and what a test asks of both. */
import { finishedRequests } from './factsOf.ts';
import { testGateway, type TestGateway } from './gateway.ts';
import { keysNamed } from './proxied.ts';
import {
  dialGateway,
  startSocketVendor,
  type Dialled,
  type Session,
  type SocketVendor,
} from './socketVendor.ts';
import type { RequestFinished } from '../../events/traffic.ts';
import { until } from './until.ts';

const [one = '', two = '', google = ''] = keysNamed('one', 'two', 'goog');
export const realtimeKeys = { one, two, google } as const;
export const clientKey = 'client-key-of-alice';
export const authorized = { authorization: `Bearer ${clientKey}` };
export const livePath =
  '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent';
export const realtimePath = '/v1/realtime?model=gpt-realtime';

export type RealtimeBench = Readonly<{
  vendor: SocketVendor;
  gateway: TestGateway;
  /** With the client's key, unless `options` say otherwise. */
  dial: (to: string, options?: object) => Promise<Dialled>;
  /** The first session at the vendor. */
  session: () => Session;
  /** The newest record that was not asked for before, once it is in the log. */
  recorded: () => Promise<RequestFinished['data']>;
  forget: () => void;
  stop: () => Promise<void>;
}>;

export async function startRealtimeBench(
  env: Readonly<Record<string, string>> = {},
): Promise<RealtimeBench> {
  const vendor = startSocketVendor();
  const gateway = await testGateway({
    env: {
      MCP_API_KEYS: `${clientKey}:alice`,
      OPENAI_API_KEYS: `${one},${two}`,
      GEMINI_API_KEYS: google,
      OPENAI_BASE_URL: `${vendor.url}/v1`,
      GEMINI_BASE_URL: vendor.url,
      ...env,
    },
    limits: { transientPauseMs: 1 },
  });
  const seen = new Set<string>();
  return {
    vendor,
    gateway,
    dial: (to, options = { headers: authorized }) =>
      dialGateway(`${gateway.url()}${to}`, options as Bun.WebSocketOptions),
    session() {
      const [first] = vendor.sessions;
      if (!first) throw new Error('no session was opened');
      return first;
    },
    async recorded() {
      let found: RequestFinished | undefined;
      await until('the request is in the log', async () => {
        found = (await finishedRequests(gateway)).find(({ id }) => !seen.has(id));
        return found !== undefined;
      });
      if (!found) throw new Error('nothing is recorded');
      seen.add(found.id);
      return found.data;
    },
    forget() {
      vendor.asked.splice(0);
      vendor.sessions.splice(0);
      vendor.does({});
    },
    async stop() {
      await gateway.stop();
      await vendor.stop();
    },
  };
}
