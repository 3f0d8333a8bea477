/** Two gateways on one log are started anew in turn under load, again and again: no client notices. */
import { startBalancer, type Balancer } from '../../test/support/balancer.ts';
import { launchAt, newPlace, type Launched, type Place } from '../../test/support/launched.ts';
import { clientKey } from '../measure/gateway.ts';
import { undoAtExit } from '../measure/leftovers.ts';
import { askBy, chatPath, requestOf, shownFailures, type Answered } from './clients.ts';
import { startEvenRate } from './evenRate.ts';
import { holdsWithin, spread, type Finding } from './finding.ts';
import { startOutsideNats, type OutsideNats } from './outside.ts';
import { recordedTraffic, withLogOf } from './recorded.ts';
import { startUpstream } from './upstream.ts';

const perSecond = 200;
/** Between one gateway's return and the other one's restart. */
const calmMs = 3_000;
const readyWithinMs = 30_000;
const recordedWithinMs = 30_000;

export type RollingOptions = Readonly<{ minutes: number; onProgress: (line: string) => void }>;

type Ledger = Readonly<{ answered: Answered[]; failures: Map<string, number> }>;

function startLoadOn(balancer: Balancer, { answered, failures }: Ledger) {
  return startEvenRate(perSecond, async (number) => {
    const isStream = number % 2 === 0;
    const asked = await askBy((id) => balancer.send(chatPath, requestOf(isStream, id)), isStream);
    if ('answered' in asked) answered.push(asked.answered);
    else failures.set(String(asked.failed), (failures.get(String(asked.failed)) ?? 0) + 1);
  });
}

/** Answers how long each restart took, from SIGTERM until it is asked again, and how many did not end with 0. */
async function restartInTurn(
  places: readonly Place[],
  boxes: Launched[],
  env: Readonly<Record<string, string>>,
  balancer: Balancer,
  { minutes, onProgress }: RollingOptions,
): Promise<Readonly<{ tookMs: number[]; badEnds: number }>> {
  const endMs = performance.now() + minutes * 60_000;
  const tookMs: number[] = [];
  let badEnds = 0;
  // Each of the two at least once.
  for (let turn = 0; turn < places.length || performance.now() < endMs; turn++) {
    await Bun.sleep(Math.random() * calmMs);
    const at = turn % places.length;
    const [place, box] = [places[at], boxes[at]];
    if (!place || !box) throw new Error('there is no gateway to restart');
    const startMs = performance.now();
    box.signal('SIGTERM');
    if ((await box.ended) !== 0) badEnds += 1;
    const again = await launchAt(place, env);
    boxes[at] = again;
    if (!(await holdsWithin(readyWithinMs, () => balancer.isReady(again.url))))
      throw new Error('a gateway did not become ready again');
    tookMs.push(performance.now() - startMs);
    onProgress(`${tookMs.length} restarts`);
  }
  return { tookMs, badEnds };
}

async function recordedOnce(nats: OutsideNats, answered: readonly Answered[]): Promise<Finding> {
  let found = 0;
  await holdsWithin(recordedWithinMs, async () => {
    const { times, outcomes } = await withLogOf('', recordedTraffic, nats.access);
    found = answered.filter(
      ({ requestId }) => times.get(requestId) === 1 && outcomes.get(requestId) === 'completed',
    ).length;
    return found === answered.length;
  });
  return {
    what: 'every answer is in the log once, as completed',
    found: `${found} of ${answered.length}`,
    isKept: found === answered.length && found > 0,
  };
}

export async function rollingSection(options: RollingOptions): Promise<Finding[]> {
  const upstream = startUpstream({ plainMs: 30 });
  const nats = await startOutsideNats();
  const places = [await newPlace(), await newPlace()];
  const forget = places.map((place) => undoAtExit(place.remove));
  const env = {
    ...nats.env,
    OPENAI_API_KEYS: 'sk-soak-key-00000000000000000000',
    OPENAI_BASE_URL: upstream.baseUrl,
    MCP_API_KEYS: `${clientKey}:soak`,
    LOG_LEVEL: 'info',
  };
  const ledger: Ledger = { answered: [], failures: new Map() };
  try {
    const boxes = await Promise.all(places.map((place) => launchAt(place, env)));
    const balancer = startBalancer(boxes.map(({ url }) => url));
    try {
      const load = startLoadOn(balancer, ledger);
      const { tookMs, badEnds } = await restartInTurn(places, boxes, env, balancer, options).catch(
        async (error: unknown) => {
          await load.stop();
          throw error;
        },
      );
      await load.stop();
      const { answered, failures } = ledger;
      return [
        {
          what: `at ${perSecond} requests a second none fails`,
          found: `${answered.length} answered at ${load.perSecond().toFixed(0)} a second, failed: ${shownFailures(failures)}; ${spread(answered.map((one) => one.completedMs - one.startedMs))}`,
          isKept: failures.size === 0 && answered.length === load.sent(),
        },
        {
          what: 'every gateway ends with 0 and comes back',
          found: `${tookMs.length} restarts, ${badEnds} ended otherwise; a restart took ${spread(tookMs)}`,
          isKept: badEnds === 0,
        },
        await recordedOnce(nats, answered),
      ];
    } finally {
      balancer.stop();
    }
  } finally {
    for (const place of places) place.remove();
    for (const one of forget) one();
    await nats.server.stop();
    await upstream.stop();
  }
}
