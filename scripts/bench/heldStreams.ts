/** Many streams through one gateway that are open at the same time: how soon they begin, and what they take. */
import { join } from 'node:path';
import { startGateway, type MeasuredGateway } from '../measure/gateway.ts';
import { childOf, mostOpenFiles, shownMemory, treeMemory } from '../measure/processes.ts';
import { startScript, type Script } from '../measure/script.ts';
import { streamedQuestion } from '../measure/vendorAnswer.ts';
import { clientHeaders, keys, path } from './generate.ts';
import { thousands, type Row, type Scale } from './row.ts';
import type { Held, HoldJob } from './streamHold.ts';
import type { SourceJob, SourceReady } from './streamSource.ts';

const holdMb = 600;
const quietStreams = 10_000;
/** Of a gateway's files and sockets that carry no stream. */
const sparedFiles = 200;
/** Beyond two keep-alive comments. */
const quietMs = 35_000;
const beginWithinMs = 3_000;

async function withQuietVendor<Answer>(
  use: (gateway: MeasuredGateway) => Promise<Answer>,
): Promise<Answer> {
  const job: SourceJob = { words: 1, isQuiet: true };
  const source = startScript(join(import.meta.dir, 'streamSource.ts'), job);
  try {
    const { port } = await source.next<SourceReady>();
    const env = { OPENAI_API_KEYS: keys(10), OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1` };
    const gateway = await startGateway(env, { openFiles: 2 * quietStreams + sparedFiles });
    try {
      return await use(gateway);
    } finally {
      await gateway.stop();
    }
  } finally {
    await source.stop();
  }
}

/** Its first word is said when all streams have begun. */
const hold = (port: number, streams: number, atOnce: number, withinMs: number): Script => {
  const request = { port, path, body: streamedQuestion, headers: clientHeaders };
  const job: HoldJob = { ...request, streams, atOnce, withinMs };
  return startScript(join(import.meta.dir, 'streamHold.ts'), job);
};

const troubles = ({ failures }: Held): string =>
  failures.length > 0 ? `, ${failures.join(', ')}` : '';

export async function burstRows({ isShort }: Scale): Promise<Row[]> {
  const streams = isShort ? 100 : 2_000;
  return withQuietVendor(async (gateway) => {
    const client = hold(gateway.port, streams, streams, 4 * beginWithinMs);
    try {
      const held = await client.next<Held>();
      return [
        {
          what: `${thousands(streams)} streams at once: the last first byte, all still open`,
          measured: `${(held.lastBeganMs / 1_000).toFixed(2)} s, ${thousands(held.open)} open${troubles(held)}`,
          hold: `${beginWithinMs / 1_000} s`,
          reach: '',
          isHeld: held.open === streams && held.lastBeganMs <= beginWithinMs,
        },
      ];
    } finally {
      await client.stop();
    }
  });
}

/** A stream is two sockets of the gateway. */
function streamsThatFit({ pid }: MeasuredGateway, wanted: number): number {
  const limit = mostOpenFiles(childOf(pid, 'gateway') ?? pid);
  const fitting = Math.min(wanted, Math.floor((limit - sparedFiles) / 2));
  if (fitting < wanted)
    console.log(`  ONLY ${thousands(fitting)} STREAMS: a process may open ${limit} files here`);
  return fitting;
}

export async function quietRows({ isShort }: Scale): Promise<Row[]> {
  return withQuietVendor(async (gateway) => {
    const streams = streamsThatFit(gateway, isShort ? 100 : quietStreams);
    console.log(`  before: ${shownMemory(treeMemory(gateway.pid))}`);
    const client = hold(gateway.port, streams, 200, 60_000);
    try {
      const begun = await client.next<Held>();
      console.log(
        `  ${thousands(begun.begun)} began within ${(begun.lastBeganMs / 1_000).toFixed(1)} s: ${shownMemory(treeMemory(gateway.pid))}`,
      );
      await Bun.sleep(isShort ? 1_000 : quietMs);
      const memory = treeMemory(gateway.pid);
      const held = await client.ask<Held>('how many are open');
      return [
        {
          what: `memory with ${thousands(streams)} quiet streams, without nats-server`,
          measured: `${shownMemory(memory)}, ${thousands(held.open)} open${troubles(held)}`,
          hold: `${holdMb} MB`,
          reach: '300 MB',
          isHeld: held.open === streams && memory.mb <= (holdMb * streams) / quietStreams,
        },
      ];
    } finally {
      await client.stop();
    }
  });
}
