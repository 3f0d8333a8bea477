/** What the suites run against: a reference by itself, and one behind a gateway that wants a key, limits it and records. */
import { join } from 'node:path';
import { apiOf } from '../support/api.ts';
import { mcpGateway } from '../support/mcp.ts';
import { until } from '../support/until.ts';
import { startForwarder } from './forwarder.ts';
import { serveReference } from './reference/http.ts';
import { suites, verdicts, type Outcome } from './suite.ts';

export type SuiteName = keyof typeof suites;

export type ConformanceBench = Readonly<{
  /** What the reference does by itself; run once for each suite. */
  direct: (suite: SuiteName) => Promise<Outcome>;
  /** The same suite against a path of the gateway, under a client key. */
  through: (suite: SuiteName, path: string) => Promise<Outcome>;
  /** Resolves once the log holds one record for each call that reached the server behind the gateway. */
  recorded: () => Promise<void>;
  stop: () => Promise<void>;
}>;

const stdio = join(import.meta.dir, 'reference/stdio.ts');
const password = 'conformance-password';

export async function startConformance(): Promise<ConformanceBench> {
  const alone = serveReference();
  const behind = serveReference();
  const gateway = await mcpGateway({
    env: { MIDDLEWARE_PASSWORD: password },
    servers: {
      reference: { url: behind.url, prefix: 'never' },
      piped: { command: process.execPath, args: [stdio] },
    },
  });
  const { token } = (await apiOf(gateway.url)('POST', '/api/login', { password })).json;
  const api = apiOf(gateway.url, { authorization: `Bearer ${token}` });
  for (const server of ['reference', 'piped'])
    await until(`${server} is connected`, async () => {
      const { json } = await api('GET', `/api/mcp/servers/${server}/status`);
      return json?.state === 'ready';
    });
  const terms = { allowed_tools: ['reference_*', 'piped_*'], record_bodies: true };
  const { json: made } = await api('POST', '/api/keys', terms);
  const forwarder = startForwarder(gateway.url(), `Bearer ${made.key}`);

  const known = new Map<SuiteName, Promise<Outcome>>();
  const recordedCalls = async (): Promise<number> => {
    const { lastSequence } = await gateway.log.state('TRAFFIC');
    const messages = await gateway.log.readTraffic(0, lastSequence);
    const events = messages.flatMap((message) => message.events);
    return events.filter(({ type, data }) => type === 'ToolCalled' && data.server === 'reference')
      .length;
  };

  return {
    direct(suite) {
      const run = known.get(suite) ?? verdicts(suites[suite], alone.url);
      known.set(suite, run);
      return run;
    },
    through: (suite, path) => verdicts(suites[suite], `${forwarder.url}${path}`),
    recorded: () =>
      until('each call is in the log', async () => (await recordedCalls()) === behind.calls()),
    async stop() {
      await forwarder.stop();
      await gateway.stop();
      await Promise.all([alone.stop(), behind.stop()]);
    },
  };
}
