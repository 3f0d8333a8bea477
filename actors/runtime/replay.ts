/** States of the past, made from the log alone: no actor, no effect, no clock. */
import { initialTransition, transition, type AnyMachineSnapshot } from 'xstate';
import type { ControlMessage, EventLog } from '../../events/log.ts';
import type { ActorRef, Sequence } from '../../events/event.ts';
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

const isAfter = (moment: Moment, event: { sequence: Sequence; timeMs: number }): boolean =>
  'sequence' in moment ? event.sequence > moment.sequence : event.timeMs > moment.timeMs;

/** @throws {UnreadableEvent} when an event before the moment cannot be read: its state would be a guess. */
function fold(
  kind: AnyActorKind,
  messages: readonly ControlMessage[],
  moment: Moment,
): PastState | undefined {
  let past: PastState | undefined;
  for (const message of messages) {
    if (!message.ok) {
      if ('sequence' in moment && message.sequence > moment.sequence) break;
      throw message.error;
    }
    const { actor, type, data, sequence, timeMs } = message.event;
    if (isAfter(moment, message.event)) break;
    const before = past?.state ?? initialTransition(kind.machine)[0];
    const state = before.can({ type, data })
      ? transition(kind.machine, before, { type, data })[0]
      : before;
    past = { actor, sequence, timeMs, state };
  }
  return past;
}

/** The state of one actor then, or undefined when it had no event yet. */
export async function stateAt(
  log: EventLog,
  kind: AnyActorKind,
  actor: ActorRef,
  moment: Moment,
): Promise<PastState | undefined> {
  return fold(kind, await log.read(actor), moment);
}

/** The states of all actors of a kind then. Reads CONTROL up to the moment. */
export async function statesAt(
  log: EventLog,
  kind: AnyActorKind,
  moment: Moment,
): Promise<PastState[]> {
  const { lastSequence } = await log.state('CONTROL');
  const upTo = 'sequence' in moment ? Math.min(moment.sequence, lastSequence) : lastSequence;
  const byActor = new Map<string, ControlMessage[]>();
  for (let after = 0; after < upTo;) {
    const page = await log.readControl(after, upTo, 10_000);
    if (page.length === 0) break;
    for (const message of page) {
      const actor = message.ok ? message.event.actor : message.actor;
      after = message.ok ? message.event.sequence : message.sequence;
      if (actor?.kind !== kind.kind) continue;
      const own = byActor.get(actor.id);
      if (own) own.push(message);
      else byActor.set(actor.id, [message]);
    }
  }
  return [...byActor.values()]
    .map((messages) => fold(kind, messages, moment))
    .filter((past) => past !== undefined);
}
