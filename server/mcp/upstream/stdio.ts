/** A server as a program of ours: a line of its output is a message; all that it started ends with the link. */
import { NotSent, type Link, type LinkListener } from '../rpc/link.ts';
import { messageOf } from '../rpc/message.ts';
import type { Guard } from './guard.ts';
import { createLines } from './lines.ts';
import { startProgram, type Program, type RunningProgram } from './program.ts';
import { createThrottle, type Throttle } from './throttle.ts';

type Options = Readonly<{
  program: Program;
  guard: Guard;
  /** What it writes for people, as it comes. */
  onStderr: (text: string) => void;
  onError: (error: unknown, about: string) => void;
  mostLineChars?: number;
}>;

/** A message that is larger ends the link: nothing this large is an answer to read. */
const mostLineCharsUsually = 64 * 1024 * 1024;
/** So much may wait for a program that does not read. */
const mostUnreadChars = 64 * 1024 * 1024;
/** What it wrote right before its end is still read. */
const lastWordsMs = 200;
const longestShown = 500;

export function stdioLink(options: Options): Link {
  const { program, guard, onStderr, onError, mostLineChars = mostLineCharsUsually } = options;
  let running: RunningProgram | undefined;
  let isDown = false;
  let isStray = false;
  let unreadChars = 0;

  const read = async (
    stream: ReadableStream<Uint8Array>,
    throttle: Throttle,
    take: (text: string) => void,
  ): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      take(decoder.decode(chunk, { stream: true }));
      const waitMs = throttle.waitMs();
      if (waitMs > 0 && !isDown) await Bun.sleep(waitMs);
    }
  };

  /** Programs print what belongs on the other stream: people find it there. */
  const stray = (line: string, throttle: Throttle) => {
    throttle.count(line.length);
    onStderr(`[stdout] ${line.slice(0, longestShown)}\n`);
    if (isStray) return;
    isStray = true;
    onError(new Error('a line of its output is no JSON-RPC message'), program.command);
  };

  const listenTo = ({ child, end }: RunningProgram, listener: LinkListener) => {
    const down = (reason: string) => {
      if (isDown) return;
      isDown = true;
      listener.onClose(reason);
      void end();
    };
    const output = createThrottle();
    const lines = createLines(mostLineChars, (line) => {
      const value = parsed(line);
      for (const one of Array.isArray(value) ? value : [value]) {
        const message = messageOf(one);
        if (message) listener.onMessage(message);
        else stray(line, output);
      }
    });
    const spoken = read(child.stdout, output, lines.take).catch((error: unknown) => {
      onError(error, `reading what ${program.command} writes`);
      down(`its output cannot be read: ${error instanceof Error ? error.message : 'it broke off'}`);
    });
    const forPeople = createThrottle();
    read(child.stderr, forPeople, (text) => {
      forPeople.count(text.length);
      onStderr(text);
    }).catch((error: unknown) => onError(error, `reading what ${program.command} writes`));
    void child.exited.then(async (code) => {
      // What it started may hold its output open for ever.
      await Promise.race([spoken, Bun.sleep(lastWordsMs)]);
      down(
        child.signalCode === null
          ? `the program ended with code ${code}`
          : `the program was ended by ${child.signalCode}`,
      );
    });
  };

  return {
    async open(listener) {
      running = startProgram(program, guard);
      listenTo(running, listener);
    },
    async send(message) {
      if (!running || isDown) throw new NotSent('the program does not run');
      const text = `${JSON.stringify(message)}\n`;
      if (unreadChars > 0 && unreadChars + text.length > mostUnreadChars)
        throw new NotSent('the program does not read what it is sent');
      unreadChars += text.length;
      try {
        void running.child.stdin.write(text);
        await running.child.stdin.flush();
      } catch (cause) {
        throw new NotSent('the program takes no more input', { cause });
      } finally {
        unreadChars -= text.length;
      }
    },
    async close() {
      isDown = true;
      await running?.end();
    },
  };
}

/** Undefined for what is no JSON; a message is an object, or several of them. */
function parsed(line: string): unknown {
  const first = line.trimStart()[0];
  if (first !== '{' && first !== '[') return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
