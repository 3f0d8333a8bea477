/**
 * Sees to it that no program outlives the gateway, however the gateway ends: a process beside it that knows their
 * groups, and whose input ends when the gateway does.
 */
import type { Subprocess } from 'bun';

export type Guard = Readonly<{
  /** Answers how to say that the group is gone; may be called twice. */
  watch(pid: number): () => void;
  /** May be called twice. */
  stop(): Promise<void>;
}>;

/**
 * A program gets a second to end by itself: its input ended with the gateway too. What it started is looked up before,
 * for it is nobody's child afterwards.
 */
const script = `
trap '' HUP INT TERM
tree() {
  for child in $(cat /proc/$1/task/*/children 2>/dev/null); do echo $child; tree $child; done
}
groups=' '
while read -r what pid; do
  case $what in
    +) groups="$groups$pid " ;;
    -) case $groups in *" $pid "*) groups="\${groups%% $pid *} \${groups#* $pid }" ;; esac ;;
  esac
done
all=
for pid in $groups; do all="$all $(tree $pid)"; done
for pid in $groups; do kill -TERM "-$pid" 2>/dev/null; done
[ "$groups" = ' ' ] || sleep 1
for pid in $groups; do kill -KILL "-$pid" 2>/dev/null; done
for pid in $all; do kill -KILL "$pid" 2>/dev/null; done
exit 0
`;

const againMs = 1_000;

export function createGuard(onError: (error: unknown, about: string) => void): Guard {
  const groups = new Set<number>();
  let child: Subprocess<'pipe', 'ignore', 'ignore'> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;

  const say = (line: string) => {
    try {
      void child?.stdin.write(line);
      void Promise.resolve(child?.stdin.flush()).catch(() => undefined);
    } catch {
      // It has ended: the next one hears of every group.
    }
  };
  const start = () => {
    clearTimeout(again);
    again = undefined;
    try {
      const started = Bun.spawn(['/bin/sh', '-c', script], {
        cwd: '/',
        env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
        stdin: 'pipe',
        stdout: 'ignore',
        stderr: 'ignore',
        // What is sent to the gateway's group is not meant for it.
        detached: true,
      });
      child = started;
      void started.exited.then(() => {
        if (child !== started) return;
        child = undefined;
        if (!isStopped && groups.size > 0) again ??= setTimeout(start, againMs);
      });
      for (const pid of groups) say(`+ ${pid}\n`);
    } catch (error) {
      onError(error, 'starting what ends the MCP programs of a gateway that is killed');
    }
  };

  return {
    watch(pid) {
      groups.add(pid);
      if (child) say(`+ ${pid}\n`);
      else if (!again) start();
      return () => {
        if (groups.delete(pid)) say(`- ${pid}\n`);
      };
    },
    async stop() {
      isStopped = true;
      clearTimeout(again);
      const running = child;
      if (!running) return;
      await Promise.resolve(running.stdin.end()).catch(() => undefined);
      await running.exited;
    },
  };
}
