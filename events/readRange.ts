/** Reading a stretch of a stream: direct gets for a short one, a consumer for a long one. */
import type { JetStreamManager, StoredMsg } from '@nats-io/jetstream';
import { TimeoutError, type NatsConnection } from '@nats-io/transport-node';
import type { Sequence } from './event.ts';
import { statusOf, untilAnswered, type Asked } from './failure.ts';
import { followStream } from './followStream.ts';
import { LogUnavailable } from './log.ts';
import type { RawMessage } from './message.ts';
import type { StreamName } from './subjects.ts';

const readMs = 5_000;
/** The messages of TRAFFIC are large. */
const batchOf: Readonly<Record<StreamName, number>> = {
  CONTROL: 500,
  CONVERSATIONS: 500,
  TRAFFIC: 32,
};
/** Those of CONVERSATIONS may be: so much is on the way at once. */
const batchBytes = 16 * 1024 * 1024;
/** From here on a consumer is worth its creation: it reads twice as fast as direct gets do. */
const longRange = 2_000;

/** A stretch of a stream, of one subject when it is given. */
export type Range = Readonly<{
  subject?: string;
  after: Sequence;
  upTo: Sequence;
  limit: number;
}>;

/** Epoch milliseconds of an RFC 3339 time, cut like the nanoseconds of a consumer are. */
export const epochMsOf = (rfc3339: string): number =>
  Date.parse(rfc3339.replace(/(\.\d{3})\d+/, '$1'));

/** A stored message as the rest of `events/` knows it. */
export const rawOf = (message: StoredMsg): RawMessage => ({
  subject: message.subject,
  sequence: message.seq,
  timeMs: epochMsOf(message.timestamp),
  data: message.data,
});

/** One batch of direct gets; empty when there is nothing (more). */
function directBatch(
  manager: JetStreamManager,
  stream: StreamName,
  query: { seq: Sequence; batch: number; max_bytes?: number; next_by_subj?: string },
  timeoutMs: number,
): Promise<StoredMsg[]> {
  return new Promise((resolve, reject) => {
    const found: StoredMsg[] = [];
    const opened = manager.direct.getBatch(stream, {
      ...query,
      callback: (done, message) => {
        if (!done) return void found.push(message);
        clearTimeout(timer);
        if (done.err && statusOf(done.err) !== 404) return reject(done.err);
        return resolve(found);
      },
    });
    // The client has a time limit for the first message only; a batch cut off in the middle would never end.
    const timer = setTimeout(() => {
      void opened.then((batch) => batch.stop(new TimeoutError()));
    }, timeoutMs);
    opened.catch(reject);
  });
}

async function readDirect<Item>(
  asked: Asked,
  range: Range,
  decode: (raw: RawMessage) => Item,
): Promise<Item[]> {
  const items: Item[] = [];
  let next = range.after + 1;
  while (items.length < range.limit && next <= range.upTo) {
    const query = {
      seq: next,
      batch: Math.min(batchOf[asked.stream], range.limit - items.length),
      ...(asked.stream === 'CONVERSATIONS' && { max_bytes: batchBytes }),
      ...(range.subject !== undefined && { next_by_subj: range.subject }),
    };
    const batch = await untilAnswered(asked, readMs, (remainingMs) =>
      directBatch(asked.manager, asked.stream, query, remainingMs),
    );
    for (const message of batch) {
      if (message.seq > range.upTo) return items;
      items.push(decode(rawOf(message)));
    }
    const last = batch.at(-1);
    if (!last || last.pending === 0) break;
    next = last.seq + 1;
  }
  return items;
}

async function readFollowing<Item>(
  nc: NatsConnection,
  asked: Asked,
  range: Range,
  decode: (raw: RawMessage) => Item,
): Promise<Item[]> {
  const { state } = await untilAnswered(asked, readMs, () =>
    asked.manager.streams.info(asked.stream),
  );
  const last = Math.min(range.upTo, state.last_seq);
  if (state.messages === 0 || last <= range.after || last < state.first_seq) return [];

  const items: Item[] = [];
  const done = Promise.withResolvers<void>();
  let seen = 0;
  const tail = await followStream({
    nc,
    watch: asked.watch,
    stream: asked.stream,
    after: range.after,
    onMessage: (raw) => {
      if (raw.sequence <= last && items.length < range.limit) items.push(decode(raw));
      if (raw.sequence >= last || items.length >= range.limit) done.resolve();
    },
  });
  const stalled = setInterval(() => {
    if (items.length === seen)
      done.reject(new LogUnavailable('it stopped in the middle of a read'));
    seen = items.length;
  }, readMs);
  try {
    await done.promise;
  } finally {
    clearInterval(stalled);
    await tail.stop();
  }
  return items;
}

/**
 * Messages with `after < sequence <= upTo`, oldest first, at most `limit`.
 * @throws {LogUnavailable} when the log does not answer.
 */
export const readRange = <Item>(
  nc: NatsConnection,
  asked: Asked,
  range: Range,
  decode: (raw: RawMessage) => Item,
): Promise<Item[]> =>
  range.subject === undefined && Math.min(range.limit, range.upTo - range.after) >= longRange
    ? readFollowing(nc, asked, range, decode)
    : readDirect(asked, range, decode);
