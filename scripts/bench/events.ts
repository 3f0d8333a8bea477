/** Events per second of 400 streams through the gateway, against nginx that does not buffer, on the same machine. */
import { join } from 'node:path';
import { startGateway } from '../measure/gateway.ts';
import { childOf, processorMs } from '../measure/processes.ts';
import { outputOf, startScript } from '../measure/script.ts';
import { streamedQuestion } from '../measure/vendorAnswer.ts';
import { clientHeaders, keys, path } from './generate.ts';
import { startProxy } from './nginx.ts';
import { median, thousands, type Row, type Scale } from './row.ts';
import type { CountJob, CountResult } from './streamCount.ts';
import type { SourceJob, SourceReady } from './streamSource.ts';

const streams = 400;
const words = 500;

export async function eventsRows({ isShort }: Scale): Promise<Row[]> {
  const { rounds, seconds } = isShort ? { rounds: 1, seconds: 1 } : { rounds: 5, seconds: 4 };
  const job: SourceJob = { words, isQuiet: false };
  const source = startScript(join(import.meta.dir, 'streamSource.ts'), job);
  try {
    const { port: upstream } = await source.next<SourceReady>();
    const nginx = await startProxy(upstream);
    try {
      const gateway = await startGateway({
        OPENAI_API_KEYS: keys(10),
        OPENAI_BASE_URL: `http://127.0.0.1:${upstream}/v1`,
      });
      try {
        const pid = childOf(gateway.pid, 'gateway') ?? gateway.pid;
        console.log(
          `  upstream alone: ${thousands((await counted(upstream, seconds)).perSecond)}/s`,
        );
        await counted(gateway.port, isShort ? 1 : 2);
        const ratios: number[] = [];
        const rates: number[] = [];
        for (let round = 0; round < rounds; round++) {
          const reference = await relayed(nginx, seconds);
          const ours = await relayed({ port: gateway.port, pid }, seconds);
          rates.push(ours.perSecond);
          ratios.push(ours.perSecond / reference.perSecond);
          console.log(`  round ${round + 1}: nginx ${shown(reference)}, Signalbox ${shown(ours)}`);
        }
        const ratio = median(ratios);
        return [
          {
            what: `SSE events/s at ${streams} streams against nginx`,
            measured: `${ratio.toFixed(2)} (${thousands(median(rates))}/s)`,
            hold: '0.65',
            reach: '0.85',
            isHeld: ratio >= 0.65,
          },
        ];
      } finally {
        await gateway.stop();
      }
    } finally {
      await nginx.stop();
    }
  } finally {
    await source.stop();
  }
}

type Relayed = Readonly<{ perSecond: number; processorUs: number }>;

/** The upstream's share of the processors bounds both; what an event costs the relay itself says more. */
const shown = ({ perSecond, processorUs }: Relayed): string =>
  `${thousands(perSecond)}/s (${processorUs.toFixed(1)} µs of its processor an event)`;

async function relayed(
  { port, pid }: Readonly<{ port: number; pid: number }>,
  seconds: number,
): Promise<Relayed> {
  const beforeMs = processorMs(pid);
  const { perSecond, events } = await counted(port, seconds);
  return { perSecond, processorUs: ((processorMs(pid) - beforeMs) * 1_000) / events };
}

/** Events that reach the client. @throws when a stream did not come whole */
async function counted(port: number, seconds: number): Promise<CountResult> {
  const job: CountJob = {
    port,
    path,
    body: streamedQuestion,
    headers: clientHeaders,
    streams,
    events: words + 2,
    warmUpSeconds: 1,
    seconds,
  };
  const script = join(import.meta.dir, 'streamCount.ts');
  const text = await outputOf([process.execPath, script, JSON.stringify(job)]);
  const result = JSON.parse(text) as CountResult;
  if (result.failures.length > 0) throw new Error(`streams failed: ${result.failures.join(', ')}`);
  return result;
}
