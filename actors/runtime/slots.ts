/** Which actors exist here: in memory, left memory while dormant, or not readable by this version. */
import type { Snapshot } from 'xstate';
import type { ActorKind, ActorRef, Fact, Sequence } from '../../events/event.ts';
import type { ActorId } from '../../events/ids.ts';
import type { UnreadableEvent } from '../../events/log.ts';
import type { AnyActorKind } from './actorKind.ts';
import { createLiveActor, type LiveActor, type Transition } from './liveActor.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';

/** An actor's place in memory. */
export type Slot = {
  readonly ref: ActorRef;
  readonly kind: AnyActorKind;
  readonly mailbox: Mailbox;
  live: LiveActor | undefined;
  /** Where the actor stood when it left memory; 0 for one that never did. */
  unloadedAt: Sequence;
  /** An event of it cannot be read by this version: commands are refused rather than decided on a guess. */
  unreadable: UnreadableEvent | undefined;
  lastUsedMs: number;
};

export type Slots = Readonly<{
  get(ref: ActorRef): Slot | undefined;
  /** The slot, made empty if need be. */
  open(ref: ActorRef): Slot;
  /** The actor of the slot, brought to life as new or from a snapshot. */
  live(slot: Slot, restored?: { snapshot: Snapshot<unknown>; sequence: Sequence }): LiveActor;
  all(): Iterable<Slot>;
  ofKind(kind: ActorKind): Iterable<Slot>;
  /** Drops the actor from memory, keeps its place. */
  unload(slot: Slot): void;
  size(): number;
}>;

type Options = Readonly<{
  kinds: readonly AnyActorKind[];
  now: () => number;
  onTransition: (slot: Slot, transition: Transition) => void;
  onIgnored: (ref: ActorRef, sequence: Sequence, fact: Fact) => void;
}>;

export function createSlots({ kinds, now, onTransition, onIgnored }: Options): Slots {
  const byKind = new Map(
    kinds.map((kind) => [kind.kind, { kind, slots: new Map<ActorId, Slot>() }]),
  );

  const home = (kind: ActorKind) => {
    const found = byKind.get(kind);
    if (!found) throw new Error(`no actor kind "${kind}" is registered`);
    return found;
  };

  return {
    get: (ref) => home(ref.kind).slots.get(ref.id),
    open(ref) {
      const { kind, slots } = home(ref.kind);
      const existing = slots.get(ref.id);
      if (existing) return existing;
      const slot: Slot = {
        ref,
        kind,
        mailbox: createMailbox(`${ref.kind} ${ref.id}`),
        live: undefined,
        unloadedAt: 0,
        unreadable: undefined,
        lastUsedMs: now(),
      };
      slots.set(ref.id, slot);
      return slot;
    },
    live(slot, restored) {
      slot.live ??= createLiveActor({
        kind: slot.kind,
        ref: slot.ref,
        restored,
        onTransition: (transition) => onTransition(slot, transition),
        onIgnored,
      });
      return slot.live;
    },
    *all() {
      for (const { slots } of byKind.values()) yield* slots.values();
    },
    ofKind: (kind) => home(kind).slots.values(),
    unload(slot) {
      slot.unloadedAt = slot.live?.sequence() ?? 0;
      slot.live?.stop();
      slot.live = undefined;
    },
    size: () => [...byKind.values()].reduce((sum, { slots }) => sum + slots.size, 0),
  };
}
