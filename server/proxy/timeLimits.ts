/** Time limits of everything that is under way, on one timer: a timer each costs a small request more than its key. */

/** Something that is aborted when its time is over. */
export type TimeLimit = {
  readonly abort: AbortController;
  readonly atMs: number;
  /** What is only worth doing for what takes longer than a moment; called once. */
  onSlow: (() => void) | undefined;
  /** Whose it is: one gateway's limits are ended together. */
  readonly owner: object | undefined;
};

/** The reasons it is aborted for. */
export const timeIsOver = new DOMException('the time limit is over', 'TimeoutError');
const gatewayStops = new DOMException('the gateway is being stopped', 'AbortError');

/** So late at most. */
const everyMs = 50;

const running = new Set<TimeLimit>();
let patrol: ReturnType<typeof setInterval> | undefined;

function look(): void {
  const nowMs = performance.now();
  for (const limit of running) {
    const { onSlow } = limit;
    limit.onSlow = undefined;
    onSlow?.();
    if (limit.atMs > nowMs) continue;
    running.delete(limit);
    limit.abort.abort(timeIsOver);
  }
  if (running.size > 0) return;
  clearInterval(patrol);
  patrol = undefined;
}

/** Aborts with `timeIsOver` after `limitMs`, unless `endLimit` comes first. */
export function startLimit(
  abort: AbortController,
  limitMs: number,
  onSlow: () => void,
  owner?: object,
): TimeLimit {
  const limit: TimeLimit = { abort, atMs: performance.now() + limitMs, onSlow, owner };
  running.add(limit);
  patrol ??= setInterval(look, everyMs);
  return limit;
}

export function endLimit(limit: TimeLimit): void {
  running.delete(limit);
}

/** Aborts all that `owner` has under way, however much time is left. */
export function abortLimitsOf(owner: object): void {
  for (const limit of running) if (limit.owner === owner) limit.abort.abort(gatewayStops);
}
