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
 * for it is nobody's child afterwards; and again, for it may have started more. Who is whose child is read from each
 * process: the kernel's list of children leaves some out while threads come and go.
 */
const script = `
trap '' HUP INT TERM
groups=" $* "
while read -r what pid; do
  case $what in
    +) groups="$groups$pid " ;;
    -) case $groups in *" $pid "*) groups="\${groups%% $pid *} \${groups#* $pid }" ;; esac ;;
  esac
done
case $groups in *[0-9]*) ;; *) exit 0 ;; esac
parents() {
  for stat in /proc/[0-9]*/stat; do
    { read -r line < "$stat"; } 2>/dev/null || continue
    rest=\${line##*) }
    rest=\${rest#* }
    echo "\${line%% *} \${rest%% *}"
  done
}
found=$groups
look() {
  table=$(parents)
  more=1
  while [ -n "$more" ]; do
    more=
    while read -r pid parent; do
      case $found in
        *" $pid "*) ;;
        *" $parent "*) found="$found$pid " more=1 ;;
      esac
    done <<END
$table
END
  done
}
look
for pid in $groups; do kill -TERM "-$pid" 2>/dev/null; done
sleep 1
look
for pid in $groups; do kill -KILL "-$pid" 2>/dev/null; done
for pid in $found; do kill -KILL "$pid" 2>/dev/null; done
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
      // Those that run already are named at its start: what is written goes out only when this thread has time.
      const started = Bun.spawn(['/bin/sh', '-c', script, 'guard', ...[...groups].map(String)], {
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
