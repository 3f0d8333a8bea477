/** Programs beside a measurement, in processes of their own so that they do not share its event loop. */
import { undoAtExit } from './leftovers.ts';

/** What a program prints until it ends. @throws when it does not end with 0 */
export async function outputOf(
  command: readonly string[],
  options: Readonly<{ cwd?: string }> = {},
): Promise<string> {
  const child = Bun.spawn([...command], { ...options, stderr: 'inherit' });
  const forget = undoAtExit(() => child.kill('SIGKILL'));
  try {
    const text = await new Response(child.stdout).text();
    const code = await child.exited;
    if (code !== 0) throw new Error(`${command.slice(0, 2).join(' ')} ended with ${code}: ${text}`);
    return text;
  } finally {
    forget();
  }
}

export type Script = Readonly<{
  /** The next thing it says. @throws when it ends before */
  next: <Said>() => Promise<Said>;
  /** Asks for the next thing. */
  ask: <Said>(about: string) => Promise<Said>;
  /** May be called twice. */
  stop: () => Promise<void>;
}>;

/** A script of ours that gets a job and says things; it ends itself when this process is gone. */
export function startScript(file: string, job: object): Script {
  let said: unknown[] = [];
  let waiting: PromiseWithResolvers<unknown> | undefined;
  let isOver = false;
  const child = Bun.spawn([process.execPath, file, JSON.stringify(job)], {
    stdio: ['ignore', 'inherit', 'inherit'],
    ipc(message: unknown) {
      if (waiting) waiting.resolve(message);
      else said.push(message);
      waiting = undefined;
    },
  });
  const forget = undoAtExit(() => child.kill('SIGKILL'));
  void child.exited.then((code) => {
    isOver = true;
    waiting?.reject(new Error(`${file} ended with ${code}`));
  });

  const next = async <Said>(): Promise<Said> => {
    const [first, ...others] = said;
    said = others;
    if (first !== undefined) return first as Said;
    if (isOver) throw new Error(`${file} has ended`);
    waiting = Promise.withResolvers();
    return (await waiting.promise) as Said;
  };
  return {
    next,
    ask(about) {
      child.send(about);
      return next();
    },
    async stop() {
      forget();
      child.kill('SIGKILL');
      await child.exited;
    },
  };
}

/** In the script: what it was started for; and from then on it goes when its parent does. */
export function jobOfParent<Job>(): Job {
  process.on('disconnect', () => process.exit());
  return JSON.parse(process.argv[2] ?? '{}') as Job;
}

export function tellParent(what: object): void {
  process.send?.(what);
}
