/** Time limits of everything that is under way, on one timer: a timer each costs a small request more than its key. */

/** Something that is aborted when its time is over. */
export type TimeLimit = {
  readonly abort: AbortController;
  readonly atMs: number;
  /** What is only worth doing for what takes longer than a moment; called once. */
  onSlow: (() => void) | undefined;
};

/** The reason it is aborted for. */
export const timeIsOver = new DOMException('the time limit is over', 'TimeoutError');

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
export function startLimit(abort: AbortController, limitMs: number, onSlow: () => void): TimeLimit {
  const limit: TimeLimit = { abort, atMs: performance.now() + limitMs, onSlow };
  running.add(limit);
  patrol ??= setInterval(look, everyMs);
  return limit;
}

export function endLimit(limit: TimeLimit): void {
  running.delete(limit);
}
