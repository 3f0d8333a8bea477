/** Events per second from the log into SQLite, read back and counted. */
import { Database } from 'bun:sqlite';
import { join } from 'node:path';
import { pino } from 'pino';
import { connectNats } from '../../events/connection.ts';
import { newBatchId, newRequestId, traceIdOf } from '../../events/ids.ts';
import { openJetStreamLog } from '../../events/jetStreamLog.ts';
import { startProjector } from '../../events/projections/projector.ts';
import { ensureStreams } from '../../events/streams.ts';
import type { TrafficEvent } from '../../events/traffic.ts';
import { startEmbeddedNats } from '../../server/nats/supervise.ts';
import { temporaryFolder } from '../measure/leftovers.ts';
import { thousands, type Row, type Scale } from './row.ts';

const eventsInBatch = 500;

/** As a busy gateway makes them: many keys, two clients, one attempt each. */
function event(index: number): TrafficEvent {
  const id = newRequestId();
  const keyId = `openai-${index % 100}`;
  const attempt = {
    provider: 'openai',
    keyId,
    model: 'gpt-4o-mini',
    status: 200,
    startedMs: 0,
    durationMs: 12,
    verdict: 'ok',
    ruleId: '',
    error: '',
  };
  return {
    id,
    type: 'RequestFinished',
    version: 1,
    atMs: Date.now(),
    traceId: traceIdOf(id),
    data: {
      client: `client-${index % 2}`,
      dialect: 'openai',
      method: 'POST',
      route: '/v1/chat/completions',
      model: 'gpt-4o-mini',
      provider: 'openai',
      keyId,
      status: 200,
      outcome: 'completed',
      streamed: false,
      startedAtMs: Date.now(),
      firstByteMs: 12.5,
      durationMs: 12.6,
      requestBytes: 164,
      responseBytes: 640,
      usage: { inputTokens: 24, outputTokens: 3, cachedTokens: 0, reasoningTokens: 0 },
      costMicroUsd: 5,
      priceVersion: 'bench',
      attempts: [attempt],
    },
  };
}

export async function projectionRows({ isShort }: Scale): Promise<Row[]> {
  const batches = isShort ? 4 : 400;
  const { path: dataDir, remove } = temporaryFolder('projection');
  const nats = await startEmbeddedNats({
    dataDir,
    serverBin: null,
    log: pino({ level: 'silent' }),
  });
  const nc = await connectNats({ ...nats, name: 'bench' });
  await ensureStreams(nc, {});
  const log = await openJetStreamLog(nc);
  try {
    for (let batch = 0; batch < batches; batch++) {
      const events = Array.from({ length: eventsInBatch }, (_, index) =>
        event(batch * eventsInBatch + index),
      );
      await log.appendTraffic({ id: newBatchId(), gatewayId: 'bench', events });
    }
    const databasePath = join(dataDir, 'bench.db');
    const startMs = performance.now();
    const onError = (error: unknown) => console.error(error);
    const projector = await startProjector({ log, databasePath, now: () => Date.now(), onError });
    await projector.caughtUp();
    const seconds = (performance.now() - startMs) / 1_000;
    await projector.stop();
    const database = new Database(databasePath, { readonly: true });
    const { count } = database.query('select count(*) as count from request').get() as {
      count: number;
    };
    database.close();
    const perSecond = count / seconds;
    const isWhole = count === batches * eventsInBatch;
    return [
      {
        what: 'projection into SQLite, events/s',
        measured: `${thousands(perSecond)}${isWhole ? '' : ` (only ${count} arrived)`}`,
        hold: '50,000',
        reach: '100,000',
        isHeld: isWhole && perSecond >= 50_000,
      },
    ];
  } finally {
    await log.close();
    await nats.stop();
    remove();
  }
}
