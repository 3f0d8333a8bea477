/** Kills at random moments under load: what was answered is in the log once, rests end, the next request is served. */
import { startLoad, shownFailures } from './clients.ts';
import { holdsWithin, spread, type Finding } from './finding.ts';
import { killKinds, startVictim, type Kill, type KillKind, type Victim } from './killing.ts';
import { losses } from './losses.ts';
import {
  controlEvents,
  differenceToRows,
  recordedTraffic,
  spooledBytes,
  withLogOf,
} from './recorded.ts';
import { restsKept, type Outage } from './restsKept.ts';
import { startUpstream } from './upstream.ts';

const servedWithinMs = 15_000;
const settledWithinMs = 30_000;
/** For what was under way when the log or the gateway came back: a try that times out, and the next one. */
const afterOutageMs = 1_500;

export type KillsOptions = Readonly<{
  kills: number;
  streams: number;
  plain: number;
  /** The longest time between an answer after a kill and the next kill. */
  calmMs: number;
  /** By so much a process may be late that has to share its processor. */
  slackMs: number;
  onProgress: (line: string) => void;
}>;

/** Gateway and log most often; each launcher that follows on a killed one starts without back-off. */
const shares: Readonly<Record<KillKind, number>> = {
  gateway: 0.4,
  nats: 0.25,
  both: 0.2,
  launcher: 0.15,
};

function anyKind(): KillKind {
  let left = Math.random();
  return killKinds.find((kind) => (left -= shares[kind]) < 0) ?? 'gateway';
}

/** Every kind once, then as it comes. */
async function killAll(victim: Victim, options: KillsOptions): Promise<Kill[]> {
  const done: Kill[] = [];
  for (let index = 0; index < options.kills; index++) {
    await Bun.sleep(Math.random() * options.calmMs);
    const kill = await victim.kill(killKinds[index] ?? anyKind());
    done.push(kill);
    if (done.length % 10 === 0) options.onProgress(`${done.length} of ${options.kills} kills`);
  }
  return done;
}

const epoch = (monotonicMs: number): number => performance.timeOrigin + monotonicMs;

const outagesOf = (kills: readonly Kill[]): Outage[] =>
  kills.map(({ fromMs, firstAnswerMs, backMs }) => ({
    fromMs: epoch(fromMs),
    toMs: epoch(Math.max(firstAnswerMs, backMs)) + afterOutageMs,
  }));

function served(kills: readonly Kill[]): Finding[] {
  return killKinds.map((kind) => {
    const timesMs = kills
      .filter((kill) => kill.kind === kind)
      .map(({ atMs, firstAnswerMs }) => firstAnswerMs - atMs);
    return {
      what: `the next request after a kill (${kind}) is served`,
      found: spread(timesMs),
      isKept: timesMs.every((ms) => ms < servedWithinMs),
    };
  });
}

const twice = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].filter((count) => count > 1).length;

export async function killsSection(options: KillsOptions): Promise<Finding[]> {
  const upstream = startUpstream({ restEveryMs: 1_000 });
  const keys = Array.from({ length: 10 }, (_, index) => `sk-soak-key-0000000000000000000${index}`);
  const victim = await startVictim({
    OPENAI_API_KEYS: keys.join(','),
    OPENAI_BASE_URL: upstream.baseUrl,
  });
  const { dataDir, port } = victim.gateway();
  try {
    const load = startLoad(port, options);
    const kills = await killAll(victim, options);
    await Bun.sleep(1_000);
    await load.stop();

    const isDrained = await holdsWithin(
      settledWithinMs,
      async () => (await spooledBytes(dataDir)) === 0,
    );
    // The last rests end, the last batches are on their way.
    await Bun.sleep(2_000);
    const [traffic, control] = await withLogOf(dataDir, async (log) => [
      await recordedTraffic(log),
      await controlEvents(log),
    ]);
    const rowsDiffer = await differenceToRows(dataDir, traffic);
    const { failures, answered } = load;
    const wrong = [...failures.keys()].filter((how) => how !== 'cut');
    return [
      {
        what: 'every answer is whole and its own, or the connection broke',
        found: `${answered.length} answered, failed: ${shownFailures(failures)}`,
        isKept: wrong.length === 0,
      },
      ...losses(answered, kills, traffic.times, options.slackMs),
      {
        what: 'nothing is in the log twice',
        found: `${twice(traffic.times)} of ${traffic.times.size} requests in ${traffic.messages} messages, ${traffic.repeatedBatches} batches sent twice and counted once, ${traffic.dropped} dropped`,
        isKept: twice(traffic.times) === 0 && traffic.dropped === 0,
      },
      {
        what: 'the rows are those of the log',
        found: rowsDiffer || 'no difference',
        isKept: rowsDiffer === '',
      },
      {
        what: 'no request was answered twice by the vendor',
        found: `${twice(upstream.answered)} of ${upstream.answered.size}`,
        isKept: twice(upstream.answered) === 0,
      },
      { what: 'the spool is empty afterwards', found: isDrained ? 'yes' : 'no', isKept: isDrained },
      restsKept(control, outagesOf(kills), Date.now(), options.slackMs),
      ...served(kills),
    ];
  } finally {
    await victim.gateway().stop();
    await upstream.stop();
  }
}
