/** `--demo` as a newcomer starts it: keys rest and recover before the eyes, and nothing stays behind. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiOf } from '../support/api.ts';
import { processesWith } from '../support/processes.ts';
import { readSse, type SseEvent } from '../support/sseReader.ts';
import { until } from '../support/until.ts';

const launcher = join(import.meta.dir, '../../server/launch.ts');
let folder: string;
let output = '';
let child: Bun.Subprocess<'ignore', 'pipe', 'inherit'>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-demo-'));
  child = Bun.spawn([process.execPath, launcher, '--demo', '--port', '0'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], DATA_DIR: folder, LOG_LEVEL: 'warn', OPENAI_API_KEY: 'real' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const read = async () => {
    for await (const chunk of child.stdout) output += Buffer.from(chunk).toString();
  };
  void read();
});
afterAll(() => {
  child.kill('SIGKILL');
  for (const pid of processesWith(folder)) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Some key that rested came back, in the course of the same request. */
const cameBack = (events: readonly SseEvent[], rested: string, recovered: string): boolean => {
  const about = (type: string) =>
    events
      .filter(({ data }) => data['type'] === type)
      .map(({ data }) => `${String(data['actor_id'])} ${String(data['correlation_id'])}`);
  const back = new Set(about(recovered));
  return about(rested).some((one) => back.has(one));
};

test('The demo shows a key of each vendor rest and recover, and ends with its launcher', async () => {
  await until('the demo says what to watch', () => output.includes('/api/live'));
  const url = String(/listens on (\S+)/.exec(output)?.[1]);
  expect(output).toContain(`curl ${url}/api/provider-keys`);

  const live = await fetch(`${url}/api/live?kind=provider-key`);
  if (!live.body) throw new Error('/api/live has no body');
  const feed = readSse(live.body);
  await feed.until(
    (events) =>
      cameBack(events, 'ProviderKeyRested', 'ProviderKeyRecovered') &&
      cameBack(events, 'ProviderKeyModelRested', 'ProviderKeyModelRecovered'),
    20_000,
  );
  await feed.leave();

  const api = apiOf(() => url);
  const keys = (await api('GET', '/api/provider-keys')).json.data;
  expect(keys).toHaveLength(9);
  const logs = (await api('GET', '/api/logs?limit=50')).json.data;
  expect(new Set(logs.map((one: { status: number }) => one.status))).toEqual(new Set([200]));
  expect(new Set(logs.map((one: { dialect: string }) => one.dialect)).size).toBe(3);

  await until(
    'both servers answer, and one has crashed and come back',
    async () => {
      const servers = (await api('GET', '/api/mcp/calls?outcome=completed')).json.data;
      const transitions = (await api('GET', '/api/events?kind=mcp-connection&limit=200')).json.data;
      const ofCrashing = transitions.filter(({ actor_id: id }: { actor_id: string }) =>
        id.startsWith('crashing-'),
      );
      const count = (type: string) =>
        ofCrashing.filter((one: { type: string }) => one.type === type).length;
      const named = new Set(servers.map(({ server }: { server: string }) => server));
      return named.size === 2 && count('McpConnectionReady') > 1;
    },
    60_000,
  );

  child.kill('SIGTERM');
  expect(await child.exited).toBe(0);
  expect(processesWith(folder)).toEqual([]);
}, 120_000);
