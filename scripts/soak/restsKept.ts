/** Whether the rests of provider keys ended when they should have, by the log's own times. */
import type { StoredEvent } from '../../events/event.ts';
import type { ProviderKeyEvent } from '../../events/providerKey.ts';
import { spread, type Finding } from './finding.ts';

/** A time in which the gateway or the log was away, and a moment after it (epoch). */
export type Outage = Readonly<{ fromMs: number; toMs: number }>;

const promisedMs = 200;

/** When a deadline has to have rung: at its time, or after the outages that it fell into. */
function dueMs(deadlineMs: number, outages: readonly Outage[], lateMs: number): number {
  let due = deadlineMs;
  for (const { fromMs, toMs } of outages) {
    if (fromMs <= due + lateMs && toMs > due) due = toMs;
  }
  return due;
}

/** `outages` in the order of their beginning. */
export function restsKept(
  events: readonly StoredEvent[],
  outages: readonly Outage[],
  nowMs: number,
  slackMs: number,
): Finding {
  const lateMs = promisedMs + slackMs;
  const open = new Map<string, number>();
  const lates: number[] = [];
  let delayed = 0;
  let broken = 0;
  for (const { actor, timeMs, ...stored } of events) {
    if (actor.kind !== 'provider-key') continue;
    const event = stored as ProviderKeyEvent;
    if (event.type === 'ProviderKeyRested') open.set(actor.id, event.data.untilMs);
    if (event.type !== 'ProviderKeyRecovered') continue;
    const untilMs = open.get(actor.id);
    open.delete(actor.id);
    if (untilMs === undefined) continue;
    const due = dueMs(untilMs, outages, lateMs);
    if (timeMs < untilMs || timeMs > due + lateMs) broken += 1;
    if (due === untilMs) lates.push(timeMs - untilMs);
    else delayed += 1;
  }
  const forgotten = [...open.values()].filter(
    (untilMs) => dueMs(untilMs, outages, lateMs) + lateMs < nowMs,
  ).length;
  return {
    what: `rests end within ${lateMs} ms of their time, or when the gateway and the log are back`,
    found: `late by ${spread(lates)}; ${delayed} fell into an outage; ${broken} too early or too late, ${forgotten} never ended`,
    isKept: broken + forgotten === 0 && lates.length + delayed > 0,
  };
}
