/** A program in a process group of its own, and the end of all that it started. */
import type { Subprocess } from 'bun';
import type { Guard } from './guard.ts';
import { descendantsOf, kill, signalTo } from './processTree.ts';

export type Program = Readonly<{
  command: string;
  args: readonly string[];
  cwd: string | null;
  /** All of its environment. */
  env: Readonly<Record<string, string>>;
}>;

export type RunningProgram = Readonly<{
  child: Subprocess<'pipe', 'pipe', 'pipe'>;
  /** Closes its input, asks it to end, and ends it; with everything it started. May be called twice. */
  end(): Promise<void>;
}>;

/** After its input was closed, and again after it was asked to end. */
const patienceMs = 1_000;

async function hasEnded({ exited }: Subprocess, withinMs: number): Promise<boolean> {
  const timer = Promise.withResolvers<boolean>();
  const handle = setTimeout(() => timer.resolve(false), withinMs);
  const ended = await Promise.race([exited.then(() => true), timer.promise]);
  clearTimeout(handle);
  return ended;
}

/** No shell reads its arguments. @throws when it cannot be started. */
export function startProgram({ command, args, cwd, env }: Program, guard: Guard): RunningProgram {
  const child = Bun.spawn([command, ...args], {
    env: { ...env },
    ...(cwd !== null && { cwd }),
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    detached: true,
  });
  const forget = guard.watch(child.pid);

  const end = async () => {
    // What left the group is found by whose child it is, as long as that is there.
    const started = descendantsOf(child.pid);
    try {
      await child.stdin.end();
    } catch {
      // It was gone before.
    }
    if (!(await hasEnded(child, patienceMs))) {
      signalTo(-child.pid, 'SIGTERM');
      await hasEnded(child, patienceMs);
      started.push(...descendantsOf(child.pid));
    }
    // Also where the program itself has ended: what it started may live on.
    signalTo(-child.pid, 'SIGKILL');
    for (const one of started) kill(one);
    await child.exited;
    forget();
  };
  let ending: Promise<void> | undefined;
  return { child, end: () => (ending ??= end()) };
}
