/** `bun run soak [section …]`: what must hold when processes are killed, the log is away, or clients leave. */
import { abortsSection } from './aborts.ts';
import { report, type Finding } from './finding.ts';
import { killsSection } from './kills.ts';
import { outageReplaced, outageResumed } from './outage.ts';
import { racesSection } from './races.ts';

const onProgress = (line: string) => console.log(`  … ${line}`);

const outage = { beforeMs: 4_000, stillMs: 10_000, afterMs: 8_000, onProgress };

const sections: Readonly<Record<string, () => Promise<Finding[]>>> = {
  kills: () =>
    killsSection({ kills: 100, streams: 50, plain: 10, calmMs: 4_000, slackMs: 10, onProgress }),
  outage: async () => [...(await outageReplaced(outage)), ...(await outageResumed(outage))],
  races: () => racesSection({ rests: 200, rounds: 300 }),
  aborts: () => abortsSection({ streams: 2_000, onProgress }),
};

const wanted = process.argv.slice(2);
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
