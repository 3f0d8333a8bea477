/** A whole Signalbox that is killed, halted, raced and abandoned: the soak in short (`bun run soak` is the long one). */
import { expect, test } from 'bun:test';
import { abortsSection } from '../../scripts/soak/aborts.ts';
import type { Finding } from '../../scripts/soak/finding.ts';
import { killsSection } from '../../scripts/soak/kills.ts';
import { outageResumed } from '../../scripts/soak/outage.ts';
import { racesSection } from '../../scripts/soak/races.ts';

const limitMs = 60_000;
const onProgress = () => {};
const broken = (findings: readonly Finding[]) => findings.filter(({ isKept }) => !isKept);

test(
  'what was answered survives kills of gateway, log and launcher, and nothing is there twice',
  async () => {
    const load = { kills: 4, streams: 20, plain: 5, calmMs: 800, slackMs: 250 };
    expect(broken(await killsSection({ ...load, onProgress }))).toEqual([]);
  },
  limitMs,
);

test(
  'requests go on while the log stands still, commands say when to come back, nothing is missing',
  async () => {
    const outage = { beforeMs: 500, stillMs: 6_000, afterMs: 1_500, onProgress };
    expect(broken(await outageResumed(outage))).toEqual([]);
  },
  limitMs,
);

test(
  'two gateways know the same rests, and of twelve racing writers one wins',
  async () => {
    expect(broken(await racesSection({ rests: 20, rounds: 30 }))).toEqual([]);
  },
  limitMs,
);

test(
  'a stream that its client leaves is left at the vendor too, and is recorded',
  async () => {
    expect(broken(await abortsSection({ streams: 100, onProgress }))).toEqual([]);
  },
  limitMs,
);
