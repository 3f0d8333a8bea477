/** Runs every suite and sums what their own reports say; the last line is the sum, alone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countsOf } from './junitReport.ts';
import { installMissingTools } from './testTools.ts';

const suiteLimitMs = 20 * 60_000;
const testLimitMs = 60_000;
const isCi = /^(true|1|yes|on)$/i.test(process.env['CI'] ?? '');

type Counts = { passed: number; failed: number };

/** Runs under this Bun, also where a script asks for node; false when it fails or takes too long. */
async function succeeds(args: readonly string[]): Promise<boolean> {
  const child = Bun.spawn([process.execPath, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: suiteLimitMs,
    killSignal: 'SIGKILL',
  });
  return (await child.exited) === 0;
}

const checks: readonly (readonly string[])[] = [
  ['oxfmt', '--check', '.'],
  ['oxlint', '--type-aware'],
  ['tsc', '--noEmit'],
  ['knip'],
];

/** Each tool counts as one. */
async function check(): Promise<Counts> {
  const counts = { passed: 0, failed: 0 };
  for (const [tool = '', ...args] of checks) {
    console.log(`\n== ${[tool, ...args].join(' ')}`);
    if (await succeeds(['run', '--bun', tool, ...args])) counts.passed++;
    else counts.failed++;
  }
  return counts;
}

async function suite(folder: string, reports: string): Promise<Counts> {
  console.log(`\n== bun test ${folder}`);
  const report = join(reports, `${folder.replaceAll('/', '-')}.xml`);
  const isGreen = await succeeds([
    'test',
    `./${folder}`,
    `--timeout=${testLimitMs}`,
    '--reporter=junit',
    `--reporter-outfile=${report}`,
  ]);
  const file = Bun.file(report);
  const counts = (await file.exists()) ? countsOf(await file.text()) : undefined;
  if (!counts) {
    console.log(`!! ${folder} wrote no report: it counts as failed`);
    return { passed: 0, failed: 1 };
  }
  const { passed, skipped } = counts;
  if (skipped > 0)
    console.log(`!! ${folder}: ${skipped} SKIPPED${isCi ? ', counted as failed' : ''}`);
  const failed = counts.failed + (isCi ? skipped : 0);
  // An error outside any test fails the run without failing a test.
  return { passed, failed: !isGreen && failed === 0 ? 1 : failed };
}

const hasTests = (folder: string): boolean =>
  new Bun.Glob(`${folder}/**/*.test.ts`).scanSync().next().done !== true;

const reports = mkdtempSync(join(tmpdir(), 'signalbox-reports-'));
await installMissingTools();
const all = [
  await check(),
  await suite('test/unit', reports),
  await suite('test/integration', reports),
];
if (hasTests('test/conformance')) all.push(await suite('test/conformance', reports));
if (hasTests('test/e2e')) all.push(await suite('test/e2e', reports));
rmSync(reports, { recursive: true, force: true });

const sum = (name: keyof Counts): number => all.reduce((total, counts) => total + counts[name], 0);
const failed = sum('failed');
console.log(`\n${sum('passed')} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
