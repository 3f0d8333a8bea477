/** A process of writers, each with its own connection and its own actors; told what to try by its parent. */
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import { createRuntime, type Runtime } from '../../actors/runtime/runtime.ts';
import { connectNats } from '../../events/connection.ts';
import { actorId } from '../../events/ids.ts';
import { openJetStreamLog } from '../../events/jetStreamLog.ts';
import { ensureStreams } from '../../events/streams.ts';
import { kinds } from '../../server/kinds.ts';

/** Every writer of the process gives this command to this key at once. */
export type Race = Readonly<{ keyId: string; command: 'add' | 'disable' | 'enable' }>;

/** How many of them were told that it was their event, how many that there was nothing to do, and what else happened. */
export type Raced = Readonly<{ won: number; idle: number; errors: readonly string[] }>;

export type RacerJob = Readonly<{ servers: string; name: string; writers: number }>;

async function startWriter({ servers, name }: RacerJob, number: number): Promise<Runtime> {
  const connection = await connectNats({ servers, name: `${name} ${number}` });
  await ensureStreams(connection);
  const runtime = createRuntime({
    log: await openJetStreamLog(connection),
    kinds,
    gatewayId: `${name}-${number}`,
    now: Date.now,
    onError: (error, about) => console.error(about, error),
  });
  await runtime.start();
  return runtime;
}

const commandOf = {
  add: (keyId: string) =>
    ({
      type: 'AddProviderKey',
      provider: 'openai',
      name: keyId,
      secretRef: `${keyId}.1`,
      fingerprint: 'soak',
      masked: 'sk-s…soak',
      origin: 'http://127.0.0.1:1',
      weight: 1,
      // Who comes second finds nothing to do, where by API it would be refused.
      source: 'environment',
      createdAtMs: Date.now(),
    }) as const,
  disable: () => ({ type: 'DisableProviderKey', cause: 'operator', reason: 'a race' }) as const,
  enable: () => ({ type: 'EnableProviderKey', cause: 'operator' }) as const,
};

async function race(writers: readonly Runtime[], { keyId, command }: Race): Promise<Raced> {
  const errors: string[] = [];
  let won = 0;
  let idle = 0;
  await Promise.all(
    writers.map(async (runtime) => {
      try {
        const keys = runtime.of(providerKeyKind);
        const { fact } = await keys.ask(
          actorId(keyId),
          commandOf[command](keyId),
          runtime.ownCause(),
        );
        if (fact) won += 1;
        else idle += 1;
      } catch (error) {
        errors.push(String(error));
      }
    }),
  );
  return { won, idle, errors };
}

if (import.meta.main) {
  const job = JSON.parse(process.argv[2] ?? '{}') as RacerJob;
  const writers = await Promise.all(
    Array.from({ length: job.writers }, (_, index) => startWriter(job, index + 1)),
  );
  process.on('disconnect', () => process.exit(0));
  process.on('message', (asked: Race) => {
    void race(writers, asked).then((raced) => process.send?.(raced));
  });
  process.send?.('ready');
}
