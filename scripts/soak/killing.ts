/** Kills parts of a Signalbox that runs, and sees how soon it answers again. */
import { startGateway, type MeasuredGateway } from '../measure/gateway.ts';
import { readAccess } from '../../server/nats/accessFile.ts';
import { ask, lastHeardMs } from './clients.ts';
import { holdsWithin } from './finding.ts';
import { childOf, isRunning, type Part } from '../measure/processes.ts';

export const killKinds = ['gateway', 'nats', 'both', 'launcher'] as const;
export type KillKind = (typeof killKinds)[number];

/** Times are monotonic; `performance.timeOrigin` makes them epoch. */
export type Kill = Readonly<{
  kind: KillKind;
  /** When the first process was killed. */
  fromMs: number;
  /** When the gateway was, of both; the first one's time otherwise. */
  atMs: number;
  /** When the gateway was last heard of before it was killed. */
  aliveMs: number;
  /** When the gateway process was seen to be gone; undefined where it was left alive. */
  gatewayGoneMs: number | undefined;
  firstAnswerMs: number;
  /** When everything that was killed could be reached again. */
  backMs: number;
}>;

export type Victim = Readonly<{
  kill: (kind: KillKind) => Promise<Kill>;
  /** The Signalbox that runs now. */
  gateway: () => MeasuredGateway;
}>;

const backWithinMs = 60_000;
/** Between the log's end and the gateway's, when both are to go. */
const betweenMs = 300;

async function isListening(dataDir: string): Promise<boolean> {
  const [hostname = '', port] = String(readAccess(dataDir)?.servers).split(':');
  const socket = await Bun.connect({ hostname, port: Number(port), socket: { data() {} } }).catch(
    () => undefined,
  );
  socket?.end();
  return socket !== undefined;
}

/** @param env what the launcher is started with, each time. */
export async function startVictim(env: Readonly<Record<string, string>>): Promise<Victim> {
  let gateway = await startGateway(env);
  const { dataDir, port } = gateway;

  /** A part that was killed before may not be back yet. */
  const pidOf = async (part: Part): Promise<number> => {
    let pid: number | undefined;
    await holdsWithin(backWithinMs, () => {
      pid = childOf(gateway.pid, part);
      return pid !== undefined;
    });
    if (pid === undefined) throw new Error(`the ${part} is not there after ${backWithinMs} ms`);
    return pid;
  };

  const mustHappen = async (what: string, condition: () => boolean | Promise<boolean>) => {
    if (!(await holdsWithin(backWithinMs, condition)))
      throw new Error(`it did not happen within ${backWithinMs} ms: ${what}`);
  };

  const killGateway = async (how: (pid: number) => unknown) => {
    const pid = await pidOf('gateway');
    const atMs = performance.now();
    const aliveMs = lastHeardMs();
    await how(pid);
    await mustHappen('the gateway ends', () => !isRunning(pid));
    return { atMs, aliveMs, gatewayGoneMs: performance.now() };
  };
  const killNats = async () => {
    const pid = await pidOf('nats');
    const atMs = performance.now();
    process.kill(pid, 'SIGKILL');
    return { atMs, aliveMs: lastHeardMs(), gatewayGoneMs: undefined };
  };

  type Killed = Pick<Kill, 'atMs' | 'aliveMs' | 'gatewayGoneMs'> & Readonly<{ fromMs?: number }>;
  const act: Record<KillKind, () => Promise<Killed>> = {
    gateway: () => killGateway((pid) => process.kill(pid, 'SIGKILL')),
    nats: killNats,
    async both() {
      const { atMs: fromMs } = await killNats();
      await Bun.sleep(Math.random() * betweenMs);
      return { fromMs, ...(await killGateway((pid) => process.kill(pid, 'SIGKILL'))) };
    },
    async launcher() {
      const killed = await killGateway(() => gateway.kill9());
      gateway = await startGateway(env, { dataDir, port });
      return killed;
    },
  };

  return {
    gateway: () => gateway,
    async kill(kind) {
      const { fromMs, ...killed } = await act[kind]();
      await mustHappen('a request is answered', async () => 'answered' in (await ask(port, false)));
      const firstAnswerMs = performance.now();
      await mustHappen('the log is back', () => isListening(dataDir));
      const backMs = performance.now();
      return { kind, fromMs: fromMs ?? killed.atMs, ...killed, firstAnswerMs, backMs };
    },
  };
}
