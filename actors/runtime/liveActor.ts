/** A real XState actor that is sent only events the log has accepted. */
import { createActor, type AnyMachineSnapshot, type Snapshot } from 'xstate';
import type { ActorRef, Fact, Sequence } from '../../events/event.ts';
import type { AnyActorKind } from './actorKind.ts';

/** One accepted event and the state it led to. */
export type Transition = Readonly<{
  actor: ActorRef;
  fact: Fact;
  sequence: Sequence;
  state: AnyMachineSnapshot;
}>;

export type LiveActor = Readonly<{
  ref: ActorRef;
  state(): AnyMachineSnapshot;
  sequence(): Sequence;
  /**
   * The only door in. Own append and tail both bring an event: it is applied once, if its sequence is above the
   * actor's. Answers false for one that was applied before.
   */
  accept(sequence: Sequence, fact: Fact): boolean;
  persisted(): Snapshot<unknown>;
  stop(): void;
}>;

type Options = Readonly<{
  kind: AnyActorKind;
  ref: ActorRef;
  restored?: Readonly<{ snapshot: Snapshot<unknown>; sequence: Sequence }> | undefined;
  onTransition: (transition: Transition) => void;
  /** An event that the machine has no answer to in this state; XState itself would say nothing. */
  onIgnored: (ref: ActorRef, sequence: Sequence, fact: Fact) => void;
}>;

export function createLiveActor({
  kind,
  ref,
  restored,
  onTransition,
  onIgnored,
}: Options): LiveActor {
  const actor = createActor(kind.machine, restored ? { snapshot: restored.snapshot } : {});
  let sequence = restored?.sequence ?? 0;
  let arriving: Fact | undefined;
  actor.subscribe((state: AnyMachineSnapshot) => {
    if (arriving) onTransition({ actor: ref, fact: arriving, sequence, state });
  });
  actor.start();

  return {
    ref,
    state: () => actor.getSnapshot(),
    sequence: () => sequence,
    accept(at, fact) {
      if (at <= sequence) return false;
      sequence = at;
      const { type, data } = fact;
      if (!actor.getSnapshot().can({ type, data })) {
        onIgnored(ref, at, fact);
        return true;
      }
      arriving = fact;
      actor.send({ type, data });
      arriving = undefined;
      return true;
    },
    persisted: () => actor.getPersistedSnapshot(),
    stop: () => {
      actor.stop();
    },
  };
}
