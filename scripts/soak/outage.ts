/** The log stands still for ten seconds under load: requests go on, commands say so, nothing is missing afterwards. */
import { startGateway, type MeasuredGateway } from '../measure/gateway.ts';
import { ask, shownFailures, type Answered } from './clients.ts';
import { commandsKept, startOperator } from './commands.ts';
import { startEvenRate } from './evenRate.ts';
import { holdsWithin, spread, type Finding } from './finding.ts';
import { startOutsideNats, type OutsideNats } from './outside.ts';
import { childOf, isRunning, residentMb } from '../measure/processes.ts';
import {
  controlEvents,
  differenceToRows,
  recordedTraffic,
  spooledBytes,
  withLogOf,
} from './recorded.ts';
import { password } from './session.ts';
import { startUpstream } from './upstream.ts';

const rate = 200;
const drainedWithinMs = 30_000;
const recordedWithinMs = 5_000;
const mostGrowthMb = 50;

/** How long the log is there, stands still, and is there again under load. */
export type OutageOptions = Readonly<{
  beforeMs: number;
  stillMs: number;
  afterMs: number;
  onProgress: (line: string) => void;
}>;

type Load = Readonly<{ answered: Answered[]; failures: Map<string, number> }>;
const failed = ({ failures }: Load, how: string) => failures.set(how, (failures.get(how) ?? 0) + 1);

async function loadFor(ms: number, port: number, load: Load): Promise<void> {
  const running = startEvenRate(rate, async () => {
    const result = await ask(port, false);
    if ('answered' in result) load.answered.push(result.answered);
    else failed(load, String(result.failed));
  });
  await Bun.sleep(ms);
  await running.stop();
}

const tookMs = ({ answered }: Load) => answered.map((one) => one.completedMs - one.startedMs);

async function afterwards(
  gateway: MeasuredGateway,
  loads: readonly Load[],
  given: Parameters<typeof commandsKept>[0],
  outside: OutsideNats | undefined,
): Promise<Finding[]> {
  const sinceMs = performance.now();
  const isDrained = await holdsWithin(
    drainedWithinMs,
    async () => (await spooledBytes(gateway.dataDir)) === 0,
  );
  const drainMs = performance.now() - sinceMs;
  const answered = loads.flatMap((load) => load.answered);
  const read = () =>
    withLogOf(
      gateway.dataDir,
      async (log) => ({ traffic: await recordedTraffic(log), control: await controlEvents(log) }),
      outside?.access,
    );
  // The newest answers are on their way for a moment.
  await holdsWithin(recordedWithinMs, async () => {
    const { times } = (await read()).traffic;
    return answered.every(({ requestId }) => times.has(requestId));
  });
  const { traffic, control } = await read();
  const notOnce = answered.filter(({ requestId }) => traffic.times.get(requestId) !== 1).length;
  const rowsDiffer = await differenceToRows(gateway.dataDir, traffic);
  return [
    {
      what: 'the spool is empty afterwards',
      found: isDrained ? `after ${drainMs.toFixed(0)} ms` : 'no',
      isKept: isDrained,
    },
    {
      what: 'every answer is in the log once',
      found: `${answered.length - notOnce} of ${answered.length}, ${traffic.dropped} dropped, ${traffic.repeatedBatches} batches sent twice and counted once`,
      isKept: notOnce === 0 && traffic.dropped === 0,
    },
    {
      what: 'the rows are those of the log',
      found: rowsDiffer || 'no difference',
      isKept: rowsDiffer === '',
    },
    ...commandsKept(given, control),
  ];
}

type Log = Readonly<{ pause: () => void; resume: () => void }>;

async function outageOf(
  gateway: MeasuredGateway,
  log: Log,
  outside: OutsideNats | undefined,
  { beforeMs, stillMs, afterMs, onProgress }: OutageOptions,
): Promise<Finding[]> {
  const pid = childOf(gateway.pid, 'gateway');
  if (pid === undefined) throw new Error('the launcher has no gateway');
  const operator = await startOperator(gateway.port);
  const failures = new Map<string, number>();
  const before: Load = { answered: [], failures };
  const during: Load = { answered: [], failures };
  const after: Load = { answered: [], failures };
  await loadFor(beforeMs, gateway.port, before);
  const memoryMb = [residentMb(pid)];

  log.pause();
  onProgress('the log stands still');
  const commander = setInterval(operator.rename, 1_000);
  operator.rename();
  await loadFor(stillMs, gateway.port, during);
  memoryMb.push(residentMb(pid));
  log.resume();
  onProgress('the log goes on');
  await loadFor(afterMs, gateway.port, after);
  clearInterval(commander);
  memoryMb.push(residentMb(pid));

  const loads = [before, during, after];
  const growthMb = (memoryMb[2] ?? Number.NaN) - (memoryMb[0] ?? Number.NaN);
  return [
    {
      what: 'no request fails',
      found: `failed: ${shownFailures(failures)}; before ${spread(tookMs(before))}; during ${spread(tookMs(during))}; after ${spread(tookMs(after))}`,
      isKept: failures.size === 0 && during.answered.length > 0,
    },
    ...(await afterwards(gateway, loads, await operator.given(), outside)),
    {
      what: `memory grows by at most ${mostGrowthMb} MB`,
      found: `${memoryMb.map((mb) => mb.toFixed(0)).join(', ')} MB before, at the end of the outage, afterwards`,
      isKept: growthMb <= mostGrowthMb,
    },
  ];
}

function supervisedLog(gateway: MeasuredGateway): Log {
  const pid = childOf(gateway.pid, 'nats');
  if (pid === undefined) throw new Error('the launcher has no nats-server');
  return {
    pause: () => process.kill(pid, 'SIGSTOP'),
    resume: () => void (isRunning(pid) && process.kill(pid, 'SIGCONT')),
  };
}

async function withGateway(
  options: OutageOptions,
  logOf: (gateway: MeasuredGateway) => Log,
  outside?: OutsideNats,
): Promise<Finding[]> {
  const upstream = startUpstream({ plainMs: 5 });
  try {
    const gateway = await startGateway({
      OPENAI_API_KEYS: Array.from({ length: 20 }, (_, index) => `sk-soak-key-${index}`).join(','),
      OPENAI_BASE_URL: upstream.baseUrl,
      MIDDLEWARE_PASSWORD: password,
      ...outside?.env,
    });
    try {
      return await outageOf(gateway, logOf(gateway), outside, options);
    } finally {
      await gateway.stop();
    }
  } finally {
    await upstream.stop();
  }
}

const named = (name: string, findings: readonly Finding[]): Finding[] =>
  findings.map(({ what, ...rest }) => ({ what: `${name}: ${what}`, ...rest }));

/** The launcher's probe ends the server that stands still and starts another one. */
export const outageReplaced = async (options: OutageOptions): Promise<Finding[]> =>
  named('replaced', await withGateway(options, supervisedLog));

/** Nobody looks after the server; it goes on where it stood. */
export async function outageResumed(options: OutageOptions): Promise<Finding[]> {
  const outside = await startOutsideNats();
  try {
    return named('resumed', await withGateway(options, () => outside.server, outside));
  } finally {
    await outside.server.stop();
  }
}
