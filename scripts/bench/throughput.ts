/** Requests per second through the gateway, everything recorded, against nginx `proxy_pass` on the same machine. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientKey, startGateway, type MeasuredGateway } from '../measure/gateway.ts';
import type { LoadJob, LoadResult } from './load.ts';
import { startProxy, startUpstream } from './nginx.ts';
import { median, thousands, type Row } from './row.ts';
import { answer, question } from '../measure/vendorAnswer.ts';

const rounds = 5;
const secondsEach = 4;
const connections = 32;
const path = '/v1/chat/completions';
const headers = { authorization: `Bearer ${clientKey}` };

const keys = (count: number) =>
  Array.from(
    { length: count },
    (_, index) => `sk-bench-key-${String(index).padStart(20, '0')}`,
  ).join(',');

/** In a process of its own, so that it does not share the bench's event loop. */
async function load(job: LoadJob): Promise<LoadResult> {
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/load.ts`, JSON.stringify(job)], {
    stderr: 'inherit',
  });
  return JSON.parse(await new Response(child.stdout).text()) as LoadResult;
}

/** wrk where it is installed: it costs less than a generator in JavaScript. */
async function perSecond(
  port: number,
  seconds: number,
): Promise<{ perSecond: number; requests: number }> {
  const wrk = Bun.which('wrk');
  if (!wrk) return load({ port, path, body: question, headers, connections, seconds });
  const script = join(tmpdir(), `signalbox-wrk-${process.pid}.lua`);
  await Bun.write(
    script,
    `wrk.method = "POST"; wrk.body = ${JSON.stringify(question)}
wrk.headers["content-type"] = "application/json"; wrk.headers["authorization"] = "Bearer ${clientKey}"`,
  );
  const child = Bun.spawn([
    wrk,
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '-s',
    script,
    `http://127.0.0.1:${port}${path}`,
  ]);
  const text = await new Response(child.stdout).text();
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]);
  const requests = Number(/(\d+) requests in/.exec(text)?.[1]);
  if (/Non-2xx|Socket errors/.test(text)) throw new Error(`the load met errors:\n${text}`);
  return { perSecond: rate, requests };
}

/** Waits until all answered requests are in SQL, and answers how many there are. */
async function recorded(gateway: MeasuredGateway, expected: number): Promise<number> {
  const { Database } = await import('bun:sqlite');
  const database = new Database(`${gateway.dataDir}/signalbox.db`, { readonly: true });
  let count = 0;
  for (let tries = 0; tries < 600 && count < expected; tries++) {
    count = (database.query('select count(*) as count from request').get() as { count: number })
      .count;
    if (count < expected) await Bun.sleep(50);
  }
  database.close();
  return count;
}

export async function throughputRows(): Promise<Row[]> {
  const upstream = await startUpstream(answer);
  const nginx = await startProxy(upstream.port);
  const gateway = await startGateway({
    OPENAI_API_KEYS: keys(10),
    OPENAI_BASE_URL: `http://127.0.0.1:${upstream.port}/v1`,
  });
  try {
    await perSecond(gateway.port, 2);
    const ratios: number[] = [];
    const rates: number[] = [];
    let sent = 0;
    const before = await recorded(gateway, 0);
    for (let round = 0; round < rounds; round++) {
      const reference = await perSecond(nginx.port, secondsEach);
      const ours = await perSecond(gateway.port, secondsEach);
      sent += ours.requests;
      rates.push(ours.perSecond);
      ratios.push(ours.perSecond / reference.perSecond);
      console.log(
        `  round ${round + 1}: nginx ${thousands(reference.perSecond)}/s, Signalbox ${thousands(ours.perSecond)}/s`,
      );
    }
    const inSql = (await recorded(gateway, before + sent)) - before;
    const ratio = median(ratios);
    return [
      {
        what: 'requests/s against nginx proxy_pass',
        measured: `${ratio.toFixed(2)} (${thousands(median(rates))}/s)`,
        hold: '0.35',
        reach: '0.45',
        isHeld: ratio >= 0.35,
      },
      {
        what: 'of these recorded and projected',
        measured: `${thousands(inSql)} of at least ${thousands(sent)}`,
        hold: 'all',
        reach: 'all',
        isHeld: inSql >= sent,
      },
      ...(await latencyRows(upstream.port, gateway.port)),
    ];
  } finally {
    await gateway.stop();
    await nginx.stop();
    await upstream.stop();
  }
}

async function latencyRows(upstreamPort: number, gatewayPort: number): Promise<Row[]> {
  const job = { path, body: question, headers, connections, seconds: 8, rate: 2_000 };
  const added: { p50Ms: number; p99Ms: number }[] = [];
  for (let round = 0; round < 3; round++) {
    const direct = await load({ ...job, port: upstreamPort });
    const ours = await load({ ...job, port: gatewayPort });
    if (ours.failures > 0) throw new Error(`${ours.failures} requests failed at a fixed rate`);
    added.push({ p50Ms: ours.p50Ms - direct.p50Ms, p99Ms: ours.p99Ms - direct.p99Ms });
  }
  const p50Ms = median(added.map((one) => one.p50Ms));
  const p99Ms = median(added.map((one) => one.p99Ms));
  return [
    {
      what: 'added latency at 2,000/s, p50 / p99',
      measured: `${p50Ms.toFixed(2)} / ${p99Ms.toFixed(2)} ms`,
      hold: '0.5 / 3 ms',
      reach: '0.3 / 1 ms',
      isHeld: p50Ms <= 0.5 && p99Ms <= 3,
    },
  ];
}
