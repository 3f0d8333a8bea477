/** Ends the nats-server that an earlier launcher left behind, so that two never write to one store. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { Logger } from '../logger.ts';
import { StartError } from '../launcher/startError.ts';
import type { NatsFiles } from './configure.ts';

/** The command line of a process; empty for one that is gone or only waits to be reaped. */
function commandLine(pid: number): string {
  if (existsSync('/proc/self/cmdline')) {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  }
  return Bun.spawnSync(['ps', '-o', 'command=', '-p', String(pid)]).stdout.toString();
}

/** The pid may long belong to another program: only a process that was given our file is ours. */
const isOurs = (pid: number, files: NatsFiles): boolean => commandLine(pid).includes(files.conf);

function pidIn(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, 'utf8').trim());
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in between, which is what was wanted.
  }
}

async function isGoneWithin(waitMs: number, pid: number, files: NatsFiles): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < waitMs; waitedMs += 20) {
    if (!isOurs(pid, files)) return true;
    await Bun.sleep(20);
  }
  return false;
}

/** @throws {StartError} when it does not end. */
export async function reapOrphan(files: NatsFiles, log: Logger): Promise<void> {
  const pid = pidIn(files.pid);
  if (pid !== undefined && isOurs(pid, files)) {
    log.warn({ pid }, 'ending the nats-server that an earlier run left behind');
    send(pid, 'SIGTERM');
    if (!(await isGoneWithin(5000, pid, files))) {
      send(pid, 'SIGKILL');
      if (!(await isGoneWithin(2000, pid, files)))
        throw new StartError(
          `the nats-server of an earlier run (process ${pid}) does not end: end it`,
        );
    }
  }
  rmSync(files.pid, { force: true });
}
