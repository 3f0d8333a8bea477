/** The stream of recorded bodies: a convenience beside the log, bounded by age and size, made when it is first needed. */
import {
  DiscardPolicy,
  jetstream,
  JetStreamApiError,
  jetstreamManager,
  PersistMode,
  RetentionPolicy,
  StorageType,
  type JetStreamManager,
  type StreamInfo,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { isPassing } from './failure.ts';
import { LogUnavailable } from './log.ts';
import { bodiesStream, bodiesSubjects, bodySubject } from './subjects.ts';

export type BodyPart = 'request' | 'response';

/** Where sealed bodies are kept. What is in them this store cannot read. */
export type BodyStore = Readonly<{
  /** @throws {LogUnavailable} when the store does not answer: nobody tries again. */
  put(requestId: string, part: BodyPart, sealed: Uint8Array): Promise<void>;
  /** Undefined when it was never there or has aged out. @throws {LogUnavailable} */
  get(requestId: string, part: BodyPart): Promise<Uint8Array | undefined>;
  /** Bodies older than this (milliseconds) go, also those that are there already. @throws {LogUnavailable} */
  keepFor(keepMs: number): Promise<void>;
}>;

/** The largest sealed part; below the payload that every NATS server takes. */
export const maxBodyMessageBytes = 1_040_000;

const requestMs = 2_000;
/** The server keeps some memory for every subject. */
const maxMessages = 1_000_000;
const nanosPerMs = 1e6;
const defaultBytes = 512 * 1024 * 1024;

const streamNotFound = 10059;
const nameInUse = 10058;
/** No message, or none any more, under this subject. */
const notFound = 10037;
const codeOf = (error: unknown): number | undefined =>
  error instanceof JetStreamApiError ? error.code : undefined;

async function reached<Answer>(what: Promise<Answer>): Promise<Answer> {
  try {
    return await what;
  } catch (error) {
    if (!isPassing(error) || error instanceof LogUnavailable) throw error;
    throw new LogUnavailable('recorded bodies cannot be asked for', { cause: error });
  }
}

const infoOf = (manager: JetStreamManager): Promise<StreamInfo | undefined> =>
  manager.streams.info(bodiesStream).catch((error: unknown) => {
    if (codeOf(error) === streamNotFound) return undefined;
    throw error;
  });

async function makeStream(manager: JetStreamManager, maxBytes: number, keepMs: number) {
  const wish = {
    name: bodiesStream,
    subjects: [bodiesSubjects],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_age: keepMs * nanosPerMs,
    max_bytes: maxBytes,
    max_msgs: maxMessages,
    max_msgs_per_subject: 1,
    allow_direct: true,
  };
  try {
    // One write to disk for many bodies: they may be lost, and must not hold the log up.
    await manager.streams.add({ ...wish, persist_mode: PersistMode.Async });
  } catch (error) {
    // Another gateway was first, or the server is too old or clustered for that mode.
    if (codeOf(error) === nameInUse) return;
    await manager.streams.add(wish);
  }
}

/**
 * @param options.maxBytes of the stream on disk; a younger body pushes the oldest out.
 * @param options.keepMs asked when the stream is made.
 */
export async function openBodyStore(
  nc: NatsConnection,
  options: Readonly<{ maxBytes?: number; keepMs: () => number }>,
): Promise<BodyStore> {
  const { maxBytes = defaultBytes, keepMs } = options;
  const manager = await jetstreamManager(nc, { checkAPI: false, timeout: requestMs });
  const js = jetstream(nc, { timeout: requestMs });
  let ready: Promise<void> | undefined;

  const setAge = async ({ config }: StreamInfo, ageMs: number) => {
    const maxAge = ageMs * nanosPerMs;
    if (config.max_age === maxAge) return;
    await manager.streams.update(bodiesStream, { max_age: maxAge });
  };

  const ensure = async () => {
    const found = await infoOf(manager);
    if (found) return setAge(found, keepMs());
    return makeStream(manager, maxBytes, keepMs());
  };

  return {
    async put(requestId, part, sealed) {
      ready ??= ensure();
      try {
        await reached(ready);
        await reached(js.publish(bodySubject(requestId, part), sealed, { timeout: requestMs }));
      } catch (error) {
        // Whoever took it away meant the old bodies, not those to come.
        ready = undefined;
        throw error;
      }
    },

    async get(requestId, part) {
      try {
        const query = { last_by_subj: bodySubject(requestId, part) };
        return (await reached(manager.direct.getMessage(bodiesStream, query)))?.data;
      } catch (error) {
        // Without a stream nobody listens, which looks like a server that is away.
        if (codeOf(error) === notFound || !(await reached(infoOf(manager)))) return undefined;
        throw error;
      }
    },

    async keepFor(ageMs) {
      const found = await reached(infoOf(manager));
      if (found) await reached(setAge(found, ageMs));
    },
  };
}
