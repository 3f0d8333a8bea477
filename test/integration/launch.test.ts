/** The launcher as a process: what it prints, what it keeps up, and that nothing outlives it. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/freePort.ts';
import { commandLine, processesWith } from '../support/processes.ts';
import { until } from '../support/until.ts';
import { afterEachOf } from '../support/endings.ts';

const fixture = join(import.meta.dir, '../fixtures/launchChildren.ts');
const atEnd = afterEachOf();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-launch-'));
});
afterEach(() => {
  for (const pid of processesWith(folder)) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

type Answer = { pid: number; workerNumber: number; password: string | null; requestLimit: string };

/** Everything that is started carries DATA_DIR in its environment or command line, so it can be found again. */
function launcher(argv: string[] = [], env: Record<string, string> = {}) {
  const child = Bun.spawn([process.execPath, fixture, ...argv], {
    cwd: folder,
    env: { PATH: process.env['PATH'], DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  atEnd(() => child.kill('SIGKILL'));
  let output = '';
  const read = async () => {
    for await (const chunk of child.stdout) output += Buffer.from(chunk).toString();
  };
  const reading = read();
  const errors = new Response(child.stderr).text();
  return {
    child,
    output: () => output,
    errors,
    ended: async () => {
      await child.exited;
      await reading;
      return child.exitCode;
    },
    listening: async () => {
      await until('the launcher listens', () => {
        if (child.exitCode !== null) throw new Error(`it ended: ${output}`);
        return output.includes('listens on') && output.includes('Next:');
      });
      return String(/listens on (\S+)/.exec(output)?.[1]);
    },
  };
}

const ask = async (url: string): Promise<Answer> =>
  (await fetch(url, { keepalive: false })).json() as Promise<Answer>;
const answers = (url: string): Promise<boolean> =>
  ask(url).then(
    () => true,
    () => false,
  );

describe('the start', () => {
  test('prints where it listens, who may come in, where the data are, and what to do next', async () => {
    const run = launcher(['--port', '0']);
    const url = await run.listening();
    expect(url).toStartWith('http://127.0.0.1:');
    expect(run.output()).toContain('Mode: open');
    expect(run.output()).toContain(`Data: ${join(folder, 'data')}`);
    expect(run.output()).toContain(`curl ${url}/`);
    expect(await ask(url)).toMatchObject({ workerNumber: 1, requestLimit: '65336' });
  });

  test('a fault of the configuration is one line, and nothing is left running', async () => {
    const run = launcher(['--port', 'many']);
    expect(await run.ended()).toBe(1);
    const errors = await run.errors;
    expect(errors).toStartWith('signalbox: --port is "many"');
    expect(errors.trim().split('\n')).toHaveLength(1);
    expect(processesWith(folder)).toEqual([]);
  });

  test('an unknown option is one line that names it', async () => {
    const run = launcher(['--prot', '1']);
    expect(await run.ended()).toBe(1);
    expect(await run.errors).toBe("signalbox: Unknown option '--prot': --help lists the options\n");
  });

  test('--help lists the options and starts nothing', async () => {
    const run = launcher(['--help']);
    expect(await run.ended()).toBe(0);
    for (const option of ['--host', '--port', '--workers', '--reload', '--debug', '--demo'])
      expect(run.output()).toContain(option);
  });

  test('a taken port is waited for, then one clear line', async () => {
    const taken = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() });
    atEnd(() => taken.stop(true));
    const run = launcher(['--port', String(taken.port)]);
    expect(await run.ended()).toBe(1);
    expect(await run.errors).toBe(
      `signalbox: port ${taken.port} on 127.0.0.1 is taken: stop what listens there, or choose another port with --port\n`,
    );
    expect(processesWith(folder)).toEqual([]);
  }, 60_000);

  test('a port that becomes free in time is taken', async () => {
    const taken = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() });
    const { port } = taken;
    const run = launcher(['--port', String(port)]);
    await until('the launcher holds its folder', () =>
      Bun.file(join(folder, 'data/launcher.pid')).exists(),
    );
    await taken.stop(true);
    expect(await run.listening()).toEndWith(`:${port}`);
  });

  test('a second launcher on one folder is one line that names folder and process', async () => {
    const first = launcher(['--port', '0']);
    await first.listening();
    const second = launcher(['--port', '0']);
    expect(await second.ended()).toBe(1);
    expect(await second.errors).toContain(
      `the data folder ${join(folder, 'data')} is in use by another Signalbox (process ${first.child.pid})`,
    );
    expect(await answers(await first.listening())).toBe(true);
  });

  test('a gateway that cannot start ends the launcher with its reason', async () => {
    const run = launcher(['--port', '0'], { API_KEY_HEADER: 'X-Fail' });
    expect(await run.ended()).toBe(1);
    expect(await run.errors).toBe('signalbox: the gateway was told to fail\n');
    expect(processesWith(folder)).toEqual([]);
  });

  test('the demo adds to the environment and learns where the gateway listens', async () => {
    const run = launcher(['--port', '0', '--demo']);
    const url = await run.listening();
    expect((await ask(url)).password).toBe('from-the-demo');
    await until('the demo was told', () => run.output().includes(`demo sees ${url}`));
  });

  test('a .env file in the working folder counts', async () => {
    writeFileSync(join(folder, '.env'), 'MIDDLEWARE_PASSWORD=from-the-file\n');
    const run = launcher(['--port', '0']);
    expect((await ask(await run.listening())).password).toBe('from-the-file');
    expect(run.output()).toContain('Mode: password');
  });
});

