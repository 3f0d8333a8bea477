/** Requests per second through the gateway, everything recorded, against nginx `proxy_pass` on the same machine. */
import { startGateway } from '../measure/gateway.ts';
import { answer, question } from '../measure/vendorAnswer.ts';
import { clientHeaders, connections, flatOut, keys, load, path, recorded } from './generate.ts';
import { startProxy, startUpstream } from './nginx.ts';
import { median, thousands, type Row, type Scale } from './row.ts';

export async function throughputRows({ isShort }: Scale): Promise<Row[]> {
  const { rounds, secondsEach } = isShort
    ? { rounds: 1, secondsEach: 1 }
    : { rounds: 5, secondsEach: 4 };
  const upstream = await startUpstream(answer);
  const nginx = await startProxy(upstream.port);
  const gateway = await startGateway({
    OPENAI_API_KEYS: keys(10),
    OPENAI_BASE_URL: `http://127.0.0.1:${upstream.port}/v1`,
  });
  try {
    await flatOut(gateway.port, isShort ? 1 : 2);
    const ratios: number[] = [];
    const rates: number[] = [];
    let sent = 0;
    const before = await recorded(gateway, 0);
    for (let round = 0; round < rounds; round++) {
      const reference = await flatOut(nginx.port, secondsEach);
      const ours = await flatOut(gateway.port, secondsEach);
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
      ...(await latencyRows(upstream.port, gateway.port, isShort)),
    ];
  } finally {
    await gateway.stop();
    await nginx.stop();
    await upstream.stop();
  }
}

async function latencyRows(
  upstreamPort: number,
  gatewayPort: number,
  isShort: boolean,
): Promise<Row[]> {
  const { rounds, seconds, rate } = isShort
    ? { rounds: 1, seconds: 1, rate: 100 }
    : { rounds: 3, seconds: 8, rate: 2_000 };
  const job = { path, body: question, headers: clientHeaders, connections, seconds, rate };
  const added: { p50Ms: number; p99Ms: number }[] = [];
  for (let round = 0; round < rounds; round++) {
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
