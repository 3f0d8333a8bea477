/** Runs a conformance suite against a URL, as the command line that others run it with. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Suite = Readonly<{ program: string; args: readonly string[] }>;

/** How many checks of each scenario passed and failed. */
export type Verdicts = Readonly<Record<string, Readonly<{ passed: number; failed: number }>>>;

export type Outcome = Readonly<{
  /** What the suite says itself: all that it requires has passed. */
  isPassed: boolean;
  verdicts: Verdicts;
}>;

const stable = join(import.meta.dir, '../../node_modules/conformance-0-1/dist/index.js');
const next = join(import.meta.dir, '../../node_modules/conformance-0-2/dist/index.js');

export const suites = {
  '0.1.16, all of it': { program: stable, args: ['--suite', 'all'] },
  '0.2.0-alpha.12, revision 2025-11-25': {
    program: next,
    args: ['--requirements', '2025-11-25'],
  },
  '0.2.0-alpha.12, revision 2026-07-28': {
    program: next,
    args: ['--requirements', '2026-07-28'],
  },
} as const satisfies Readonly<Record<string, Suite>>;

const longestMs = 58_000;
const line = /^[✓✗] ([\w-]+): (\d+) passed, (\d+) failed/gm;

/** @throws when the suite comes to no end. */
export async function verdicts({ program, args }: Suite, url: string): Promise<Outcome> {
  // The suite writes what it saw into the folder that it runs in.
  const cwd = await mkdtemp(join(tmpdir(), 'signalbox-conformance-'));
  try {
    const child = Bun.spawn([process.execPath, program, 'server', '--url', url, ...args], {
      cwd,
      stdout: 'pipe',
      stderr: 'pipe',
      timeout: longestMs,
      killSignal: 'SIGKILL',
    });
    const [output, errors] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    const isPassed = (await child.exited) === 0;
    const summary = output.slice(output.lastIndexOf('=== SUMMARY ==='));
    const told = [...summary.matchAll(line)].map(([, scenario = '', passed, failed]) => [
      scenario,
      { passed: Number(passed), failed: Number(failed) },
    ]);
    if (told.length === 0)
      throw new Error(`the suite told nothing:\n${(output + errors).slice(-2_000)}`);
    return { isPassed, verdicts: Object.fromEntries(told) };
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

/** What one target lacks of what another has: each scenario in words. */
export function lacking(target: Verdicts, reference: Verdicts): string[] {
  return Object.entries(reference).flatMap(([scenario, { passed, failed }]) => {
    const got = target[scenario] ?? { passed: 0, failed: 0 };
    return got.passed >= passed && got.failed <= failed
      ? []
      : [`${scenario}: ${got.passed} passed and ${got.failed} failed, not ${passed} and ${failed}`];
  });
}
