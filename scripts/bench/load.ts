/** A load generator on bare sockets, so that it costs less than what it measures. Run as a process of its own. */
import type { Socket } from 'bun';
import { requestBytes, type WireRequest } from './wire.ts';

export type LoadJob = WireRequest &
  Readonly<{
    connections: number;
    seconds: number;
    /** Requests per second, evenly spread; undefined sends as fast as answers come. */
    rate?: number;
  }>;

export type LoadResult = Readonly<{
  requests: number;
  failures: number;
  perSecond: number;
  /** From when a request was due to the last byte of its answer. */
  p50Ms: number;
  p99Ms: number;
}>;

type Connection = { socket: Socket; dueMs: number; isBusy: boolean; rest: Buffer };

const endOfHead = Buffer.from('\r\n\r\n');

/** Length of the first whole answer in the buffer, with its status; undefined when more must come. */
function wholeAnswer(buffer: Buffer): { length: number; status: number } | undefined {
  const head = buffer.indexOf(endOfHead);
  if (head < 0) return undefined;
  const text = buffer.toString('latin1', 0, head);
  const length = /content-length: *(\d+)/i.exec(text)?.[1];
  if (length === undefined)
    throw new Error(`an answer without a length cannot be measured: ${text}`);
  const end = head + 4 + Number(length);
  return buffer.length < end ? undefined : { length: end, status: Number(text.slice(9, 12)) };
}

export async function runLoad(job: LoadJob): Promise<LoadResult> {
  const request = requestBytes(job);
  const latencies: number[] = [];
  const idle: Connection[] = [];
  const startMs = performance.now();
  const endMs = startMs + job.seconds * 1_000;
  let failures = 0;
  let sent = 0;

  const send = (connection: Connection, dueMs: number) => {
    connection.isBusy = true;
    connection.dueMs = dueMs;
    sent += 1;
    connection.socket.write(request);
  };
  const onAnswer = (connection: Connection, status: number) => {
    const nowMs = performance.now();
    latencies.push(nowMs - connection.dueMs);
    if (status !== 200) failures += 1;
    connection.isBusy = false;
    if (nowMs >= endMs) return;
    if (job.rate === undefined) send(connection, nowMs);
    else idle.push(connection);
  };

  const connections = await Promise.all(
    Array.from({ length: job.connections }, async () => {
      const connection: Connection = {
        socket: null as never,
        dueMs: 0,
        isBusy: false,
        rest: Buffer.alloc(0),
      };
      connection.socket = await Bun.connect({
        hostname: '127.0.0.1',
        port: job.port,
        socket: {
          data(_socket, chunk) {
            connection.rest = connection.rest.length
              ? Buffer.concat([connection.rest, chunk])
              : chunk;
            for (let answer; (answer = wholeAnswer(connection.rest));) {
              connection.rest = connection.rest.subarray(answer.length);
              onAnswer(connection, answer.status);
            }
          },
          error() {
            failures += 1;
          },
        },
      });
      return connection;
    }),
  );

  if (job.rate === undefined)
    for (const connection of connections) send(connection, performance.now());
  else await sendAtRate(job.rate, startMs, endMs, idle, connections, send);
  while (performance.now() < endMs || connections.some(({ isBusy }) => isBusy)) {
    if (performance.now() > endMs + 5_000) break;
    await Bun.sleep(5);
  }
  for (const { socket } of connections) socket.end();
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return {
    requests: latencies.length,
    failures: failures + sent - latencies.length,
    perSecond: latencies.length / job.seconds,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}

/** What is due and finds no idle connection waits for one, and its latency counts from when it was due. */
async function sendAtRate(
  rate: number,
  startMs: number,
  endMs: number,
  idle: Connection[],
  connections: readonly Connection[],
  send: (connection: Connection, dueMs: number) => void,
): Promise<void> {
  idle.push(...connections);
  const gapMs = 1_000 / rate;
  let dueMs = startMs;
  while (performance.now() < endMs) {
    while (dueMs <= performance.now()) {
      const connection = idle.shift();
      if (!connection) break;
      send(connection, dueMs);
      dueMs += gapMs;
    }
    // Timers are too coarse for half a millisecond; the event loop's own turn is not.
    await new Promise(setImmediate);
  }
}

if (import.meta.main) {
  const job = JSON.parse(process.argv[2] ?? '{}') as LoadJob;
  console.log(JSON.stringify(await runLoad(job)));
}
