/** What became of an actor with an event, as the runtime of this process saw it. */
import type { AnyMachineSnapshot, StateValue } from 'xstate';
import type { AnyActorKind } from '../../actors/runtime/actorKind.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import type { Sequence } from '../../events/event.ts';
import type { ControlMessage } from '../../events/log.ts';
import { statusOf } from '../present/actor.ts';

export type Statuses = Readonly<{
  /** The actor's status after this event; undefined where it has moved on since or is not in memory. */
  after(message: ControlMessage): string | undefined;
  /** True once the runtime has seen this message. */
  isApplied(message: ControlMessage): boolean;
  stop(): void;
}>;

/** Transitions whose status is remembered: more than ever wait for their turn in the live stream. */
const rememberAtMost = 2_000;

/** @param onApplied called after each transition of any actor. */
export function watchStatuses(
  runtime: Runtime,
  kinds: readonly AnyActorKind[],
  onApplied: () => void,
): Statuses {
  const bySequence = new Map<Sequence, string>();
  const actorsOf = new Map(kinds.map((kind) => [kind.kind, runtime.of(kind)]));
  const textOf = (state: AnyMachineSnapshot): string => statusOf(state.value as StateValue);

  const unsubscribes = [...actorsOf.values()].map((actors) =>
    actors.subscribe(({ sequence, state }) => {
      bySequence.set(sequence, textOf(state));
      for (const oldest of bySequence.keys()) {
        if (bySequence.size <= rememberAtMost) break;
        bySequence.delete(oldest);
      }
      onApplied();
    }),
  );

  return {
    after(message) {
      if (!message.ok) return undefined;
      const { actor, sequence } = message.event;
      const remembered = bySequence.get(sequence);
      if (remembered !== undefined) return remembered;
      const current = actorsOf.get(actor.kind)?.get(actor.id);
      return current?.sequence === sequence ? textOf(current.state) : undefined;
    },
    isApplied: (message) =>
      !message.ok ||
      bySequence.has(message.event.sequence) ||
      runtime.position() >= message.event.sequence,
    stop() {
      for (const unsubscribe of unsubscribes) unsubscribe();
      bySequence.clear();
    },
  };
}
