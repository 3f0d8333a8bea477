/** How memory goes over a long run: looked at now and then, and judged by the slope of its second half. */
import { childOf, residentMb, treeMemory } from '../measure/processes.ts';
import type { Finding } from './finding.ts';

type Sample = Readonly<{ minute: number; gatewayMb: number; treeMb: number }>;

export type MemoryCourse = Readonly<{
  newest: () => string;
  /** Looks no more. */
  stop: () => void;
  /** One finding for the gateway, one for all processes but nats-server. */
  findings: () => Finding[];
}>;

const mostSlope = 1;
const mostSamples = 240;
const leastEveryMs = 250;

/** Of the line through the points that is nearest to them (least squares). */
function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanX = mean(points.map(([x]) => x));
  const meanY = mean(points.map(([, y]) => y));
  const above = points.map(([x, y]) => (x - meanX) * (y - meanY));
  const below = points.map(([x]) => (x - meanX) ** 2);
  return mean(above) / mean(below);
}

export function watchMemory(launcherPid: number, runMs: number): MemoryCourse {
  const startMs = performance.now();
  const samples: Sample[] = [];
  const look = () => {
    const gateway = childOf(launcherPid, 'gateway');
    if (gateway === undefined) return;
    samples.push({
      minute: (performance.now() - startMs) / 60_000,
      gatewayMb: residentMb(gateway),
      treeMb: treeMemory(launcherPid).mb,
    });
  };
  const timer = setInterval(look, Math.max(leastEveryMs, runMs / mostSamples));

  const finding = (whose: string, memoryMb: (sample: Sample) => number): Finding => {
    const half = samples.slice(Math.floor(samples.length / 2));
    const slope = slopeOf(half.map((sample) => [sample.minute, memoryMb(sample)]));
    const course = [samples[0], half[0], samples.at(-1)].map((sample) =>
      (sample ? memoryMb(sample) : Number.NaN).toFixed(0),
    );
    return {
      what: `memory of ${whose} grows by less than ${mostSlope} MB a minute in the second half`,
      found: `${slope.toFixed(2)} MB a minute; ${course.join(', ')} MB at the begin, in the middle, at the end (${samples.length} looks)`,
      isKept: slope < mostSlope,
    };
  };
  return {
    newest() {
      const last = samples.at(-1);
      return last
        ? `gateway ${last.gatewayMb.toFixed(0)} MB, all ${last.treeMb.toFixed(0)} MB`
        : '';
    },
    stop: () => clearInterval(timer),
    findings: () => [
      finding('the gateway', ({ gatewayMb }) => gatewayMb),
      finding('all processes but nats-server', ({ treeMb }) => treeMb),
    ],
  };
}
