/** Backends of MCP servers that can be killed, brought back at their port, slowed, and made to fail. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './freePort.ts';
import { until } from './until.ts';

const fixture = join(import.meta.dir, '../fixtures/mcpBackend.ts');

type Behaviour = Readonly<{
  status?: number;
  delayMs?: number;
  /** Calls alone are slow: its health is good. */
  slowCallsMs?: number;
  servers?: readonly string[];
  badHealth?: true;
}>;

export type TestBackend = Readonly<{
  name: string;
  url: string;
  /** Kills it in the middle of whatever it does. */
  kill: () => Promise<void>;
  /** Brings it back at the same port, without any session. */
  start: () => Promise<void>;
  behave: (behaviour: Behaviour) => Promise<void>;
}>;

type Options = Readonly<{ name: string; ledger: string; era: 'legacy' | 'modern' }>;

export async function testBackend({ name, ledger, era }: Options): Promise<TestBackend> {
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: Bun.Subprocess | undefined;

  const start = async () => {
    child = Bun.spawn([process.execPath, fixture, name, String(port), ledger, era], {
      stdout: 'ignore',
      stderr: 'inherit',
    });
    await until(`${name} listens`, async () => {
      const response = await fetch(`${url}/health`).catch(() => undefined);
      return response?.ok === true;
    });
  };
  await start();
  return {
    name,
    url,
    start,
    async kill() {
      child?.kill('SIGKILL');
      await child?.exited;
    },
    async behave(behaviour) {
      await fetch(`${url}/behave`, { method: 'POST', body: JSON.stringify(behaviour) });
    },
  };
}

/** What was carried out, and by whom, in order. */
export async function carriedOut(ledger: string): Promise<{ call: string; by: string }[]> {
  const text = await readFile(ledger, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [call = '', by = ''] = line.split(' ');
      return { call, by };
    });
}
