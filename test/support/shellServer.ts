/** The smallest MCP server there is: a shell, so that a thousand of them fit into a test. */
import { readdirSync, readFileSync } from 'node:fs';

const script = `
while IFS= read -r line; do
  case $line in *'"id":'*) ;; *) continue ;; esac
  id=\${line#*'"id":'}; id=\${id%%[,\\}]*}
  say() { printf '{"jsonrpc":"2.0","id":%s,%s}\\n' "$id" "$1"; }
  case $line in
    *'"method":"initialize"'*) say '"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"shell","version":"1"}}' ;;
    *'"method":"tools/list"'*) say '"result":{"tools":[{"name":"pid","inputSchema":{"type":"object"}}]}' ;;
    *'"method":"tools/call"'*) say '"result":{"content":[{"type":"text","text":"'$$'"}]}' ;;
    *'"method":"ping"'*) say '"result":{}' ;;
    *) say '"error":{"code":-32601,"message":"Method not found"}' ;;
  esac
done
`;

/** Its tool `pid` answers with the process that serves whoever asks. */
export const shellServer = (mark: string) => ({ command: '/bin/sh', args: ['-c', script, mark] });

/** Processes that were started with this mark, and children of `parent` that wait to be reaped. */
export function shells(mark: string, parent: number): { running: number[]; zombies: number[] } {
  const running: number[] = [];
  const zombies: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state === 'Z' && Number(ppid) === parent) zombies.push(Number(name));
      else if (readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').includes(mark))
        running.push(Number(name));
    } catch {
      // It ended meanwhile.
    }
  }
  return { running, zombies };
}
