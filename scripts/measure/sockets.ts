/** The TCP connections that a process holds, as seen in /proc. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** As the kernel numbers them; one in `time-wait` belongs to no process any more. */
const states: Readonly<Record<string, string>> = {
  '01': 'established',
  '02': 'syn-sent',
  '04': 'fin-wait-1',
  '05': 'fin-wait-2',
  '08': 'close-wait',
  '09': 'last-ack',
  '0B': 'closing',
};

function inodesOf(pid: number): Set<string> {
  const folder = `/proc/${pid}/fd`;
  const inodes = readdirSync(folder).map((name) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${name}`))?.[1] ?? '';
    } catch {
      // Closed in between.
      return '';
    }
  });
  return new Set(inodes);
}

/** The states of the process's connections to this port. @throws when the process is gone */
export function connectionsTo(pid: number, port: number): string[] {
  const own = inodesOf(pid);
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return ['tcp', 'tcp6'].flatMap((name) =>
    readFileSync(`/proc/${pid}/net/${name}`, 'utf8')
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const fields = line.trim().split(/\s+/);
        const [remote = '', state = '', inode = ''] = [fields[2], fields[3], fields[9]];
        if (!remote.endsWith(`:${wanted}`) || !own.has(inode)) return [];
        return [states[state] ?? state];
      }),
  );
}
