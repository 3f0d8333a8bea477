/** Requests per second against Portkey's gateway, the other one in TypeScript. It is fetched into a temporary folder. */
import { join } from 'node:path';
import { freePort } from '../../server/nats/configure.ts';
import { startGateway } from '../measure/gateway.ts';
import { temporaryFolder } from '../measure/leftovers.ts';
import { outputOf } from '../measure/script.ts';
import { answer } from '../measure/vendorAnswer.ts';
import { flatOut, keys } from './generate.ts';
import { startUpstream } from './nginx.ts';
import { median, thousands, type Row, type Scale } from './row.ts';

const name = '@portkey-ai/gateway';
const version = '1.15.2';
const upWithinMs = 20_000;

const row = { what: `requests/s against Portkey's gateway ${version}`, hold: '12', reach: '20' };

export async function portkeyRows({ isShort }: Scale): Promise<Row[]> {
  const { rounds, seconds } = isShort ? { rounds: 1, seconds: 1 } : { rounds: 3, seconds: 4 };
  const folder = temporaryFolder('portkey');
  try {
    const why = await install(folder.path);
    if (why !== '') {
      console.log(`  SKIPPED: ${name}@${version} could not be fetched: ${why}`);
      return [{ ...row, measured: 'not measured', isHeld: null }];
    }
    const ratios = await compare(folder.path, rounds, seconds);
    const ratio = median(ratios);
    return [{ ...row, measured: `${ratio.toFixed(1)} times`, isHeld: ratio >= 12 }];
  } finally {
    folder.remove();
  }
}

/** Answers why not, else nothing. */
async function install(cwd: string): Promise<string> {
  try {
    await Bun.write(join(cwd, 'package.json'), '{}');
    await outputOf([process.execPath, 'add', '--ignore-scripts', `${name}@${version}`], { cwd });
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function compare(folder: string, rounds: number, seconds: number): Promise<number[]> {
  const upstream = await startUpstream(answer);
  try {
    const baseUrl = `http://127.0.0.1:${upstream.port}/v1`;
    const headers = { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': baseUrl };
    const portkey = await startPortkey(folder);
    try {
      const gateway = await startGateway({
        OPENAI_API_KEYS: keys(10),
        OPENAI_BASE_URL: baseUrl,
      });
      try {
        await flatOut(portkey.port, 1, headers);
        await flatOut(gateway.port, 1);
        const ratios: number[] = [];
        for (let round = 0; round < rounds; round++) {
          const theirs = (await flatOut(portkey.port, seconds, headers)).perSecond;
          const ours = (await flatOut(gateway.port, seconds)).perSecond;
          ratios.push(ours / theirs);
          console.log(
            `  round ${round + 1}: Portkey ${thousands(theirs)}/s, Signalbox ${thousands(ours)}/s`,
          );
        }
        return ratios;
      } finally {
        await gateway.stop();
      }
    } finally {
      await portkey.stop();
    }
  } finally {
    await upstream.stop();
  }
}

/** On Node, which it is made for, where there is one. */
async function startPortkey(folder: string) {
  const port = await freePort();
  const entry = join(folder, 'node_modules', name, 'build/start-server.js');
  const runtime = Bun.which('node') ?? process.execPath;
  const child = Bun.spawn([runtime, entry, `--port=${port}`, '--headless'], {
    cwd: folder,
    env: { PATH: Bun.env['PATH'] ?? '', HOME: folder, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const isUp = () =>
    fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
  const deadlineMs = performance.now() + upWithinMs;
  while (!(await isUp())) {
    if (child.exitCode !== null || performance.now() > deadlineMs) {
      child.kill('SIGKILL');
      throw new Error(`Portkey's gateway was not up within ${upWithinMs} ms`);
    }
    await Bun.sleep(50);
  }
  return {
    port,
    async stop() {
      child.kill('SIGKILL');
      await child.exited;
    },
  };
}
