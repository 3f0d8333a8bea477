/** Writes recorded bodies beside the traffic: nobody waits for it, and what cannot be written is dropped and counted. */
import type { BodyPart, BodyStore } from '../../events/bodies.ts';
import type { EventLog } from '../../events/log.ts';
import type { DayKeys } from './dayKeys.ts';
import { sealPart, type RecordedPart } from './seal.ts';

export type RecordedRequest = Readonly<{
  id: string;
  request: RecordedPart;
  response: RecordedPart;
}>;

export type BodyWriter = Readonly<{
  /** Takes a request and its answer; never waits, never throws. */
  add(recorded: RecordedRequest): void;
  /** Resolves when all that was added has been written or dropped. */
  flush(): Promise<void>;
  stats(): Readonly<{ recorded: number; dropped: number }>;
}>;

type Options = Readonly<{
  store: BodyStore;
  dayKeys: DayKeys;
  log: Pick<EventLog, 'isConnected'>;
  onError: (error: unknown, about: string) => void;
}>;

/** As traffic does. */
const flushMs = 20;
const waitingAtMost = 10_000;
const waitingBytesAtMost = 64 * 1024 * 1024;
/** Sealing takes a millisecond or two for so much; requests go on in between. */
const batchBytes = 512 * 1024;
const batchRequests = 32;

const bytesOf = ({ request, response }: RecordedRequest): number =>
  request.body.byteLength + response.body.byteLength;

export function createBodyWriter({ store, dayKeys, log, onError }: Options): BodyWriter {
  let waiting: RecordedRequest[] = [];
  let waitingBytes = 0;
  let recorded = 0;
  let dropped = 0;
  let writing: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const nextBatch = (): RecordedRequest[] => {
    let bytes = 0;
    const end = waiting.findIndex((one, index) => {
      bytes += bytesOf(one);
      return index > 0 && (bytes > batchBytes || index >= batchRequests);
    });
    const batch = end < 0 ? waiting : waiting.slice(0, end);
    waiting = waiting.slice(batch.length);
    waitingBytes -= batch.reduce((sum, one) => sum + bytesOf(one), 0);
    return batch;
  };

  const write = async (batch: readonly RecordedRequest[]) => {
    const key = await dayKeys.ofToday();
    const put = (id: string, part: BodyPart, body: RecordedPart) =>
      store.put(id, part, sealPart(key, id, part, body));
    const written = await Promise.allSettled(
      batch.map(({ id, request, response }) =>
        Promise.all([put(id, 'request', request), put(id, 'response', response)]),
      ),
    );
    const failed = written.filter(({ status }) => status === 'rejected');
    recorded += written.length - failed.length;
    dropped += failed.length;
    const [first] = failed;
    if (first?.status === 'rejected') onError(first.reason, 'recording bodies');
  };

  const writeAll = async () => {
    while (waiting.length > 0) {
      const batch = nextBatch();
      try {
        await write(batch);
      } catch (error) {
        dropped += batch.length;
        onError(error, 'recording bodies');
      }
    }
    writing = undefined;
  };

  const begin = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    return (writing ??= writeAll());
  };

  return {
    add(one) {
      const bytes = bytesOf(one);
      const isFull = waiting.length >= waitingAtMost || waitingBytes + bytes > waitingBytesAtMost;
      if (isFull || !log.isConnected()) {
        dropped += 1;
        return;
      }
      waiting.push(one);
      waitingBytes += bytes;
      if (!writing) timer ??= setTimeout(() => void begin(), flushMs);
    },
    async flush() {
      // What was added while an earlier batch was written is in the next one.
      while (writing || waiting.length > 0) await begin();
      clearTimeout(timer);
    },
    stats: () => ({ recorded, dropped }),
  };
}
