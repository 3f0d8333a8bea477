/** The projector: makes the read models from the log and keeps them up to date. A process of its own. */
import { pino } from 'pino';
import { connectNats } from '../connection.ts';
import type { Sequence } from '../event.ts';
import { openJetStreamLog } from '../jetStreamLog.ts';
import type { EventLog } from '../log.ts';
import { ensureStreams } from '../streams.ts';
import { openSession, streamStates, type Session } from './session.ts';
import type { Gap } from './store.ts';
import { startUpkeep, type Upkeep } from './upkeep.ts';

const firstPauseMs = 250;
const longestPauseMs = 10_000;

export type ProjectorOptions = Readonly<{
  log: EventLog;
  databasePath: string;
  /** Wall clock (epoch): closes a day without traffic after it. */
  now: () => number;
  /** Told of everything that went wrong; the projector goes on. */
  onError: (error: unknown) => void;
}>;

export type Projector = Readonly<{
  /** Applies what has arrived and closes the file; may be called twice. */
  stop: () => Promise<void>;
  /** The newest projected sequence of each stream. */
  position: () => Readonly<{ control: Sequence; conversations: Sequence; traffic: Sequence }>;
  /** Resolves once everything is projected that was in the log at the time of the call. */
  caughtUp: () => Promise<void>;
}>;

/**
 * Opens the read models, or makes them anew, and follows all streams. After an error it goes on from the
 * checkpoints, with a pause that doubles up to 10 s.
 * @throws {LogUnavailable} when the log cannot be reached at the start.
 */
export async function startProjector(options: ProjectorOptions): Promise<Projector> {
  const { log, databasePath, now, onError } = options;
  const stopping = Promise.withResolvers<void>();
  const waiting = new Set<() => void>();
  let stopped = false;
  let position = { control: 0, conversations: 0, traffic: 0 };

  function applied({ store }: Session): void {
    position = {
      control: store.position('CONTROL'),
      conversations: store.position('CONVERSATIONS'),
      traffic: store.position('TRAFFIC'),
    };
    for (const check of waiting) check();
  }

  /** Opens a session; `over` resolves when it cannot go on, with the gap it found. */
  async function open(gap: Gap | undefined) {
    const over = Promise.withResolvers<Gap | undefined>();
    const onBroken = (reason: unknown, found?: Gap) => {
      onError(reason);
      over.resolve(found);
    };
    const running: { session?: Session; upkeep?: Upkeep } = {};
    const onApplied = () => {
      if (running.session) applied(running.session);
      running.upkeep?.applied();
    };
    const session = await openSession({ log, databasePath, gap, onApplied, onBroken, onError });
    running.session = session;
    running.upkeep = startUpkeep({ log, session, now, onUnfit: onBroken, onError });
    applied(session);
    const close = async () => {
      await running.upkeep?.stop();
      await session.stop();
    };
    return { over: over.promise, close };
  }

  async function supervise(first: Awaited<ReturnType<typeof open>>): Promise<void> {
    let current: typeof first | undefined = first;
    let pauseMs = firstPauseMs;
    let gap: Gap | undefined;
    while (!stopped) {
      const sinceMs = performance.now();
      if (current) {
        gap = (await Promise.race([current.over, stopping.promise])) ?? undefined;
        await current.close();
      }
      if (stopped) return;
      if (performance.now() - sinceMs > longestPauseMs) pauseMs = firstPauseMs;
      await Promise.race([Bun.sleep(pauseMs), stopping.promise]);
      if (stopped) return;
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      current = await open(gap).catch((error: unknown) => {
        onError(error);
        return undefined;
      });
    }
    await current?.close();
  }

  const supervised = supervise(await open(undefined));

  return {
    position: () => position,
    async caughtUp() {
      const { CONTROL, CONVERSATIONS, TRAFFIC } = await streamStates(log);
      const isDone = () =>
        position.control >= CONTROL.lastSequence &&
        position.conversations >= CONVERSATIONS.lastSequence &&
        position.traffic >= TRAFFIC.lastSequence;
      if (isDone()) return;
      const done = Promise.withResolvers<void>();
      const check = () => {
        if (!isDone()) return;
        waiting.delete(check);
        done.resolve();
      };
      waiting.add(check);
      const stop = stopping.promise.then(() => {
        throw new Error('the projector was stopped before it had caught up');
      });
      await Promise.race([done.promise, stop]);
    },
    async stop() {
      stopped = true;
      stopping.resolve();
      await supervised;
    },
  };
}

type StartMessage = Readonly<{
  type: 'start';
  config: Readonly<{ databasePath: string; logLevel: string }>;
  nats: Readonly<{
    servers: string | readonly string[];
    user: string;
    pass: string;
    /** What the log may take on this disk; null for a server elsewhere. */
    maxStoreBytes: number | null;
  }>;
}>;

/** Starts as the launcher asks; answers how to stop. */
async function startAsChild({ config, nats }: StartMessage): Promise<() => Promise<void>> {
  const { databasePath, logLevel } = config;
  const logger = pino({ level: logLevel, base: { process: 'projector' } });
  const { maxStoreBytes, user, pass } = nats;
  const servers = String(nats.servers);
  const connection = await connectNats({ servers, user, pass, name: 'projector' });
  await ensureStreams(
    connection,
    maxStoreBytes === null ? {} : { maxFileStoreBytes: maxStoreBytes },
  );
  const log = await openJetStreamLog(connection);
  const onError = (err: unknown) => logger.warn({ err }, 'the projection was held up');
  const projector = await startProjector({ log, databasePath, now: Date.now, onError });
  return async () => {
    await projector.stop();
    await log.close();
    await connection.close();
  };
}

/** As a child of the launcher: started and stopped by message, never longer alive than its parent. */
function runAsChild(tell: (message: object) => void): void {
  let stop: (() => Promise<void>) | undefined;
  const receive = async (message: StartMessage | Readonly<{ type: 'stop' }>): Promise<void> => {
    if (message.type === 'stop') {
      await stop?.();
      process.exit(0);
    }
    try {
      stop = await startAsChild(message);
      tell({ type: 'ready' });
    } catch (error) {
      tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  };
  process.on('message', (message: Parameters<typeof receive>[0]) => void receive(message));
  process.on('disconnect', () => process.exit(1));
}

if (import.meta.main) runAsChild((message) => process.send?.(message));
