/** Streams that their clients leave: the vendor is left too, the log says so, memory does not grow. */
import { startGateway } from '../measure/gateway.ts';
import { requestIdOf, send } from './clients.ts';
import { holdsWithin, spread, type Finding } from './finding.ts';
import { childOf, residentMb } from '../measure/processes.ts';
import { recordedTraffic, withLogOf } from './recorded.ts';
import { startUpstream, type SoakUpstream } from './upstream.ts';

const leftWithinMs = 1_000;
const mostGrowthMb = 50;
const atOnce = 50;
/** Where memory is looked at: the first part is for the process to warm up. */
const parts = 4;
const streamLimitMs = 30_000;

export type AbortsOptions = Readonly<{ streams: number; onProgress: (line: string) => void }>;

type Left = Readonly<{ id: string; requestId: string; atMs: number }>;

/** Reads two chunks of a stream and leaves. */
async function leave(port: number, id: string): Promise<Left> {
  const client = new AbortController();
  const timer = setTimeout(() => client.abort(), streamLimitMs);
  const response = await send(port, true, { id, signal: client.signal, keepalive: false });
  if (response.status !== 200 || !response.body)
    throw new Error(`a stream was answered with ${response.status}`);
  const reader = response.body.getReader();
  await reader.read();
  await reader.read();
  clearTimeout(timer);
  client.abort();
  const atMs = performance.now();
  await reader.cancel().catch(() => undefined);
  return { id, requestId: requestIdOf(response), atMs };
}

async function leaveMany(port: number, from: number, to: number): Promise<Left[]> {
  const left: Left[] = [];
  let next = from;
  const client = async () => {
    while (next < to) left.push(await leave(port, `left-${next++}`));
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return left;
}

function vendorLeft(left: readonly Left[], upstream: SoakUpstream): Finding {
  const timesMs = left.flatMap(({ id, atMs }) => {
    const seenMs = upstream.leftAtMs.get(id);
    return seenMs === undefined ? [] : [Math.max(seenMs - atMs, 0)];
  });
  const late = timesMs.filter((ms) => ms > leftWithinMs).length;
  return {
    what: `the vendor's stream is left within ${leftWithinMs} ms`,
    found: `${left.length - timesMs.length} never, ${late} late; ${spread(timesMs)}`,
    isKept: late === 0 && timesMs.length === left.length,
  };
}

async function recordedAsCancelled(dataDir: string, left: readonly Left[]): Promise<Finding> {
  let wrong = left.length;
  const count = () =>
    withLogOf(dataDir, async (log) => {
      const { times, outcomes } = await recordedTraffic(log);
      wrong = left.filter(
        ({ requestId }) => times.get(requestId) !== 1 || outcomes.get(requestId) !== 'cancelled',
      ).length;
      return wrong === 0;
    });
  await holdsWithin(10_000, count);
  return {
    what: 'every stream that was left is in the log once, as cancelled',
    found: `${left.length - wrong} of ${left.length}`,
    isKept: wrong === 0 && left.length > 0,
  };
}

export async function abortsSection({ streams, onProgress }: AbortsOptions): Promise<Finding[]> {
  // Long enough that nobody gets to the end before the client has left.
  const upstream = startUpstream({ eventGapMs: 100 });
  const gateway = await startGateway({
    OPENAI_API_KEYS: 'sk-soak-key-00000000000000000000',
    OPENAI_BASE_URL: upstream.baseUrl,
  });
  try {
    const pid = childOf(gateway.pid, 'gateway');
    if (pid === undefined) throw new Error('the launcher has no gateway');
    const left: Left[] = [];
    const memoryMb: number[] = [residentMb(pid)];
    for (let part = 0; part < parts; part++) {
      const from = Math.round((streams * part) / parts);
      left.push(
        ...(await leaveMany(gateway.port, from, Math.round((streams * (part + 1)) / parts))),
      );
      memoryMb.push(residentMb(pid));
      onProgress(`${left.length} of ${streams} streams left`);
    }
    await holdsWithin(leftWithinMs, () => upstream.leftAtMs.size >= left.length);
    const growthMb = (memoryMb.at(-1) ?? Number.NaN) - (memoryMb[1] ?? Number.NaN);
    return [
      vendorLeft(left, upstream),
      await recordedAsCancelled(gateway.dataDir, left),
      {
        what: `memory grows by at most ${mostGrowthMb} MB after the first quarter`,
        found: `${memoryMb.map((mb) => mb.toFixed(0)).join(', ')} MB`,
        isKept: growthMb <= mostGrowthMb,
      },
    ];
  } finally {
    await gateway.stop();
    await upstream.stop();
  }
}
