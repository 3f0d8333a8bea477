/** A live stream over a log in memory, with a real runtime beside it. */
import { providerKind } from '../../actors/provider/provider.ts';
import { createRuntime } from '../../actors/runtime/runtime.ts';
import { actorId } from '../../events/ids.ts';
import type { EventLog } from '../../events/log.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import { kinds } from '../../server/kinds.ts';
import { parseCursor } from '../../server/live/cursor.ts';
import type { Filter } from '../../server/live/filter.ts';
import { createLive } from '../../server/live/live.ts';
import { readSse, type SseReader } from './sseReader.ts';

type Options = Readonly<{
  heartbeatMs?: number;
  shownPerSecond?: number;
  /** The log as the live stream sees it. */
  seenLog?: (log: EventLog) => EventLog;
}>;

export async function liveFeed({ seenLog = (log) => log, ...options }: Options = {}) {
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const log = memoryLog();
  const tails = { running: 0, started: 0 };
  const counted = async (starting: ReturnType<EventLog['tailControl']>) => {
    const tail = await starting;
    tails.running += 1;
    tails.started += 1;
    let isRunning = true;
    return {
      stop() {
        if (isRunning) tails.running -= 1;
        isRunning = false;
        return tail.stop();
      },
    };
  };
  const seen = seenLog({
    ...log,
    tailControl: (after, onMessage) => counted(log.tailControl(after, onMessage)),
    tailTraffic: (after, onMessage) => counted(log.tailTraffic(after, onMessage)),
  });
  const now = () => Date.now();
  const runtime = createRuntime({ log, kinds, gatewayId: 'gateway-1', now, onError });
  await runtime.start();
  const live = createLive({
    log: seen,
    runtime,
    kinds,
    now,
    version: '1.2.3',
    gatewayId: 'gateway-1',
    onError,
    ...options,
  });
  const providers = runtime.of(providerKind);

  return {
    log,
    live,
    runtime,
    tails,
    errors,
    async listen(filter: Partial<Filter> = {}, cursor?: string): Promise<SseReader> {
      const stream = await live.open({
        cursor: cursor === undefined ? undefined : parseCursor(cursor),
        filter: { types: new Set(), ...filter },
        signal: new AbortController().signal,
      });
      return readSse(stream);
    },
    /** Adds a provider: one transition. Answers its sequence. */
    async addProvider(id: string): Promise<number> {
      const { sequence } = await providers.ask(
        actorId(id),
        {
          type: 'AddProvider',
          name: id,
          dialect: 'openai',
          baseUrl: 'https://api.example.com/v1',
          auth: 'bearer',
          source: 'api',
          createdAtMs: 1_700_000_000_000,
        },
        runtime.ownCause(),
      );
      return sequence;
    },
    async stop() {
      await live.stop();
      await runtime.stop();
      await log.close();
    },
  };
}

export const sequencesOf = ({ items }: SseReader): unknown[] =>
  items.filter(({ event }) => event === 'transition').map(({ data }) => data['sequence']);

export const countOf = ({ items }: Pick<SseReader, 'items'>, event: string): number =>
  items.filter((one) => one.event === event).length;
