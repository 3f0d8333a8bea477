/** From starting the launcher to the first proxied answer: with an empty log, and with a million events in it. */
import { jetstream } from '@nats-io/jetstream';
import { join } from 'node:path';
import { connectNats } from '../../events/connection.ts';
import { newEventId, newRequestId, traceIdOf } from '../../events/ids.ts';
import { ensureStreams } from '../../events/streams.ts';
import { freePort, natsFiles } from '../../server/nats/configure.ts';
import { resolveServerBin } from '../../server/nats/resolve.ts';
import { clientKey, startGateway } from '../measure/gateway.ts';
import { temporaryFolder, type TemporaryFolder } from '../measure/leftovers.ts';
import { startUpstream } from './nginx.ts';
import { median, thousands, type Row, type Scale } from './row.ts';
import { answer, question } from '../measure/vendorAnswer.ts';

const actors = 1_000;

const envFor = (upstreamPort: number) => ({
  OPENAI_API_KEYS: 'sk-bench-key-00000000000000000001',
  OPENAI_BASE_URL: `http://127.0.0.1:${upstreamPort}/v1`,
});

async function startMs(env: Record<string, string>, dataDir: string): Promise<number> {
  const beganMs = performance.now();
  const gateway = await startGateway(env, { dataDir });
  const response = await fetch(`http://127.0.0.1:${gateway.port}/v1/chat/completions`, {
    method: 'POST',
    body: question,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${clientKey}` },
  });
  await response.bytes();
  const tookMs = performance.now() - beganMs;
  await gateway.stop(true);
  if (response.status !== 200) throw new Error(`the first answer was ${response.status}`);
  return tookMs;
}

/**
 * A server on the folder's own store that does not sync each event: a million of them would take minutes. It is
 * stopped before anything is measured, which puts all of it on disk.
 */
async function startQuickNats(dataDir: string) {
  const { path } = await resolveServerBin(null);
  const port = await freePort();
  const { store } = natsFiles(join(dataDir, 'nats'));
  const child = Bun.spawn([path, '-a', '127.0.0.1', '-p', `${port}`, '-js', '-sd', store], {
    stdout: 'ignore',
    stderr: 'ignore',
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await child.exited;
  };
  return { servers: `127.0.0.1:${port}`, stop };
}

/** Keys that rest and recover, written without waiting for each acknowledgement. */
async function fill(dataDir: string, events: number): Promise<void> {
  const nats = await startQuickNats(dataDir);
  const nc = await connectNats({ servers: nats.servers, user: '', pass: '', name: 'bench' });
  await ensureStreams(nc, {});
  const js = jetstream(nc);
  const correlationId = newRequestId();
  const cause = {
    by: { kind: 'gateway', id: 'bench' },
    correlationId,
    causationId: correlationId,
    traceId: traceIdOf(correlationId),
  };
  const added = (index: number) => ({
    provider: 'openai',
    name: `key ${index}`,
    secretRef: `bench-${index}`,
    fingerprint: 'f',
    masked: 'm',
    origin: 'http://127.0.0.1:1',
    weight: 1,
    source: 'api',
    createdAtMs: 1,
  });
  const rested = { untilMs: 1, ruleId: 'bench', reason: 'bench', guessed: false, strikes: 0 };
  const fact = (index: number) => {
    if (index < actors) return { type: 'ProviderKeyAdded', data: added(index) };
    if (Math.floor(index / actors) % 2 === 1) return { type: 'ProviderKeyRested', data: rested };
    return { type: 'ProviderKeyRecovered', data: { cause: 'deadline' } };
  };
  for (let from = 0; from < events; from += 2_000) {
    await Promise.all(
      Array.from({ length: 2_000 }, (_, offset) => {
        const index = from + offset;
        const event = { id: newEventId(), version: 1, cause, ...fact(index) };
        return js.publish(
          `sbx.control.provider-key.bench-${index % actors}`,
          JSON.stringify(event),
          { timeout: 30_000 },
        );
      }),
    );
  }
  await nc.close();
  await nats.stop();
}

export async function startRows({ isShort }: Scale): Promise<Row[]> {
  const { events, tries } = isShort
    ? { events: 10_000, tries: 1 }
    : { events: 1_000_000, tries: 3 };
  const upstream = await startUpstream(answer);
  const folders: TemporaryFolder[] = [];
  const folder = (): string => {
    const made = temporaryFolder('start');
    folders.push(made);
    return made.path;
  };
  const startsMs = async (env: Record<string, string>, where: () => string): Promise<number[]> => {
    const tookMs: number[] = [];
    for (let done = 0; done < tries; done++) tookMs.push(await startMs(env, where()));
    return tookMs;
  };
  try {
    const env = envFor(upstream.port);
    const empty = await startsMs(env, folder);
    const full = folder();
    console.log(`  writing ${thousands(events)} events …`);
    await fill(full, events);
    const firstMs = await startMs(env, full);
    console.log(`  without a snapshot: ${(firstMs / 1_000).toFixed(2)} s`);
    const snapshotted = await startsMs(env, () => full);
    const row = (what: string, ms: number, hold: number, reach: string): Row => ({
      what,
      measured: `${(ms / 1_000).toFixed(2)} s`,
      hold: `${hold} s`,
      reach,
      isHeld: ms <= hold * 1_000,
    });
    return [
      row('start to first answer, empty log', median(empty), 1.5, '0.7 s'),
      row('start to first answer, 1 M events in CONTROL', median(snapshotted), 3, '1.5 s'),
    ];
  } finally {
    await upstream.stop();
    for (const made of folders) made.remove();
  }
}
