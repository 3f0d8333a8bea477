/** The reference server as a process of its own, behind a URL. */
import { join } from 'node:path';
import { freePort } from './freePort.ts';
import { until } from './until.ts';

const program = join(
  import.meta.dir,
  '../../node_modules/@modelcontextprotocol/server-everything/dist/index.js',
);

export type EverythingServer = Readonly<{ url: string; kill: () => Promise<void> }>;

export async function everythingServer(
  transport: 'sse' | 'http',
  port = freePort(),
): Promise<EverythingServer> {
  const child = Bun.spawn(
    [process.execPath, program, transport === 'sse' ? 'sse' : 'streamableHttp'],
    { env: { ...process.env, PORT: String(port) }, stdout: 'ignore', stderr: 'ignore' },
  );
  const origin = `http://127.0.0.1:${port}`;
  await until('the reference server listens', async () => {
    try {
      await fetch(`${origin}/`);
      return true;
    } catch {
      return false;
    }
  });
  return {
    url: transport === 'sse' ? `${origin}/sse` : `${origin}/mcp`,
    async kill() {
      child.kill('SIGKILL');
      await child.exited;
    },
  };
}
