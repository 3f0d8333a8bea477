/** Who wants to hear of transitions, by kind. */
import type { ActorKind } from '../../events/event.ts';
import type { Transition } from './liveActor.ts';

type Listener = (transition: Transition) => void;

export type Listeners = Readonly<{
  /** Returns an idempotent unsubscribe. */
  add(kind: ActorKind, listener: Listener): () => void;
  /** A listener that fails keeps nobody else from hearing of it. */
  tell(transition: Transition): void;
}>;

export function createListeners(onError: (error: unknown, about: string) => void): Listeners {
  const byKind = new Map<ActorKind, Set<Listener>>();
  return {
    add(kind, listener) {
      const ofKind = byKind.get(kind) ?? new Set();
      byKind.set(kind, ofKind.add(listener));
      return () => void ofKind.delete(listener);
    },
    tell(transition) {
      const { actor, fact } = transition;
      for (const listener of byKind.get(actor.kind) ?? []) {
        try {
          listener(transition);
        } catch (error) {
          onError(error, `telling of ${fact.type} of ${actor.kind} ${actor.id}`);
        }
      }
    },
  };
}
