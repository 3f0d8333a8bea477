/** What `./scripts/start --demo` adds: mock vendors with keys that rest and recover, MCP servers, and light traffic. */
import { resolve } from 'node:path';
import { environment } from '../server/config.ts';
import type { FromChild, ToChild } from '../server/launcher/messages.ts';
import { writeMcpServers } from './demo/mcpServers.ts';
import { keysOf, vendorNames } from './demo/rateLimits.ts';
import { startTraffic, type Traffic } from './demo/traffic.ts';
import { startVendors, type Vendors } from './demo/vendors.ts';

const now = () => Date.now();
const tell = (message: FromChild) => process.send?.(message);
let vendors: Vendors | undefined;
let traffic: Traffic | undefined;

/** The demo has a folder of its own: real keys must not learn of mock vendors. */
async function variables(url: string): Promise<Record<string, string>> {
  const { DATA_DIR: dataDir = './data' } = environment();
  const folder = resolve(dataDir, 'demo');
  const keys = vendorNames.map((vendor) => [
    [`${vendor.toUpperCase()}_API_KEYS`, keysOf(vendor).join(',')],
    // A real key in the singular variable would count as well.
    [`${vendor.toUpperCase()}_API_KEY`, ''],
  ]);
  return {
    ...Object.fromEntries(keys.flat()),
    OPENAI_BASE_URL: `${url}/v1`,
    ANTHROPIC_BASE_URL: url,
    GEMINI_BASE_URL: url,
    DATA_DIR: folder,
    MCP_CONFIG_PATH: await writeMcpServers(folder),
  };
}

function greet(url: string): void {
  console.log(
    `Demo: three mock vendors with three keys each; now and then one of them is rate-limited.\n` +
      `  Watch keys rest and recover:  curl -N '${url}/api/live?kind=provider-key'   and  curl ${url}/api/provider-keys\n` +
      `  Watch the requests go on:     curl -N ${url}/api/live                       and  curl ${url}/api/logs\n` +
      `Two MCP servers stand behind ${url}/mcp; the one named crashing does so every quarter of a minute.\n` +
      `  Watch it come back:           curl -N '${url}/api/live?kind=mcp-connection'  and  curl ${url}/api/mcp/servers\n` +
      `  Watch its tool being called:  curl -N '${url}/api/live?server=crashing'      and  curl ${url}/api/mcp/calls`,
  );
}

async function stop(): Promise<void> {
  traffic?.stop();
  await vendors?.stop();
  process.exit(0);
}

async function receive(message: ToChild): Promise<void> {
  switch (message.type) {
    case 'start':
      vendors = await startVendors(now);
      tell({ type: 'ready', env: await variables(vendors.url) });
      return;
    case 'gateway':
      greet(message.url);
      traffic = startTraffic(message.url, (status) => {
        console.log(
          `Demo: the gateway answers ${status} to requests without a client key, so there is no traffic; start it without MCP_API_KEYS and MIDDLEWARE_PASSWORD to see some.`,
        );
      });
      return;
    case 'stop':
      await stop();
      return;
    default:
      message satisfies never;
  }
}

process.on('message', (message: ToChild) => {
  receive(message).catch((error: unknown) => {
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  });
});
process.on('disconnect', () => void stop());
