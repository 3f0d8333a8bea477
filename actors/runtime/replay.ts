/** States of the past, made from the log alone: no actor, no effect, no clock. */
import { initialTransition, transition, type AnyMachineSnapshot } from 'xstate';
import type { ControlMessage, EventLog } from '../../events/log.ts';
import type { ActorRef, Sequence, StoredEvent } from '../../events/event.ts';
import type { AnyActorKind } from './actorKind.ts';

/** What an actor was at a moment: the state after its last event up to then. */
export type PastState = Readonly<{
  actor: ActorRef;
  sequence: Sequence;
  timeMs: number;
  state: AnyMachineSnapshot;
}>;

/** A moment of the log: up to and with this sequence, or this time (the log's own). */
export type Moment = Readonly<{ sequence: Sequence }> | Readonly<{ timeMs: number }>;

/** So many messages are in memory at a time. */
const pageSize = 10_000;

const isAfter = (moment: Moment, event: { sequence: Sequence; timeMs: number }): boolean =>
  'sequence' in moment ? event.sequence > moment.sequence : event.timeMs > moment.timeMs;

/** An actor after one more of its events; one that its state does not take changes nothing but the sequence. */
export function stateAfter(
  kind: AnyActorKind,
  past: PastState | undefined,
  { actor, type, data, sequence, timeMs }: StoredEvent,
): PastState {
  const before = past?.state ?? initialTransition(kind.machine)[0];
  const state = before.can({ type, data })
    ? transition(kind.machine, before, { type, data })[0]
    : before;
  return { actor, sequence, timeMs, state };
}

/**
 * One message further, or `after` when it lies after the moment.
 * @throws {UnreadableEvent} when it lies before the moment and cannot be read: the state would be a guess.
 */
function next(
  kind: AnyActorKind,
  past: PastState | undefined,
  message: ControlMessage,
  moment: Moment,
): PastState | 'after' {
  if (!message.ok) {
    if ('sequence' in moment && message.sequence > moment.sequence) return 'after';
    throw message.error;
  }
  if (isAfter(moment, message.event)) return 'after';
  return stateAfter(kind, past, message.event);
}

/**
 * The state of one actor then, or undefined when it had no event yet.
 * @throws {UnreadableEvent} when one of its events before the moment cannot be read.
 */
export async function stateAt(
  log: EventLog,
  kind: AnyActorKind,
  actor: ActorRef,
  moment: Moment,
): Promise<PastState | undefined> {
  let past: PastState | undefined;
  for (const message of await log.read(actor)) {
    const then = next(kind, past, message, moment);
    if (then === 'after') break;
    past = then;
  }
  return past;
}

/**
 * The states of all actors of a kind then. Reads CONTROL up to the moment, a page at a time.
 * @throws {UnreadableEvent} when an event of the kind before the moment cannot be read.
 */
export async function statesAt(
  log: EventLog,
  kind: AnyActorKind,
  moment: Moment,
): Promise<PastState[]> {
  const { lastSequence } = await log.state('CONTROL');
  const upTo = 'sequence' in moment ? Math.min(moment.sequence, lastSequence) : lastSequence;
  const byActor = new Map<string, PastState>();
  for (let after = 0; after < upTo;) {
    const page = await log.readControl(after, upTo, pageSize);
    if (page.length === 0) break;
    for (const message of page) {
      const actor = message.ok ? message.event.actor : message.actor;
      after = message.ok ? message.event.sequence : message.sequence;
      if (actor?.kind !== kind.kind) continue;
      const then = next(kind, byActor.get(actor.id), message, moment);
      // Times of the log only grow: nothing that follows lies before the moment.
      if (then === 'after') return [...byActor.values()];
      byActor.set(actor.id, then);
    }
  }
  return [...byActor.values()];
}
