/** So many requests a second are shown one by one; of a second with more, the totals tell the rest. */
import { addCounts, countTraffic, noTraffic } from '../../events/trafficCounts.ts';
import type { RequestFinished, TrafficEvent } from '../../events/traffic.ts';

/** All requests of the span, shown or not. */
export type Totals = Readonly<{
  requests: number;
  failures: number;
  inputTokens: number;
  outputTokens: number;
  notShown: number;
}>;

export type Thinning = Readonly<{
  /** Those of the events that are shown one by one. */
  take(events: readonly TrafficEvent[]): RequestFinished[];
  /** True while something was counted that was not shown: totals are due at the end of the span. */
  hides(): boolean;
  /** Ends the span; null when all of it was shown. */
  end(): Totals | null;
}>;

export function createThinning(showAtMost: number): Thinning {
  let counts = noTraffic;
  let shown = 0;

  return {
    take(events) {
      counts = addCounts(counts, countTraffic(events));
      const visible = events
        .filter((event) => event.type === 'RequestFinished')
        .slice(0, Math.max(0, showAtMost - shown));
      shown += visible.length;
      return visible;
    },
    hides: () => counts.requests > shown,
    end() {
      const { requests, failures, inputTokens, outputTokens } = counts;
      const notShown = requests - shown;
      counts = noTraffic;
      shown = 0;
      return notShown === 0 ? null : { requests, failures, inputTokens, outputTokens, notShown };
    },
  };
}
