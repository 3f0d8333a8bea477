/** Calls of a tool through the gateway, against the same server asked directly: on stdio and over HTTP. */
import { join } from 'node:path';
import { clientKey, startGateway } from '../measure/gateway.ts';
import { temporaryFolder } from '../measure/leftovers.ts';
import { outputOf, startScript } from '../measure/script.ts';
import { median, thousands, type Row, type Scale } from './row.ts';
import type { ToolJob, ToolResult } from './toolLoad.ts';

const echo = join(import.meta.dir, 'toolEcho.ts');
const sessionCounts = [1, 8, 32];
const holdMs = 0.5;
const readyWithinMs = 20_000;

const load = async (job: ToolJob): Promise<ToolResult> => {
  const script = join(import.meta.dir, 'toolLoad.ts');
  return JSON.parse(await outputOf([process.execPath, script, JSON.stringify(job)])) as ToolResult;
};

async function startHttpEcho() {
  const script = startScript(echo, {});
  const { port } = await script.next<{ port: number }>();
  return { url: `http://127.0.0.1:${port}/mcp`, stop: script.stop };
}

const headers = { authorization: `Bearer ${clientKey}` };

async function untilListed(url: string): Promise<void> {
  const deadlineMs = performance.now() + readyWithinMs;
  for (;;) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
    });
    const text = await response.text();
    if (text.includes('"echo"')) return;
    if (performance.now() > deadlineMs) throw new Error(`${url} has no tool yet: ${text}`);
    await Bun.sleep(50);
  }
}

type Target = Readonly<{ name: string; direct: ToolJob['target']; through: ToolJob['target'] }>;

async function rowOf(target: Target, sessions: number, { isShort }: Scale): Promise<Row> {
  const rounds = isShort ? 1 : 5;
  const size = { sessions, calls: isShort ? 64 : 2_000, warmUpCalls: isShort ? 32 : 500 };
  const direct: ToolResult[] = [];
  const through: ToolResult[] = [];
  for (let round = 0; round < rounds; round++) {
    direct.push(await load({ target: target.direct, ...size }));
    through.push(await load({ target: target.through, ...size }));
  }
  const of = (results: readonly ToolResult[], name: keyof ToolResult) =>
    median(results.map((result) => result[name]));
  const added = (name: 'p50Ms' | 'p99Ms') => of(through, name) - of(direct, name);
  const perSecond = `${thousands(of(through, 'perSecond'))}/s of ${thousands(of(direct, 'perSecond'))}/s`;
  const isJudged = target.name === 'HTTP' && sessions === 1;
  return {
    what: `tools/call added, p50 / p99, ${target.name}, ${sessions} session${sessions === 1 ? '' : 's'}`,
    measured: `${added('p50Ms').toFixed(2)} / ${added('p99Ms').toFixed(2)} ms; ${perSecond}`,
    hold: isJudged ? `${holdMs} ms` : '–',
    reach: isJudged ? '0.2 ms' : '–',
    isHeld: !isJudged || added('p50Ms') <= holdMs,
  };
}

export async function toolRows(scale: Scale): Promise<Row[]> {
  const folder = temporaryFolder('tools');
  const http = await startHttpEcho();
  const program = [process.execPath, echo, 'stdio'];
  const path = join(folder.path, 'mcp_config.json');
  const [command, ...args] = program;
  const mcpServers = {
    http: { url: http.url, stateless: true },
    stdio: { command, args, stateless: true },
  };
  await Bun.write(path, JSON.stringify({ mcpServers }));
  const gateway = await startGateway({ MCP_CONFIG_PATH: path });
  const through = (server: string) => ({
    url: `http://127.0.0.1:${gateway.port}/mcp/${server}`,
    headers,
  });
  const targets: readonly Target[] = [
    { name: 'HTTP', direct: { url: http.url, headers: {} }, through: through('http') },
    { name: 'stdio', direct: program, through: through('stdio') },
  ];
  try {
    const rows: Row[] = [];
    for (const server of ['http', 'stdio']) await untilListed(through(server).url);
    for (const target of targets)
      for (const sessions of sessionCounts) rows.push(await rowOf(target, sessions, scale));
    return rows;
  } finally {
    await gateway.stop();
    await http.stop();
    folder.remove();
  }
}
