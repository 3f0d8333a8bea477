/** One launcher per data folder: a lock that the kernel takes back when its holder dies. */
import { Database } from 'bun:sqlite';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '../launcher/startError.ts';

export type StoreLock = Readonly<{ release: () => void }>;

/** @throws {StartError} that names the folder and the process that holds it. */
export function lockStore(dataDir: string): StoreLock {
  const pidPath = join(dataDir, 'launcher.pid');
  const file = new Database(join(dataDir, 'launcher.lock'));
  try {
    file.run('pragma locking_mode = exclusive');
    file.run('begin exclusive');
  } catch (error) {
    file.close();
    if (
      !(error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY'))
    )
      throw error;
    throw new StartError(
      `the data folder ${dataDir} is in use by another Signalbox${holder(pidPath)}: stop that one, or choose another folder with DATA_DIR`,
    );
  }
  writeFileSync(pidPath, `${process.pid}\n`, { mode: 0o600 });
  let held = true;
  return {
    release: () => {
      if (!held) return;
      held = false;
      rmSync(pidPath, { force: true });
      file.close();
    },
  };
}

function holder(pidPath: string): string {
  try {
    const pid = Number(readFileSync(pidPath, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? ` (process ${pid})` : '';
  } catch {
    return '';
  }
}
