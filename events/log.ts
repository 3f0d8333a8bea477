/** The port to the log: what the rest of Signalbox may ask of it. Contract: `test/support/logContract.ts`. */
import type { ActorRef, NewEvent, Sequence, StoredEvent } from './event.ts';
import type { BatchId } from './ids.ts';
import type { StreamName } from './subjects.ts';
import type { TrafficEvent } from './traffic.ts';
import type { UsualRow } from './usualRows.ts';

/** Another writer was first: reload and decide again. */
export class WrongVersion extends Error {
  override readonly name = 'WrongVersion';
  constructor(actor: ActorRef, expected: Sequence) {
    super(`${actor.kind} ${actor.id} is no longer at sequence ${expected}`);
  }
}

/** The log did not answer within the time limit. Whether it took the event is not known. */
export class LogUnavailable extends Error {
  override readonly name = 'LogUnavailable';
  constructor(reason: string, options?: ErrorOptions) {
    super(`the log is not reachable: ${reason}`, options);
  }
}

/** An event in the log that this version cannot read: its type is unknown or its data do not fit the schema. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
  readonly type: string;
  constructor(type: string, sequence: Sequence, reason: string, options?: ErrorOptions) {
    super(`event ${type} at sequence ${sequence} cannot be read: ${reason}`, options);
    this.type = type;
  }
}

/** A message of CONTROL or CONVERSATIONS: the event, or why it cannot be read (its actor is known either way). */
export type ControlMessage =
  | { readonly ok: true; readonly event: StoredEvent }
  | {
      readonly ok: false;
      readonly actor: ActorRef | undefined;
      readonly sequence: Sequence;
      readonly error: UnreadableEvent;
    };

/** A message of TRAFFIC: a batch of events from one gateway. */
export type TrafficMessage = Readonly<{
  batchId: BatchId;
  gatewayId: string;
  sequence: Sequence;
  timeMs: number;
  /** Events of an unknown type are left out and counted in `skipped`. */
  events: readonly TrafficEvent[];
  /** The same, with usual requests in the rows in which they came; `strings` are the texts that these point to. */
  entries: readonly (UsualRow | TrafficEvent)[];
  strings: readonly string[];
  skipped: number;
}>;

/** A tail that runs until it is stopped; `stop` may be called twice. */
export type Tail = Readonly<{ stop: () => Promise<void> }>;

export type StreamState = Readonly<{
  firstSequence: Sequence;
  lastSequence: Sequence;
  /** When the stream was made (epoch); another value means another stream under the same name. */
  createdMs: number;
}>;

export type EventLog = Readonly<{
  /**
   * Appends one event if the actor is still at `expected`. Retries with the same id until the outcome is
   * known, and answers with the event's sequence, also when an earlier try had landed.
   * @throws {WrongVersion} when another event stands after `expected`.
   * @throws {LogUnavailable} when the outcome is not known after `timeoutMs` (default 5,000).
   */
  append(
    actor: ActorRef,
    event: NewEvent,
    expected: Sequence,
    timeoutMs?: number,
  ): Promise<Sequence>;
  /** One actor's events above `after`, oldest first. */
  read(actor: ActorRef, after?: Sequence): Promise<ControlMessage[]>;
  /** CONTROL messages with `after < sequence <= upTo`, oldest first, of all actors. */
  readControl(after: Sequence, upTo: Sequence, limit?: number): Promise<ControlMessage[]>;
  /** The same of CONVERSATIONS. */
  readConversations(after: Sequence, upTo: Sequence, limit?: number): Promise<ControlMessage[]>;
  /** One message of CONTROL by its sequence; undefined when there is none. */
  readOne(sequence: Sequence): Promise<ControlMessage | undefined>;
  /** TRAFFIC messages with `after < sequence <= upTo`, oldest first. */
  readTraffic(after: Sequence, upTo: Sequence, limit?: number): Promise<TrafficMessage[]>;
  /** Every CONTROL message above `after`, in order, without a gap or a repeat, also across restarts of the log. */
  tailControl(after: Sequence, onMessage: (message: ControlMessage) => void): Promise<Tail>;
  /** The same of CONVERSATIONS. */
  tailConversations(after: Sequence, onMessage: (message: ControlMessage) => void): Promise<Tail>;
  tailTraffic(after: Sequence, onMessage: (message: TrafficMessage) => void): Promise<Tail>;
  /** Appends one batch of traffic; the same `batchId` is stored once within ten minutes. @throws {LogUnavailable} */
  appendTraffic(batch: TrafficBatch, timeoutMs?: number): Promise<Sequence>;
  state(stream: StreamName): Promise<StreamState>;
  /** True while the connection to the log is up. */
  isConnected(): boolean;
  /** Calls back whenever `isConnected` changes; returns an idempotent unsubscribe. */
  onConnection(listener: (connected: boolean) => void): () => void;
  close(): Promise<void>;
}>;

export type TrafficBatch = Readonly<{
  id: BatchId;
  gatewayId: string;
  events: readonly TrafficEvent[];
}>;
