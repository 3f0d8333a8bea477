/** Calls a tool in so many sessions, each one call after the other. Run as a process of its own. */
export type ToolJob = Readonly<{
  /** An endpoint, or a program to be started. */
  target: Readonly<{ url: string; headers: Readonly<Record<string, string>> }> | readonly string[];
  sessions: number;
  calls: number;
  warmUpCalls: number;
}>;

export type ToolResult = Readonly<{ perSecond: number; p50Ms: number; p99Ms: number }>;

type Ask = (method: string, params: object, isRequest?: boolean) => Promise<string>;
/** Of one session; `end` is called when all sessions are over. */
type Session = Readonly<{ ask: Ask; end: () => Promise<void> }>;

const accept = 'application/json, text/event-stream';
let lastId = 0;

function httpSession(url: string, given: Readonly<Record<string, string>>): Session {
  let headers: Record<string, string> = { ...given, 'content-type': 'application/json', accept };
  return {
    async ask(method, params, isRequest = true) {
      const id = isRequest ? { id: ++lastId } : {};
      const body = JSON.stringify({ jsonrpc: '2.0', ...id, method, params });
      const response = await fetch(url, { method: 'POST', headers, body });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} was answered with ${response.status}: ${text}`);
      const session = response.headers.get('mcp-session-id');
      if (session) headers = { ...headers, 'mcp-session-id': session };
      return text;
    },
    async end() {
      await fetch(url, { method: 'DELETE', headers });
    },
  };
}

/** One program for all sessions: it tells them apart by the ids. */
function programSessions(command: readonly string[]): Session {
  const child = Bun.spawn([...command], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = new Map<number, (line: string) => void>();
  const read = async () => {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of child.stdout) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) {
        const { id } = JSON.parse(line) as { id: number };
        waiting.get(id)?.(line);
        waiting.delete(id);
      }
    }
  };
  void read();
  return {
    ask(method, params, isRequest = true) {
      const id = isRequest ? { id: ++lastId } : {};
      void child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...id, method, params })}\n`);
      void child.stdin.flush();
      if (!isRequest) return Promise.resolve('');
      return new Promise((resolve) => waiting.set(lastId, resolve));
    },
    async end() {
      child.kill();
      await child.exited;
    },
  };
}

async function begin({ ask }: Session): Promise<void> {
  const clientInfo = { name: 'bench', version: '1' };
  await ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
  await ask('notifications/initialized', {}, false);
}

async function run(job: ToolJob): Promise<ToolResult> {
  const { target, sessions: count, calls, warmUpCalls } = job;
  const sessions: Session[] = [];
  if ('url' in target) {
    for (let index = 0; index < count; index++)
      sessions.push(httpSession(target.url, target.headers));
    for (const session of sessions) await begin(session);
  } else {
    const shared = programSessions(target);
    await begin(shared);
    for (let index = 0; index < count; index++) sessions.push(shared);
  }

  let message = 0;
  const callAll = async (limit: number, latencies: number[]) => {
    let left = limit;
    const inTurn = async ({ ask }: Session) => {
      while (left-- > 0) {
        // Another text each time: nothing can have been kept.
        const said = `message ${++message} of ${process.pid}`;
        const startMs = performance.now();
        const answer = await ask('tools/call', { name: 'echo', arguments: { message: said } });
        latencies.push(performance.now() - startMs);
        if (!answer.includes(said)) throw new Error(`the answer was ${answer.slice(0, 500)}`);
      }
    };
    await Promise.all(sessions.map(inTurn));
  };

  await callAll(warmUpCalls, []);
  const latencies: number[] = [];
  const startMs = performance.now();
  await callAll(calls, latencies);
  const tookMs = performance.now() - startMs;
  await Promise.all([...new Set(sessions)].map(({ end }) => end()));
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return { perSecond: (calls * 1_000) / tookMs, p50Ms: at(0.5), p99Ms: at(0.99) };
}

const job = JSON.parse(process.argv[2] ?? '{}') as ToolJob;
console.log(JSON.stringify(await run(job)));
process.exit(0);
