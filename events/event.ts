/** The envelope of everything that is written into the log. */
import type { ActorId, EventId, RequestId, TraceId } from './ids.ts';

/** The kinds of actor whose events are in CONTROL. */
export const controlKinds = [
  'provider',
  'provider-key',
  'breaker',
  'client-key',
  'operator',
  'day',
  'setting',
  'model-route',
  'mcp-server',
  'mcp-connection',
  'mcp-backend',
] as const;
export type ControlKind = (typeof controlKinds)[number];
/** Conversations have a stream of their own, and are loaded on demand. */
export type ActorKind = ControlKind | 'conversation';

export type ActorRef = Readonly<{ kind: ActorKind; id: ActorId }>;

/**
 * Position of a message in its stream. An actor's version is the sequence of its newest event; 0 is an
 * actor without events; it grows, with gaps.
 */
export type Sequence = number;

/** Who did it. `id` is a client key's id, an operator's session, a gateway's id or a file's name. */
export type By = Readonly<{
  kind: 'operator' | 'client' | 'gateway' | 'environment' | 'file';
  id: string;
}>;

/** Why an event came about: given with the command, kept in the event. */
export type Cause = Readonly<{
  by: By;
  /** The request in whose course it happened; groups all that one request caused. */
  correlationId: RequestId;
  /** The event or request that led straight to it. */
  causationId: EventId | RequestId;
  traceId: TraceId;
}>;

/** What a machine sees of an event: its type and its data, no clock and no sequence. */
export type Fact = Readonly<{ type: string; data: object }>;

/** An event before the log has taken it. `version` is the version of its type's schema. */
export type NewEvent<F extends Fact = Fact> = Readonly<
  { id: EventId; version: number; cause: Cause } & F
>;

/** An event as it stands in the log. `timeMs` is the log's own time of arrival (epoch). */
export type StoredEvent<F extends Fact = Fact> = NewEvent<F> &
  Readonly<{ actor: ActorRef; sequence: Sequence; timeMs: number }>;
