/** Time limits of everything that is under way, on one timer: a timer each costs a small request more than its key. */

/** Something that is aborted when its time is over. */
export type TimeLimit = Readonly<{ abort: AbortController; atMs: number }>;

/** The reason it is aborted for. */
export const timeIsOver = new DOMException('the time limit is over', 'TimeoutError');

/** So late at most. */
const everyMs = 50;

const running = new Set<TimeLimit>();
let patrol: ReturnType<typeof setInterval> | undefined;

function look(): void {
  const nowMs = performance.now();
  for (const limit of running) {
    if (limit.atMs > nowMs) continue;
    running.delete(limit);
    limit.abort.abort(timeIsOver);
  }
  if (running.size > 0) return;
  clearInterval(patrol);
  patrol = undefined;
}

/** Aborts with `timeIsOver` after `limitMs`, unless `endLimit` comes first. */
export function startLimit(abort: AbortController, limitMs: number): TimeLimit {
  const limit = { abort, atMs: performance.now() + limitMs };
  running.add(limit);
  patrol ??= setInterval(look, everyMs);
  return limit;
}

export function endLimit(limit: TimeLimit): void {
  running.delete(limit);
}
