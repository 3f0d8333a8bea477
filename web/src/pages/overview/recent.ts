/** The last minute, second by second, with the seconds in which nothing was. */
import { createMemo, createRoot } from 'solid-js';
import { percentile, sumOf } from '../../live/selectors.ts';
import { now, world } from '../../live/store.ts';
import type { Span } from '../../live/world.ts';

const shownS = 60;

const lastMinute = createRoot(() =>
  createMemo((): readonly (Span | undefined)[] => {
    // The second that is not over would look like a fall.
    const lastMs = Math.floor(now() / 1_000) * 1_000 - 1_000;
    const bySecond = new Map((world()?.seconds ?? []).map((span) => [span.startMs, span]));
    return Array.from({ length: shownS }, (_, index) =>
      bySecond.get(lastMs - (shownS - 1 - index) * 1_000),
    );
  }),
);

const spans = () => lastMinute().filter((span) => span !== undefined);

export const course = (valueOf: (span: Span) => number): number[] =>
  lastMinute().map((span) => (span ? valueOf(span) : 0));

export const minuteSum = () => sumOf(spans());

/** The seconds of the minute that were watched: the page may be younger than it. */
export const watchedS = (): number =>
  Math.min(shownS, Math.max(1, Math.round((now() - (world()?.secondsFromMs ?? 0)) / 1_000)));

export function latency(): Readonly<{ p50: number; p95: number }> {
  const all = spans().flatMap(({ durationsMs }) => durationsMs);
  return { p50: percentile(all, 0.5), p95: percentile(all, 0.95) };
}

/** The median of each second that had a request. */
export const latencyCourse = (): readonly (number | null)[] =>
  lastMinute().map((span) =>
    span && span.durationsMs.length > 0 ? percentile(span.durationsMs, 0.5) : null,
  );
