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

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);

const parts = {
  gateway: 'server/main.ts',
  projector: 'projections/projector.ts',
  nats: 'nats-server.conf',
} as const;
export type Part = keyof typeof parts;

const childrenOf = (pid: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((one) => field(read(`/proc/${one}/status`), 'PPid') === pid);

/** The process, and all that come from it. */
export const treeOf = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(treeOf)];

/** The launcher's child that plays this part now; undefined while there is none. */
export const childOf = (launcherPid: number, part: Part): number | undefined =>
  childrenOf(launcherPid).find((pid) => commandLine(pid).includes(parts[part]));

const statusMb = (pid: number, name: string): number =>
  field(read(`/proc/${pid}/status`), name) / 1024;

/** Resident memory; NaN for a process that is gone. */
export const residentMb = (pid: number): number => statusMb(pid, 'VmRSS');

const ticksPerSecond = 100;

/** What the process and those that come from it have had of the processors. */
export const processorMs = (pid: number): number =>
  sum(
    treeOf(pid).map((member) => {
      // The program's name, which may hold spaces, ends with the last bracket.
      const fields = read(`/proc/${member}/stat`).split(') ').at(-1)?.split(' ') ?? [];
      return ((Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 1_000) / ticksPerSecond;
    }),
  );

/** How many files and sockets a process may have open. */
export const mostOpenFiles = (pid: number): number =>
  Number(/^Max open files\s+(\d+)/m.exec(read(`/proc/${pid}/limits`))?.[1] ?? Number.NaN);

export type TreeMemory = Readonly<{
  /** What the tree takes: the program's file, which its processes share, is counted once. */
  mb: number;
  /** Resident memory of each; their sum counts the file once for each. */
  residentMb: Readonly<Record<'launcher' | 'gateways' | 'projector', number>>;
}>;

/** Of a launcher and its children, nats-server left out. */
export function treeMemory(launcherPid: number): TreeMemory {
  const members = treeOf(launcherPid).filter((pid) => !commandLine(pid).includes(parts.nats));
  const playing = (part: Part) => members.filter((pid) => commandLine(pid).includes(parts[part]));
  const residentOf = (pids: readonly number[]) => sum(pids.map(residentMb));
  const own = members.map((pid) => statusMb(pid, 'RssAnon') + statusMb(pid, 'RssShmem'));
  return {
    mb: sum(own) + Math.max(...members.map((pid) => statusMb(pid, 'RssFile'))),
    residentMb: {
      launcher: residentMb(launcherPid),
      gateways: residentOf(playing('gateway')),
      projector: residentOf(playing('projector')),
    },
  };
}

export const shownMemory = ({ mb, residentMb: each }: TreeMemory): string =>
  `${mb.toFixed(0)} MB (resident: ${Object.entries(each)
    .map(([name, itsMb]) => `${name} ${itsMb.toFixed(0)}`)
    .join(', ')})`;
