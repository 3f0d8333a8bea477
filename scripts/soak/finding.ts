/** One promise of the design, what was found about it, and whether it was kept. */
export type Finding = Readonly<{ what: string; found: string; isKept: boolean }>;

const lineOf = ({ what, found, isKept }: Finding): string =>
  `  ${isKept ? 'kept  ' : 'BROKEN'}  ${what}: ${found}`;

export const report = (findings: readonly Finding[]): string => findings.map(lineOf).join('\n');

/** The value below which a share of all values lies; NaN of none. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN;
};

const shown = (ms: number): string => (ms < 10 ? ms.toFixed(1) : ms.toFixed(0));

/** `p50 3.1, p99 20, max 41 ms of 200` */
export const spread = (timesMs: readonly number[]): string =>
  timesMs.length === 0
    ? 'none'
    : `p50 ${shown(quantile(timesMs, 0.5))}, p99 ${shown(quantile(timesMs, 0.99))}, max ${shown(Math.max(...timesMs))} ms of ${timesMs.length}`;

/** Resolves true as soon as the condition holds, false when it does not within the time. */
export async function holdsWithin(
  withinMs: number,
  condition: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const deadlineMs = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadlineMs) return false;
    await Bun.sleep(10);
  }
  return true;
}
