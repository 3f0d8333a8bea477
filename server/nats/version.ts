/** Which versions of the NATS server can be used, and for which store. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '../launcher/startError.ts';

/** The oldest NATS server whose log can be trusted: older ones let two racing writers win, or cannot sync. */
export const leastVersion = '2.11.0';

const parts = (version: string): number[] =>
  (/(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);

/** True for `2.11.0` and later; false for what is no version. */
export const isRecentEnough = (version: string): boolean => isAtLeast(version, leastVersion);

function isAtLeast(version: string, least: string): boolean {
  const found = parts(version);
  if (found.length < 3) return false;
  for (const [index, wanted] of parts(least).entries()) {
    const part = found[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}

/**
 * Remembers the newest version that wrote a store; an older line may misread what a newer one wrote.
 * @throws {StartError} when `version` is of an older line.
 */
export function refuseDowngrade(folder: string, version: string): void {
  const path = join(folder, 'version');
  const before = existsSync(path) ? readFileSync(path, 'utf8').trim() : version;
  const line = before.replace(/^(\d+\.\d+)\..*$/, '$1.0');
  if (!isAtLeast(version, line))
    throw new StartError(
      `the log in ${folder} was written by nats-server ${before}, and this one is ${version}: use ${line} or newer`,
    );
  if (before !== version || !existsSync(path)) writeFileSync(path, `${version}\n`, { mode: 0o600 });
}
