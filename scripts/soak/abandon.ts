/** Mixed load for long, of which one request in ten is abandoned midway: memory stays, and no socket to the vendor is left. */
import { startGateway } from '../measure/gateway.ts';
import { childOf } from '../measure/processes.ts';
import { connectionsTo } from '../measure/sockets.ts';
import { ask, send, shownFailures } from './clients.ts';
import { holdsWithin, type Finding } from './finding.ts';
import { watchMemory } from './memoryCourse.ts';
import { eventsInStream, startUpstream } from './upstream.ts';

const streams = 25;
const plain = 25;
const abandonedOneIn = 10;
const plainMs = 20;
const leftWithinMs = 1_000;
/** Above what an idle connection is kept for. */
const idleWithinMs = 45_000;

export type AbandonOptions = Readonly<{ minutes: number; onProgress: (line: string) => void }>;

type Counts = { whole: number; abandoned: number; failures: Map<string, number> };

/** Leaves a stream after some of its events, and a plain request while its answer is being made. */
async function abandon(port: number, isStream: boolean): Promise<void> {
  const client = new AbortController();
  try {
    const asked = send(port, isStream, { signal: client.signal, keepalive: false });
    if (!isStream) {
      setTimeout(() => client.abort(), Math.random() * plainMs);
      await (await asked).bytes();
      return;
    }
    const reader = (await asked).body?.getReader();
    const chunks = 1 + Math.floor(Math.random() * (eventsInStream - 2));
    for (let chunk = 0; chunk < chunks; chunk++) if ((await reader?.read())?.done) break;
    client.abort();
  } catch {
    // It was aborted: that is what it was sent for.
  }
}

function startMixedLoad(port: number): Readonly<{ counts: Counts; stop: () => Promise<void> }> {
  const counts: Counts = { whole: 0, abandoned: 0, failures: new Map() };
  let isStopped = false;
  const client = async (isStream: boolean, first: number) => {
    for (let number = first; !isStopped; number++) {
      if (number % abandonedOneIn === 0) {
        await abandon(port, isStream);
        counts.abandoned += 1;
        continue;
      }
      const asked = await ask(port, isStream);
      if ('answered' in asked) {
        counts.whole += 1;
        continue;
      }
      const how = String(asked.failed);
      counts.failures.set(how, (counts.failures.get(how) ?? 0) + 1);
      await Bun.sleep(100);
    }
  };
  const clients = Array.from({ length: streams + plain }, (_, index) =>
    client(index < streams, index),
  );
  return {
    counts,
    async stop() {
      isStopped = true;
      await Promise.all(clients);
    },
  };
}

export async function abandonSection({ minutes, onProgress }: AbandonOptions): Promise<Finding[]> {
  const runMs = minutes * 60_000;
  const upstream = startUpstream({ plainMs, keepsLedger: false });
  try {
    const gateway = await startGateway({
      OPENAI_API_KEYS: Array.from({ length: 10 }, (_, index) => `sk-soak-key-${index}`).join(','),
      OPENAI_BASE_URL: upstream.baseUrl,
    });
    try {
      const pid = childOf(gateway.pid, 'gateway');
      if (pid === undefined) throw new Error('the launcher has no gateway');
      const memory = watchMemory(gateway.pid, runMs);
      const load = startMixedLoad(gateway.port);
      const { counts } = load;
      const tell = setInterval(
        () =>
          onProgress(`${counts.whole} whole, ${counts.abandoned} abandoned; ${memory.newest()}`),
        runMs / 20,
      );
      await Bun.sleep(runMs);
      clearInterval(tell);
      memory.stop();
      await load.stop();

      const isLeft = await holdsWithin(leftWithinMs, () => upstream.pending() === 0);
      const port = Number(new URL(upstream.baseUrl).port);
      const atTheEnd = connectionsTo(pid, port).length;
      const sinceMs = performance.now();
      const isClosed = await holdsWithin(idleWithinMs, () => connectionsTo(pid, port).length === 0);
      const seconds = (performance.now() - sinceMs) / 1_000;
      return [
        {
          what: 'every request that was not abandoned is answered whole',
          found: `${counts.whole} answered, ${counts.abandoned} abandoned, failed: ${shownFailures(counts.failures)}`,
          isKept: counts.failures.size === 0 && counts.whole > 0 && counts.abandoned > 0,
        },
        ...memory.findings(),
        {
          what: `the vendor has nothing to do ${leftWithinMs} ms after the last request`,
          found: `${upstream.pending()} requests are open`,
          isKept: isLeft,
        },
        {
          what: 'once idle connections have had their time, no socket to the vendor is left',
          found: `${atTheEnd} idle after the last request; after ${seconds.toFixed(0)} s ${connectionsTo(pid, port).join(', ') || 'none'}`,
          isKept: isClosed,
        },
      ];
    } finally {
      await gateway.stop();
    }
  } finally {
    await upstream.stop();
  }
}
