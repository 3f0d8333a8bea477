/** All that a program started, also what left its process group since. */
import { readdirSync, readFileSync } from 'node:fs';

/** One process and no other: a pid is given again to somebody else, with another start. */
export type Process = Readonly<{ pid: number; start: string }>;

/** A program that makes more is not waited for. */
const most = 10_000;

/** In ticks since the machine started; undefined for one that is gone, and where there is no /proc. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program stands in brackets, and may hold blanks and brackets itself.
    return stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .at(19);
  } catch {
    return undefined;
  }
}

function childrenOf(pid: number): number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const texts = threads.map((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8'),
    );
    return texts.flatMap((text) => text.split(' ').filter(Boolean).map(Number));
  } catch {
    return [];
  }
}

/** The process itself is not among them. */
export function descendantsOf(root: number): Process[] {
  const found: Process[] = [];
  const toLookAt = [root];
  for (let pid = toLookAt.pop(); pid !== undefined; pid = toLookAt.pop()) {
    for (const child of childrenOf(pid)) {
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
