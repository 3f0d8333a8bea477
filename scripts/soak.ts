/** `bun run soak [--minutes <number>] [section …]`: what stays true while Signalbox is killed, halted, raced, abandoned and kept waiting. */
import { parseArgs } from 'node:util';
import { abandonSection } from './soak/abandon.ts';
import { abortsSection } from './soak/aborts.ts';
import { breakerSection } from './soak/breaker.ts';
import { report, type Finding } from './soak/finding.ts';
import { killsSection } from './soak/kills.ts';
import { outageReplaced, outageResumed } from './soak/outage.ts';
import { racesSection } from './soak/races.ts';
import { rollingSection } from './soak/rolling.ts';
import { silenceSection } from './soak/silence.ts';
import { turnsSection } from './soak/turns.ts';

const { values, positionals: wanted } = parseArgs({
  options: { minutes: { type: 'string' }, help: { type: 'boolean', default: false } },
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

const help = `Usage: bun run soak [--minutes <number>] [section …]

Kills, halts, races, abandons and keeps waiting; exits with 1 where something did not stay true.

  --minutes 20   how long rolling, breaker, silence and abandon last
  --help         this text

Sections: ${Object.keys(sections).join(', ')}; all of them where none is named.
`;
if (values.help) {
  console.log(help);
  process.exit(0);
}

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
