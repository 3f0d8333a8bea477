/** What the processes of one launcher take after a million requests; nobody asks for a garbage collection. */
import { startGateway } from '../measure/gateway.ts';
import { shownMemory, treeMemory } from '../measure/processes.ts';
import { answer } from '../measure/vendorAnswer.ts';
import { flatOut, keys, recorded } from './generate.ts';
import { startUpstream } from './nginx.ts';
import { thousands, type Row, type Scale } from './row.ts';

const holdMb = 200;
const recordedWithinMs = 120_000;
/** What the load left to be collected is collected a while after it, when nothing else is to be done. */
const settleMs = 15_000;

export async function memoryRows({ isShort }: Scale): Promise<Row[]> {
  const { requests, secondsEach } = isShort
    ? { requests: 1_000, secondsEach: 1 }
    : { requests: 1_000_000, secondsEach: 5 };
  const upstream = await startUpstream(answer);
  try {
    const gateway = await startGateway({
      OPENAI_API_KEYS: keys(10),
      OPENAI_BASE_URL: `http://127.0.0.1:${upstream.port}/v1`,
    });
    try {
      console.log(`  before: ${shownMemory(treeMemory(gateway.pid))}`);
      let sent = 0;
      while (sent < requests) {
        sent += (await flatOut(gateway.port, secondsEach)).requests;
        console.log(`  after ${thousands(sent)}: ${shownMemory(treeMemory(gateway.pid))}`);
      }
      const inSql = await recorded(gateway, sent, recordedWithinMs);
      await Bun.sleep(isShort ? 0 : settleMs);
      const memory = treeMemory(gateway.pid);
      return [
        {
          what: `memory ${settleMs / 1_000} s after ${thousands(requests)} requests, without nats-server`,
          measured: `${shownMemory(memory)}, ${thousands(inSql)} recorded`,
          hold: `${holdMb} MB`,
          reach: '120 MB',
          isHeld: inSql >= sent && memory.mb <= holdMb,
        },
      ];
    } finally {
      await gateway.stop();
    }
  } finally {
    await upstream.stop();
  }
}
