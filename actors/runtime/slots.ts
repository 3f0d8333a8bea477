/** Which actors exist here: in memory, left memory while dormant, or not readable by this version. */
import type { ActorKind, ActorRef, Fact, Sequence } from '../../events/event.ts';
import type { ActorId } from '../../events/ids.ts';
import { UnreadableEvent } from '../../events/log.ts';
import type { AnyActorKind } from './actorKind.ts';
import { createLiveActor, type LiveActor, type Restored, type Transition } from './liveActor.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';

/** An actor's place in memory. */
export type Slot = {
  readonly ref: ActorRef;
  readonly kind: AnyActorKind;
  readonly mailbox: Mailbox;
  live: LiveActor | undefined;
  /** Where the actor stood when it left memory; 0 for one that never did. */
  unloadedAt: Sequence;
  /** The newest event that the tail brought while the actor was not in memory. */
  arrivedAt: Sequence;
  /** An event of it cannot be read by this version: commands are refused rather than decided on a guess. */
  unreadable: UnreadableEvent | undefined;
  lastUsedMs: number;
};

export type Slots = Readonly<{
  get(ref: ActorRef): Slot | undefined;
  /** The slot, made empty if need be. */
  open(ref: ActorRef): Slot;
  /** The actor of the slot, brought to life as new or from a snapshot. */
  live(slot: Slot, restored?: Restored): LiveActor;
  all(): Iterable<Slot>;
  ofKind(kind: ActorKind): Iterable<Slot>;
  /**
   * Takes out of memory what nobody has asked for during `idleMs`: a dormant actor keeps its place, one that has no
   * events was asked for and is not there.
   */
  unloadIdle(idleMs: number): void;
  /** Takes an actor out of memory as if it had never been heard of; not while commands wait for it. */
  drop(slot: Slot): void;
  /** True for a kind that is registered here. */
  knows(kind: ActorKind): boolean;
  /** Back to the beginning: no actor at all. */
  clear(): void;
  size(): number;
}>;

type Options = Readonly<{
  kinds: readonly AnyActorKind[];
  now: () => number;
  onTransition: (slot: Slot, transition: Transition) => void;
  onIgnored: (ref: ActorRef, sequence: Sequence, fact: Fact) => void;
  onUnreadable: (slot: Slot) => void;
}>;

export function createSlots(options: Options): Slots {
  const { kinds, now, onTransition, onIgnored, onUnreadable } = options;
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
        arrivedAt: 0,
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
        onBroken(sequence, fact, cause) {
          const reason = 'the machine of this Signalbox broke on it';
          slot.unreadable ??= new UnreadableEvent(fact.type, sequence, reason, { cause });
          onUnreadable(slot);
        },
      });
      return slot.live;
    },
    *all() {
      for (const { slots } of byKind.values()) yield* slots.values();
    },
    ofKind: (kind) => home(kind).slots.values(),
    unloadIdle(idleMs) {
      for (const { kind, slots } of byKind.values()) {
        for (const slot of slots.values()) {
          const { live, mailbox, lastUsedMs, unreadable } = slot;
          const isIdle = mailbox.waiting() === 0 && now() - lastUsedMs >= idleMs;
          if (!isIdle || !live || unreadable) continue;
          const isThere = live.sequence() > 0;
          if (isThere && !kind.isDormant?.(live.state())) continue;
          live.stop();
          slot.live = undefined;
          slot.unloadedAt = live.sequence();
          if (!isThere) slots.delete(slot.ref.id);
        }
      }
    },
    drop(slot) {
      if (slot.mailbox.waiting() > 0) return;
      slot.live?.stop();
      home(slot.ref.kind).slots.delete(slot.ref.id);
    },
    knows: (kind) => byKind.has(kind),
    clear() {
      for (const { slots } of byKind.values()) {
        for (const slot of slots.values()) slot.live?.stop();
        slots.clear();
      }
    },
    size: () => [...byKind.values()].reduce((sum, { slots }) => sum + slots.size, 0),
  };
}
