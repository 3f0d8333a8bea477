/** `bun run soak [--minutes <number>] [section …]`: what stays true while Signalbox is killed, halted, raced, abandoned and kept waiting. */
import { parseArgs } from 'node:util';
import { abandonSection } from './abandon.ts';
import { abortsSection } from './aborts.ts';
import { breakerSection } from './breaker.ts';
import { report, type Finding } from './finding.ts';
import { killsSection } from './kills.ts';
import { outageReplaced, outageResumed } from './outage.ts';
import { racesSection } from './races.ts';
import { rollingSection } from './rolling.ts';
import { silenceSection } from './silence.ts';
import { turnsSection } from './turns.ts';

const { values, positionals: wanted } = parseArgs({
  options: { minutes: { type: 'string' } },
  allowPositionals: true,
});
/** For those that last as long as they are told. */
const minutesOr = (usual: number): number => Number(values.minutes ?? usual);
if (!(minutesOr(1) > 0)) {
  console.error(`--minutes wants a number above 0, not "${values.minutes}"`);
  process.exit(2);
}

const onProgress = (line: string) => console.log(`  … ${line}`);

const outage = { beforeMs: 4_000, stillMs: 10_000, afterMs: 8_000, onProgress };

const sections: Readonly<Record<string, () => Promise<Finding[]>>> = {
  kills: () =>
    killsSection({ kills: 100, streams: 50, plain: 10, calmMs: 4_000, slackMs: 10, onProgress }),
  outage: async () => [...(await outageReplaced(outage)), ...(await outageResumed(outage))],
  races: () => racesSection({ rests: 200, rounds: 300 }),
  aborts: () => abortsSection({ streams: 2_000, onProgress }),
  rolling: () => rollingSection({ minutes: minutesOr(5), onProgress }),
  breaker: () => breakerSection({ minutes: minutesOr(1), onProgress }),
  turns: () => turnsSection({ kills: 50, atOnce: 4, onProgress }),
  silence: () => silenceSection({ minutes: minutesOr(10), onProgress }),
  abandon: () => abandonSection({ minutes: minutesOr(20), onProgress }),
};

const unknown = wanted.find((name) => !(name in sections));
if (unknown) {
  console.error(`there is no section "${unknown}"; there are ${Object.keys(sections).join(', ')}`);
  process.exit(2);
}

let isKept = true;
for (const [name, run] of Object.entries(sections)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(name);
  const findings = await run();
  console.log(report(findings));
  isKept &&= findings.every((finding) => finding.isKept);
}
process.exit(isKept ? 0 : 1);
