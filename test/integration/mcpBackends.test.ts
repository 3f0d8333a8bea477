/** Several backends of one MCP server: who gets what, and what a caller notices when one dies. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { carriedOut, testBackend, type TestBackend } from '../support/backends.ts';
import { mcpGateway, type McpGateway } from '../support/mcp.ts';
import { until } from '../support/until.ts';

setDefaultTimeout(120_000);

const folder = await mkdtemp(join(tmpdir(), 'signalbox-backends-'));
const ledger = join(folder, 'carried-out');
let primary: TestBackend;
let secondary: TestBackend;
let gateway: McpGateway;

beforeAll(async () => {
  primary = await testBackend({ name: 'primary', ledger, era: 'modern' });
  secondary = await testBackend({ name: 'secondary', ledger, era: 'modern' });
  gateway = await mcpGateway({
    env: { MCP_BACKENDS: `primary:${primary.url},secondary:${secondary.url}` },
    more: {
      backends: [{ name: 'primary', weight: 3, health_check: '/health' }],
      load_balancer: {
        strategy: 'weighted_round_robin',
        health_check_interval: 0.1,
        unhealthy_threshold: 3,
        healthy_threshold: 2,
      },
    },
  });
  await gateway.connected('default');
  await states({ primary: 'healthy', secondary: 'healthy' });
});
afterAll(async () => {
  await gateway?.stop();
  await primary?.kill();
  await secondary?.kill();
  await rm(folder, { recursive: true, force: true });
});

type Answer = Readonly<{
  backend?: string;
  result?: { text: string }[];
  detail?: string;
  status: number;
}>;

const call = async (args: object = {}): Promise<Answer> => {
  const response = await fetch(`${gateway.url()}/api/mcp/default`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ method: 'call_tool', params: { tool_name: 'who', arguments: args } }),
  });
  return { ...((await response.json()) as object), status: response.status };
};
const actors = async (): Promise<{ id: string; status: string; context: { reason: string } }[]> => {
  const response = await fetch(`${gateway.url()}/api/actors/mcp-backend`);
  return ((await response.json()) as { data: Awaited<ReturnType<typeof actors>> }).data;
};
const states = (wanted: Readonly<Record<string, string>>) =>
  until(`the backends are ${JSON.stringify(wanted)}`, async () => {
    const all = await actors();
    return Object.entries(wanted).every(([name, state]) =>
      all.some(({ id, status }) => id.startsWith(`${name}-`) && status === state),
    );
  });

describe('Two backends of weights 3 and 1', () => {
  test('get their shares exactly, and each answer names its backend', async () => {
    const answers: Answer[] = [];
    for (let n = 0; n < 40; n++) answers.push(await call());
    const counts = Map.groupBy(answers, ({ backend }) => backend);
    expect(counts.get('primary')?.length).toBe(30);
    expect(counts.get('secondary')?.length).toBe(10);
    for (const { backend, result } of answers) expect(result?.[0]?.text).toBe(backend ?? '');
  });

  test('one that is killed under 50 calls a second costs no call twice, and none is lost unsaid', async () => {
    const calls: Promise<Readonly<{ name: string; answer: Answer; isAfter: boolean }>>[] = [];
    let isKnownDead = false;
    for (let n = 0; n < 100; n++) {
      const name = `killed-${n}`;
      const isAfter = isKnownDead;
      calls.push(call({ call: name, ms: 30 }).then((answer) => ({ name, answer, isAfter })));
      if (n === 30)
        void primary
          .kill()
          .then(() => states({ primary: 'unhealthy' }))
          .then(() => (isKnownDead = true));
      await Bun.sleep(20);
    }
    const answers = await Promise.all(calls);
    const done = await carriedOut(ledger);
    const times = (name: string) => done.filter((one) => one.call === name).length;
    for (const { name, answer, isAfter } of answers) {
      expect(times(name)).toBeLessThanOrEqual(1);
      if (answer.status === 200) expect(times(name)).toBe(1);
      // Only what may have reached it is said to have failed; nothing is sent to one that is known to be dead.
      else expect(answer.detail).toContain('went away before it answered');
      if (isAfter) expect(answer.backend).toBe('secondary');
    }
    await states({ primary: 'unhealthy', secondary: 'healthy' });
    const dead = (await actors()).find(({ id }) => id.startsWith('primary-'));
    expect(dead?.context.reason).toContain('/health could not be asked');
    expect((await call()).backend).toBe('secondary');
  });

  test('one that is back gets its share again after the named number of good checks', async () => {
    await primary.start();
    await states({ primary: 'healthy' });
    await until('the breaker lets it', async () => (await call()).backend === 'primary', 30_000);
    await until('it has its share', async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => call()));
      return answers.filter(({ backend }) => backend === 'primary').length === 6;
    });
  });

  test('one that answers 500 is left out, with the reason in its status', async () => {
    await secondary.behave({ status: 500 });
    await states({ secondary: 'unhealthy' });
    const answers = await Promise.all(Array.from({ length: 8 }, () => call()));
    expect(answers.every(({ backend, status }) => backend === 'primary' && status === 200)).toBe(
      true,
    );
    const response = await fetch(`${gateway.url()}/api/mcp/servers/default/status`);
    const { backends } = (await response.json()) as { backends: object[] };
    expect(backends).toMatchObject([
      { name: 'primary', state: 'healthy', weight: 3, reason: null, breaker: 'closed' },
      { name: 'secondary', state: 'unhealthy', reason: '/health answered with HTTP 500' },
    ]);
    await secondary.behave({});
    await states({ secondary: 'healthy' });
  });

  test('are numbers in the metrics and in /health', async () => {
    const metrics = await (await fetch(`${gateway.url()}/metrics`)).text();
    expect(metrics).toContain('signalbox_mcp_backend_state{backend="primary",state="healthy"} 1');
    expect(metrics).toContain('signalbox_mcp_backend_state{backend="primary",state="unhealthy"} 0');
    const health = (await (await fetch(`${gateway.url()}/health`)).json()) as object;
    expect(health).toMatchObject({ backends: { total: 2, healthy: 2, unhealthy: 0 } });
  });
});