describe('while it runs', () => {
  test('several workers share the port, and one that was killed is replaced', async () => {
    const run = launcher(['--port', String(freePort()), '--workers', '2']);
    const url = await run.listening();
    const seen = new Map<number, number>();
    const bothSeen = async () => {
      const { pid, workerNumber } = await ask(url);
      seen.set(workerNumber, pid);
      return seen.size === 2;
    };
    await until('both workers answered', bothSeen);
    const killed = Number(seen.get(2));
    process.kill(killed, 'SIGKILL');
    seen.clear();
    await until('both answer again', async () => {
      const isBoth = await bothSeen().catch(() => false);
      return isBoth && seen.get(2) !== killed;
    });
  });

  test('the projector runs at the lowest priority, and comes back when it is killed', async () => {
    const run = launcher(['--port', '0']);
    await run.listening();
    const projectors = () =>
      processesWith(folder).filter((pid) => commandLine(pid).includes('projectorChild'));
    const [before = 0] = projectors();
    expect(getPriority(before)).toBe(19);
    process.kill(before, 'SIGKILL');
    await until('another projector runs', () => projectors().some((pid) => pid !== before));
  });
});

describe('the end', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s: exit 0, and no child is left', async (signal) => {
    const run = launcher(['--port', '0']);
    await run.listening();
    expect(processesWith(folder).length).toBeGreaterThanOrEqual(4);
    run.child.kill(signal);
    expect(await run.ended()).toBe(0);
    expect(processesWith(folder)).toEqual([]);
  });

  test('SIGTERM in the middle of the start leaves nothing either', async () => {
    const run = launcher(['--port', '0']);
    await until('the log is being started', () =>
      processesWith(folder).some((pid) => commandLine(pid).includes('nats-server')),
    );
    run.child.kill('SIGTERM');
    expect(await run.ended()).toBe(0);
    expect(processesWith(folder)).toEqual([]);
  });

  test('a launcher that is killed takes its gateways along, and the next one starts', async () => {
    const run = launcher(['--port', '0']);
    const url = await run.listening();
    run.child.kill('SIGKILL');
    await run.ended();
    await until('the gateway ended', async () => !(await answers(url)));
    const next = launcher(['--port', '0']);
    await next.listening();
    const servers = processesWith(folder).filter((pid) => commandLine(pid).includes('nats-server'));
    expect(servers).toHaveLength(1);
  });
});
