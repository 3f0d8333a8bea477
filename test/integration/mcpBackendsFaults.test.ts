/** Backends that die, hang or leave while there is work: what is lost, what is not, and what is never done twice. */
import { afterEach, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiOf } from '../support/api.ts';
import { carriedOut, testBackend, type TestBackend } from '../support/backends.ts';
import { mcpClient, mcpGateway, type McpGateway } from '../support/mcp.ts';
import { callText } from '../support/mcpProgram.ts';
import { until } from '../support/until.ts';

setDefaultTimeout(120_000);

let folder = '';
let ledger = '';
let gateway: McpGateway;
let backends: TestBackend[] = [];
const ask = apiOf(() => gateway.url());

afterEach(async () => {
  await gateway?.stop();
  for (const backend of backends) await backend.kill();
  await rm(folder, { recursive: true, force: true });
});

type Given = Readonly<{
  names: readonly string[];
  era: 'legacy' | 'modern';
  /** Terms of each backend, and of the pool. */
  terms?: object;
  balancer?: object;
  env?: Readonly<Record<string, string>>;
}>;

const fileOf = (named: readonly TestBackend[], terms: object = {}, balancer: object = {}) => ({
  backends: named.map(({ name, url }) => ({ name, url, ...terms })),
  load_balancer: { health_check_interval: 0.1, unhealthy_threshold: 3, ...balancer },
});

async function start({ names, era, terms, balancer, env = {} }: Given): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-backends-'));
  ledger = join(folder, 'carried-out');
  backends = await Promise.all(names.map((name) => testBackend({ name, ledger, era })));
  gateway = await mcpGateway({ env, more: fileOf(backends, terms, balancer) });
  await gateway.connected('default');
  for (const name of names) await isState(name, 'healthy');
}

const isState = (name: string, wanted: string) =>
  until(`${name} is ${wanted}`, async () => {
    const { json } = await ask('GET', '/api/actors/mcp-backend');
    return json.data.some(
      ({ id, status }: { id: string; status: string }) =>
        id.startsWith(`${name}-`) && status === wanted,
    );
  });

const breakerOf = async (backend: string): Promise<string> => {
  const { json } = await ask('GET', '/api/mcp/servers/default/status');
  return json.backends.find(({ name }: { name: string }) => name === backend).breaker;
};

async function call(args: object = {}) {
  const startedMs = performance.now();
  const { status, json } = await ask('POST', '/api/mcp/default', {
    method: 'call_tool',
    params: { tool_name: 'who', arguments: args },
  });
  const { backend = '', detail = '' } = json as { backend?: string; detail?: string };
  return { status, backend, detail, startedMs, endedMs: performance.now() };
}

test('One of three that is killed under load fails those calls alone that were with it', async () => {
  await start({ names: ['a', 'b', 'c'], era: 'modern' });
  const [victim] = backends;
  const wide = 24;
  const count = 1_200;
  const answers: (Awaited<ReturnType<typeof call>> & { name: string })[] = [];
  let next = 0;
  const work = async () => {
    while (next < count) {
      const name = `call-${next++}`;
      if (next === count / 3) void victim?.kill();
      answers.push({ name, ...(await call({ call: name, ms: 20 })) });
    }
  };
  await Promise.all(Array.from({ length: wide }, work));

  const done = Map.groupBy(await carriedOut(ledger), (one) => one.call);
  const failures = answers.filter(({ status }) => status !== 200);
  const knownMs = Math.min(...failures.map(({ endedMs }) => endedMs));
  expect(answers).toHaveLength(count);
  expect(failures.length).toBeLessThanOrEqual(wide);
  for (const { name, status } of answers) {
    expect(done.get(name)?.length ?? 0).toBeLessThanOrEqual(1);
    if (status === 200) expect(done.get(name)).toHaveLength(1);
  }
  for (const { detail, startedMs } of failures) {
    expect(detail).toContain('went away before it answered');
    // Who came after the first of them was asked elsewhere.
    expect(startedMs).toBeLessThan(knownMs);
  }
  const last = answers.slice(-count / 4);
  expect(new Set(last.map(({ backend }) => backend))).toEqual(new Set(['b', 'c']));
});

test('One that answers no call in time is left alone, though its health is good, and comes back', async () => {
  const threshold = 3;
  await start({
    names: ['fast', 'slow'],
    era: 'modern',
    terms: { timeout: 0.4 },
    env: {
      CIRCUIT_BREAKER_FAILURE_THRESHOLD: String(threshold),
      CIRCUIT_BREAKER_RECOVERY_TIMEOUT: '2',
    },
  });
  const slow = backends[1];
  await slow?.behave({ slowCallsMs: 1_500 });
  const failures: string[] = [];
  await until('it is left alone', async () => {
    const { status, detail } = await call({ call: 'before' });
    if (status !== 200) failures.push(detail);
    return (await breakerOf('slow')) === 'open';
  });
  expect(failures).toHaveLength(threshold);
  for (const detail of failures) expect(detail).toContain('was not answered within 400 ms');
  await isState('slow', 'healthy');

  const after = [];
  for (let n = 0; n < 30; n++) after.push(await call({ call: `after-${n}` }));
  // Now and then one is a question whether it is better.
  expect(after.filter(({ status }) => status !== 200).length).toBeLessThanOrEqual(1);
  const done = Map.groupBy(await carriedOut(ledger), (one) => one.call);
  for (let n = 0; n < 30; n++) expect(done.get(`after-${n}`)?.length ?? 0).toBeLessThanOrEqual(1);

  await slow?.behave({});
  await until('it has calls again', async () => (await call()).backend === 'slow', 30_000);
  await until('its breaker is closed', async () => (await breakerOf('slow')) === 'closed');
});

test('One that is not named any more loses what is under way at the end of its time, and says so', async () => {
  await start({ names: ['old', 'new'], era: 'legacy', balancer: { drain_timeout: 0.5 } });
  const clients = [
    await mcpClient(`${gateway.url()}/mcp/default`, 'legacy'),
    await mcpClient(`${gateway.url()}/mcp/default`, 'legacy'),
  ];
  const homes = await Promise.all(clients.map((client) => callText(client, 'who')));
  expect(homes.toSorted()).toEqual(['new', 'old']);
  const client = clients[homes.indexOf('old')] as (typeof clients)[number];
  const lost = callText(client, 'who', { call: 'long', ms: 60_000 }).catch((error: Error) => error);
  await until('it is under way', async () =>
    (await carriedOut(ledger)).some(({ call }) => call === 'long'),
  );
  await gateway.configure({}, fileOf(backends.slice(1), {}, { drain_timeout: 0.5 }));
  await isState('old', 'gone');
  expect(String(await lost)).toContain('went away before it answered');
  const { json } = await ask('GET', '/api/events?type=McpBackendDrained');
  expect(json.data[0].data).toMatchObject({ cause: 'deadline', sessions_ended: 1 });
  expect(await callText(client, 'who')).toBe('new');
  for (const one of clients) await one.close();
});
