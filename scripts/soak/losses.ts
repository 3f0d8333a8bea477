/** What went with a gateway that was killed: only what it had no time to hand over. */
import type { Answered } from './clients.ts';
import type { Finding } from './finding.ts';
import type { Kill } from './killing.ts';

/** The recorder gathers so long. */
const flushMs = 20;
/** The recorder waits so long for the log before it writes to disk, which then takes its time too. */
const logAwayMs = 50 + 100;
/** The log was killed so shortly before, or had not come back. */
const awayBeforeMs = 1_000;

type Death = Kill & Readonly<{ withLog: boolean }>;

const wasAway = (death: Kill, kills: readonly Kill[]): boolean =>
  death.kind === 'both' ||
  kills.some(
    ({ kind, atMs, backMs }) =>
      kind === 'nats' && atMs < death.atMs && backMs + awayBeforeMs > death.atMs,
  );

const deathsIn = (kills: readonly Kill[]): Death[] =>
  kills
    .filter(({ gatewayGoneMs }) => gatewayGoneMs !== undefined)
    .map((death) => ({ ...death, withLog: wasAway(death, kills) }));

const outOf = (lost: readonly number[], windowMs: number, words: string): Finding => {
  const old = lost.filter((ageMs) => ageMs > windowMs).length;
  const oldest = lost.length === 0 ? '' : `, the oldest ${Math.max(...lost).toFixed(1)} ms old`;
  return {
    what: `what was answered ${windowMs} ms before a kill ${words} is in the log`,
    found: `${old} missing; ${lost.length - old} younger answers went with their gateway${oldest}`,
    isKept: old === 0,
  };
};

/**
 * Ages are counted up to when the gateway was last heard of: a process that gets no processor writes nothing, and its
 * answers do not grow old meanwhile.
 * @param slackMs for timers that ring late in a process with many requests under way.
 */
export function losses(
  answered: readonly Answered[],
  kills: readonly Kill[],
  inLog: ReadonlyMap<string, number>,
  slackMs: number,
): Finding[] {
  const deaths = deathsIn(kills);
  const alone: number[] = [];
  const withLog: number[] = [];
  let withoutKill = 0;
  for (const { requestId, startedMs, completedMs } of answered) {
    if (inLog.has(requestId)) continue;
    const death = deaths.find(({ gatewayGoneMs = 0 }) => gatewayGoneMs > startedMs);
    if (!death) withoutKill += 1;
    else (death.withLog ? withLog : alone).push(death.aliveMs - completedMs);
  }
  const windowMs = flushMs + slackMs;
  return [
    outOf(alone, windowMs, 'of the gateway'),
    outOf(withLog, windowMs + logAwayMs, 'of the gateway and the log'),
    {
      what: 'what was answered by a gateway that was not killed is in the log',
      found: `${withoutKill} missing of ${answered.length} answers in all`,
      isKept: withoutKill === 0 && answered.length > 0,
    },
  ];
}
