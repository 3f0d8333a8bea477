/** Time limits of everything that is under way, on one timer: a timer each costs a small request more than its key. */
import type { Abort } from './abort.ts';

/** Something that is aborted when its time is over. */
export type TimeLimit = {
  readonly abort: Abort;
  readonly atMs: number;
  /** What is only worth doing for what takes longer than a moment; called once. */
  onSlow: (() => void) | undefined;
  /** Whose it is: one gateway's limits are ended together. */
  readonly owner: object | undefined;
  place: number;
};

/** The reasons it is aborted for. */
export const timeIsOver = new DOMException('the time limit is over', 'TimeoutError');
const gatewayStops = new DOMException('the gateway is being stopped', 'AbortError');

/** So late at most. */
const everyMs = 50;

/**
 * In no order; each knows its place. A Set would do, but JSC keeps the tables that a Set with much coming and going
 * has grown out of, with all that was in them, until its next full collection: it doubled the cost of collecting.
 */
const running: TimeLimit[] = [];
let patrol: ReturnType<typeof setInterval> | undefined;

function look(): void {
  const nowMs = performance.now();
  // Backwards: where one is taken out, one that was seen takes its place.
  for (let at = running.length - 1; at >= 0; at--) {
    const limit = running[at];
    if (!limit) continue;
    const { onSlow } = limit;
    limit.onSlow = undefined;
    onSlow?.();
    if (limit.atMs > nowMs) continue;
    endLimit(limit);
    limit.abort.abort(timeIsOver);
  }
  if (running.length > 0) return;
  clearInterval(patrol);
  patrol = undefined;
}

/** Aborts with `timeIsOver` after `limitMs`, unless `endLimit` comes first. */
export function startLimit(
  abort: Abort,
  limitMs: number,
  onSlow: () => void,
  owner?: object,
): TimeLimit {
  const limit: TimeLimit = {
    abort,
    atMs: performance.now() + limitMs,
    onSlow,
    owner,
    place: running.length,
  };
  running.push(limit);
  patrol ??= setInterval(look, everyMs);
  return limit;
}

export function endLimit(limit: TimeLimit): void {
  const { place } = limit;
  if (running[place] !== limit) return;
  const last = running.pop();
  if (!last || last === limit) return;
  running[place] = last;
  last.place = place;
}

/** Aborts all that `owner` has under way, however much time is left. */
export function abortLimitsOf(owner: object): void {
  for (const limit of running) if (limit.owner === owner) limit.abort.abort(gatewayStops);
}
