/** What an error of the NATS client means for the caller, and how long it is worth trying again. */
import {
  ClosedConnectionError,
  ConnectionError,
  DrainingConnectionError,
  NoRespondersError,
  RequestError,
  TimeoutError,
} from '@nats-io/transport-node';
import { JetStreamApiError, JetStreamError, type JetStreamManager } from '@nats-io/jetstream';
import type { ConnectionWatch } from './connection.ts';
import { LogUnavailable } from './log.ts';
import type { StreamName } from './subjects.ts';

/** The stream is not on the server at all: the program did not call `ensureStreams`, or uses another account. */
class StreamMissing extends Error {
  override readonly name = 'StreamMissing';
  constructor(stream: StreamName, options?: ErrorOptions) {
    super(
      `stream ${stream} does not exist on this NATS server: ensureStreams has to run before the log is used`,
      options,
    );
  }
}

const wrongLastSequence = 10071;
const wrongLastSequenceUnknown = 10164;
const streamNotFound = 10059;
/** JetStream is starting, out of resources, or its disk or the stream is full: it may pass. */
const passing: ReadonlySet<number> = new Set([10008, 10023, 10047, 10077]);

/** Another message stands on the subject than the expected one. */
export const isConflict = (error: unknown): boolean =>
  error instanceof JetStreamApiError &&
  (error.code === wrongLastSequence || error.code === wrongLastSequenceUnknown);

/** A conflict with a message that is itself not decided yet: who won is seen a moment later. */
export const isUndecidedConflict = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.code === wrongLastSequenceUnknown;

/** The client does not export the class of a status such as 404 (nothing there) or 503 (nobody there). */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof JetStreamError && 'code' in error && typeof error.code === 'number'
    ? error.code
    : undefined;

const hasNoResponder = (error: unknown): boolean =>
  error instanceof NoRespondersError ||
  (error instanceof RequestError && error.isNoResponders()) ||
  (error instanceof Error && error.name === 'JetStreamNotEnabled') ||
  statusOf(error) === 503;

/** True for what may be over when it is tried again: the log is away, or nobody knows. */
export const isPassing = (error: unknown): boolean => {
  if (error instanceof JetStreamApiError) return passing.has(error.code) || error.status === 503;
  return (
    hasNoResponder(error) ||
    error instanceof TimeoutError ||
    error instanceof RequestError ||
    error instanceof ConnectionError ||
    error instanceof ClosedConnectionError ||
    error instanceof DrainingConnectionError ||
    error instanceof LogUnavailable ||
    statusOf(error) === 408
  );
};

/** The stream that is asked, and how to ask it. */
export type Asked = Readonly<{
  stream: StreamName;
  manager: JetStreamManager;
  watch: ConnectionWatch;
  now: () => number;
}>;

/**
 * What to throw for a failed request: `LogUnavailable` for what may pass, `StreamMissing` when the server says that
 * there is no such stream, otherwise the error itself, which is a bug.
 */
export async function explain(error: unknown, asked: Asked): Promise<Error> {
  const own = error instanceof Error ? error : new Error(String(error));
  const missing = (cause: unknown) =>
    cause instanceof JetStreamApiError && cause.code === streamNotFound;
  if (missing(own)) return new StreamMissing(asked.stream, { cause: own });
  if (!isPassing(own)) return own;
  if (own instanceof LogUnavailable) return own;
  // Nobody listens on a subject: the server is starting, or there is no such stream. Only the second is a bug.
  if (hasNoResponder(own) && asked.watch.isConnected()) {
    const cause = await asked.manager.streams
      .info(asked.stream)
      .catch((failure: unknown) => failure);
    if (missing(cause)) return new StreamMissing(asked.stream, { cause: own });
  }
  return new LogUnavailable(own.message || own.name, { cause: own });
}

const firstPauseMs = 20;
const longestPauseMs = 250;

/**
 * Tries until the log has answered. While the connection is down nothing is handed to the client, whose buffer has
 * no bound.
 * @throws {LogUnavailable} when there was no answer within `timeoutMs`.
 */
export async function untilAnswered<Answer>(
  asked: Asked,
  timeoutMs: number,
  ask: (remainingMs: number) => Promise<Answer>,
): Promise<Answer> {
  const deadlineMs = asked.now() + timeoutMs;
  let failure: Error = new LogUnavailable('not connected');
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const remainingMs = Math.floor(deadlineMs - asked.now());
    if (remainingMs < 1) throw failure;
    if (asked.watch.isConnected()) {
      try {
        return await ask(remainingMs);
      } catch (error) {
        failure = await explain(error, asked);
        if (!(failure instanceof LogUnavailable)) throw failure;
      }
    }
    await Bun.sleep(Math.min(pauseMs, Math.max(deadlineMs - asked.now(), 0)));
  }
}
