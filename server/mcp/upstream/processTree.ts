/** All that a program started, also what left its process group since. */
import { readdirSync, readFileSync } from 'node:fs';

/** One process and no other: a pid is given again to somebody else, with another start. */
export type Process = Readonly<{ pid: number; start: string }>;

/** A program that makes more is not waited for. */
const most = 10_000;

/** What the kernel says of it, from its state on; undefined for one that is gone, and where there is no /proc. */
function fieldsOf(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program stands in brackets, and may hold blanks and brackets itself.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** In ticks since the machine started. */
const startOf = (pid: number): string | undefined => fieldsOf(pid)?.[19];

/** Every process that is there, under its parent; the kernel's own lists of children leave some out now and then. */
function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  try {
    for (const name of readdirSync('/proc')) {
      const pid = Number(name);
      const parent = Number.isInteger(pid) ? Number(fieldsOf(pid)?.[1]) : Number.NaN;
      if (Number.isNaN(parent)) continue;
      const siblings = children.get(parent);
      if (siblings) siblings.push(pid);
      else children.set(parent, [pid]);
    }
  } catch {
    // No /proc: the group is all that is known.
  }
  return children;
}

/** The process itself is not among them. */
export function descendantsOf(root: number): Process[] {
  const found: Process[] = [];
  const toLookAt = [root];
  const children = childrenByParent();
  for (let pid = toLookAt.pop(); pid !== undefined; pid = toLookAt.pop()) {
    for (const child of children.get(pid) ?? []) {
      const start = startOf(child);
      if (start === undefined || found.length >= most) continue;
      found.push({ pid: child, start });
      toLookAt.push(child);
    }
  }
  return found;
}

/** False where it was gone before. */
export function signalTo(target: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch {
    return false;
  }
}

export function kill({ pid, start }: Process): void {
  if (startOf(pid) === start) signalTo(pid, 'SIGKILL');
}
