/** How to reach the embedded server while it runs: for tools of the same user, such as `bun run replay`. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NatsAccess } from '../config/places.ts';

const pathIn = (dataDir: string): string => join(dataDir, 'nats', 'access.json');

/** Readable by its owner alone, like the other secrets in the data folder. */
export function writeAccess(dataDir: string, { servers, user, pass }: NatsAccess): void {
  writeFileSync(pathIn(dataDir), JSON.stringify({ servers, user, pass }), { mode: 0o600 });
}

export function removeAccess(dataDir: string): void {
  rmSync(pathIn(dataDir), { force: true });
}

/** Undefined when no embedded server of this folder is running in order. */
export function readAccess(dataDir: string): NatsAccess | undefined {
  try {
    return JSON.parse(readFileSync(pathIn(dataDir), 'utf8')) as NatsAccess;
  } catch {
    return undefined;
  }
}
