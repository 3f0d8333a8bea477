/** What runs on this machine, as seen in /proc. */
import { readdirSync, readFileSync } from 'node:fs';

/** The command line; empty for a process that is gone or only waits to be reaped. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** The processes whose command line or environment holds the text. */
export const processesWith = (text: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter(
      (pid) => pid !== process.pid && `${commandLine(pid)}\n${environmentOf(pid)}`.includes(text),
    );

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}
