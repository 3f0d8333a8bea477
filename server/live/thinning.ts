/** So many requests and calls of tools a second are shown one by one; of a second with more, the totals tell the rest. */
import { addCounts, countTraffic, noTraffic } from '../../events/trafficCounts.ts';
import type { TrafficEvent } from '../../events/traffic.ts';
import type { Shown } from './filter.ts';
import { hide, nothingHidden, type Hidden } from './hidden.ts';

/** All of the span, shown or not. */
export type Totals = Readonly<{
  requests: number;
  failures: number;
  inputTokens: number;
  outputTokens: number;
  toolCalls: number;
  toolFailures: number;
  notShown: number;
  /** Of those that were not shown alone. */
  hidden: Readonly<Hidden>;
}>;

export type Thinning = Readonly<{
  /** Those of the events that are shown one by one. */
  take(events: readonly TrafficEvent[]): Shown[];
  /** True while something was counted that was not shown: totals are due at the end of the span. */
  hides(): boolean;
  /** Ends the span; null when all of it was shown. */
  end(): Totals | null;
}>;

export function createThinning(showAtMost: number): Thinning {
  let counts = noTraffic;
  let shown = 0;
  let hidden = nothingHidden();

  return {
    take(events) {
      counts = addCounts(counts, countTraffic(events));
      const visible: Shown[] = [];
      for (const event of events) {
        // The log alone tells of it.
        if (event.type === 'McpConnectionOpened') continue;
        if (event.type === 'TrafficDropped' || shown >= showAtMost) hide(hidden, event);
        else {
          visible.push(event);
          shown += 1;
        }
      }
      return visible;
    },
    hides: () => counts.requests + counts.toolCalls > shown,
    end() {
      const { count: _count, again: _again, ...totals } = counts;
      const notShown = totals.requests + totals.toolCalls - shown;
      const told = hidden;
      counts = noTraffic;
      shown = 0;
      hidden = nothingHidden();
      return notShown === 0 ? null : { ...totals, notShown, hidden: told };
    },
  };
}
