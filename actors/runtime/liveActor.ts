/** A real XState actor that is sent only events the log has accepted. */
import { createActor, type AnyMachineSnapshot, type Snapshot } from 'xstate';
import type { ActorRef, Fact, NewEvent, Sequence } from '../../events/event.ts';
import type { EventId, RequestId, TraceId } from '../../events/ids.ts';
import type { AnyActorKind } from './actorKind.ts';

/** One accepted event and the state it led to. */
export type Transition = Readonly<{
  actor: ActorRef;
  fact: Fact;
  sequence: Sequence;
  state: AnyMachineSnapshot;
}>;

/** An event, and the request in whose course it came about: what follows from it belongs to the same. */
export type Trail = Readonly<{ id: EventId; correlationId: RequestId; traceId: TraceId }>;

/** What an actor is brought back from. */
export type Restored = Readonly<{
  snapshot: Snapshot<unknown>;
  sequence: Sequence;
  trail: Trail | undefined;
}>;

export type LiveActor = Readonly<{
  ref: ActorRef;
  state(): AnyMachineSnapshot;
  sequence(): Sequence;
  /**
   * The only door in. Own append and tail both bring an event: it is applied once, if its sequence is above the
   * actor's. Answers false for one that was applied before.
   */
  accept(sequence: Sequence, event: NewEvent): boolean;
  /** Of its newest event; undefined for an actor without events. */
  trail(): Trail | undefined;
  persisted(): Snapshot<unknown>;
  stop(): void;
}>;

type Options = Readonly<{
  kind: AnyActorKind;
  ref: ActorRef;
  restored?: Restored | undefined;
  onTransition: (transition: Transition) => void;
  /** An event that the machine has no answer to in this state; XState itself would say nothing. */
  onIgnored: (ref: ActorRef, sequence: Sequence, fact: Fact) => void;
  /** The machine broke on an event, which is a bug; the actor stays as it was before and takes no more. */
  onBroken: (sequence: Sequence, fact: Fact, cause: unknown) => void;
}>;

/** @throws when its machine does not know the restored state. */
export function createLiveActor({
  kind,
  ref,
  restored,
  onTransition,
  onIgnored,
  onBroken,
}: Options): LiveActor {
  const actor = createActor(kind.machine, restored ? { snapshot: restored.snapshot } : {});
  const { status, error: restoreError } = actor.getSnapshot();
  if (status === 'error') {
    throw new Error(`${ref.kind} ${ref.id} cannot be restored`, { cause: restoreError });
  }
  let sequence = restored?.sequence ?? 0;
  let trail = restored?.trail;
  let arriving: Fact | undefined;
  let isBroken = false;
  actor.subscribe({
    next(state: AnyMachineSnapshot) {
      if (arriving) onTransition({ actor: ref, fact: arriving, sequence, state });
    },
    error(cause: unknown) {
      isBroken = true;
      if (arriving) onBroken(sequence, arriving, cause);
    },
  });
  actor.start();

  return {
    ref,
    state: () => actor.getSnapshot(),
    sequence: () => sequence,
    trail: () => trail,
    accept(at, { id, cause, type, data }) {
      if (at <= sequence) return false;
      sequence = at;
      trail = { id, correlationId: cause.correlationId, traceId: cause.traceId };
      if (isBroken) return true;
      const fact = { type, data };
      if (!actor.getSnapshot().can(fact)) {
        onIgnored(ref, at, fact);
        return true;
      }
      arriving = fact;
      actor.send(fact);
      arriving = undefined;
      return true;
    },
    persisted: () => actor.getPersistedSnapshot(),
    stop: () => {
      actor.stop();
    },
  };
}
