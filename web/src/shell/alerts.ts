/** How many things of a page are not as they should be: the numbers in the rail. */
import { tally } from '../live/selectors.ts';

const sum = (counts: Readonly<Record<string, number>>, ...names: readonly string[]): number =>
  names.reduce((all, name) => all + (counts[name] ?? 0), 0);

const counters: Readonly<Record<string, () => number>> = {
  '/keys': () => sum(tally('provider-key'), 'resting'),
  '/providers': () =>
    sum(tally('provider'), 'resting') + sum(tally('breaker'), 'open', 'half-open'),
  '/clients': () => sum(tally('client-key'), 'expired'),
  '/mcp/servers': () => sum(tally('mcp-connection'), 'backoff', 'failed', 'needsAuth'),
};

export const alertsOf = (path: string): number => counters[path]?.() ?? 0;
