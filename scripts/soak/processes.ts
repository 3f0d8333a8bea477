/** The processes of one launcher, found in /proc, and what they take. */
import { readdirSync, readFileSync } from 'node:fs';

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process ended in between.
    return '';
  }
};

const field = (status: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? Number.NaN);

/** A process that only waits to be reaped has no command line. */
const commandLine = (pid: number): string => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');

export const isRunning = (pid: number): boolean => commandLine(pid) !== '';

const parts = {
  gateway: 'server/main.ts',
  projector: 'projections/projector.ts',
  nats: 'nats-server.conf',
} as const;
export type Part = keyof typeof parts;

/** The launcher's child that plays this part now; undefined while there is none. */
export const childOf = (launcherPid: number, part: Part): number | undefined =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find(
      (pid) =>
        field(read(`/proc/${pid}/status`), 'PPid') === launcherPid &&
        commandLine(pid).includes(parts[part]),
    );

/** Resident memory; NaN for a process that is gone. */
export const residentMb = (pid: number): number =>
  field(read(`/proc/${pid}/status`), 'VmRSS') / 1024;
