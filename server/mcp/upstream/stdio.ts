/** A server as a program of ours: a line of its output is a message; its whole process group ends with the link. */
import type { Subprocess } from 'bun';
import { NotSent, type Link, type LinkListener } from '../rpc/link.ts';
import { messageOf } from '../rpc/message.ts';
import { createLines } from './lines.ts';

export type Program = Readonly<{
  command: string;
  args: readonly string[];
  cwd: string | null;
  /** All of its environment. */
  env: Readonly<Record<string, string>>;
}>;

type Options = Readonly<{
  program: Program;
  /** What it writes for people, as it comes. */
  onStderr: (text: string) => void;
  onError: (error: unknown, about: string) => void;
}>;

/** A message that is larger ends the link: nothing this large is an answer to read. */
const mostLineBytes = 64 * 1024 * 1024;
/** After its input was closed, and again after it was asked to end. */
const patienceMs = 1_000;

type Child = Subprocess<'pipe', 'pipe', 'pipe'>;

/** The whole group: what the program started itself is in it. */
function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

async function hasEnded(child: Child, withinMs: number): Promise<boolean> {
  const timer = Promise.withResolvers<boolean>();
  const handle = setTimeout(() => timer.resolve(false), withinMs);
  const ended = await Promise.race([child.exited.then(() => true), timer.promise]);
  clearTimeout(handle);
  return ended;
}

export function stdioLink({ program, onStderr, onError }: Options): Link {
  let child: Child | undefined;
  let closing: Promise<void> | undefined;
  let isDown = false;

  const read = async (
    stream: ReadableStream<Uint8Array>,
    take: (text: string) => void,
  ): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) take(decoder.decode(chunk, { stream: true }));
  };

  const end = async (running: Child) => {
    try {
      await running.stdin.end();
    } catch {
      // It was gone before.
    }
    if (!(await hasEnded(running, patienceMs))) {
      signalGroup(running.pid, 'SIGTERM');
      await hasEnded(running, patienceMs);
    }
    // Also where the program itself has ended: what it started may live on.
    signalGroup(running.pid, 'SIGKILL');
    await running.exited;
  };

  return {
    async open(listener: LinkListener) {
      const { command, args, cwd, env } = program;
      const running: Child = Bun.spawn([command, ...args], {
        env: { ...env },
        ...(cwd !== null && { cwd }),
        stdin: 'pipe',
        stdout: 'pipe',
        stderr: 'pipe',
        detached: true,
      });
      child = running;
      const lines = createLines(mostLineBytes, (line) => {
        const message = messageOf(parsed(line));
        if (message) listener.onMessage(message);
        else onError(new Error('a line of its output is no JSON-RPC message'), command);
      });
      const down = (reason: string) => {
        if (isDown) return;
        isDown = true;
        listener.onClose(reason);
        closing ??= end(running);
      };
      read(running.stdout, lines.take).catch((error: unknown) => {
        onError(error, `reading what ${command} writes`);
        down('its output could not be read');
      });
      read(running.stderr, onStderr).catch((error: unknown) =>
        onError(error, `reading what ${command} writes`),
      );
      void running.exited.then((code) =>
        down(
          running.signalCode === null
            ? `the program ended with code ${code}`
            : `the program was ended by ${running.signalCode}`,
        ),
      );
    },
    async send(message) {
      if (!child || isDown || closing) throw new NotSent('the program does not run');
      try {
        await child.stdin.write(`${JSON.stringify(message)}\n`);
        await child.stdin.flush();
      } catch (cause) {
        throw new NotSent('the program takes no more input', { cause });
      }
    },
    async close() {
      isDown = true;
      if (child) await (closing ??= end(child));
    },
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
