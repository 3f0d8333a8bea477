/**
 * The loop, written once for every kind of actor:
 * command → mailbox → decide → append with the expected sequence → accept → answer → effects.
 */
import type { AnyMachineSnapshot } from 'xstate';
import { controlCatalog } from '../../events/catalog.ts';
import type { ActorRef, Cause, Fact, NewEvent, Sequence } from '../../events/event.ts';
import { newEventId, type EventId } from '../../events/ids.ts';
import {
  LogUnavailable,
  WrongVersion,
  type ControlMessage,
  type EventLog,
} from '../../events/log.ts';
import type { Command } from './actorKind.ts';
import type { LiveActor } from './liveActor.ts';
import { readWhole } from './readWhole.ts';
import { Refusal } from './refusal.ts';
import type { Slot, Slots } from './slots.ts';

/** What became of a command. `fact` is null when there was nothing to do. */
export type Answer<State = AnyMachineSnapshot, Event = Fact> = Readonly<{
  fact: Event | null;
  sequence: Sequence;
  state: State;
}>;

export type Loop = Readonly<{
  ask(ref: ActorRef, command: Command, cause: Cause): Promise<Answer>;
  /** Applies a message of the tail. */
  receive(message: ControlMessage): void;
  /** Brings an actor into memory, with all that the log holds of it. */
  load(ref: ActorRef): Promise<void>;
  /** Resolves when no dormant actor is on its way back into memory. */
  revived(): Promise<void>;
  stop(): void;
}>;

type Options = Readonly<{
  log: EventLog;
  slots: Slots;
  now: () => number;
  /** Called after an append of this gateway only. */
  onAppended: (slot: Slot, state: AnyMachineSnapshot) => void;
  onError: (error: unknown, about: string) => void;
}>;

/** So many lost races in a row mean something other than a race. */
const decideAtMost = 10;
/** The time a command has in all, its wait in the mailbox included. */
const answerWithinMs = 5_000;
const reviveRetryMs = 1_000;
/** Appends whose outcome nobody knew; the oldest is forgotten. */
const maxUnsure = 1_000;

export function createLoop({ log, slots, now, onAppended, onError }: Options): Loop {
  /** Appends that are not answered yet, and where the tail has shown them. */
  const inFlight = new Map<EventId, Sequence>();
  const unsure = new Set<EventId>();
  const reviving = new Map<Slot, Promise<void>>();
  let isStopped = false;

  const apply = (slot: Slot, message: ControlMessage) => {
    if (!message.ok) {
      slot.unreadable ??= message.error;
      onError(message.error, `${slot.ref.kind} ${slot.ref.id}`);
      return;
    }
    const actor = slots.live(slot);
    const { id, sequence } = message.event;
    actor.accept(sequence, message.event);
    if (inFlight.has(id)) inFlight.set(id, sequence);
    // It did land, though its caller was told that the log is away.
    if (unsure.delete(id)) onAppended(slot, actor.state());
  };

  /** Brings the actor up to what the log holds now. */
  const reload = async (slot: Slot): Promise<LiveActor> => {
    const read = slot.live
      ? await log.read(slot.ref, slot.live.sequence())
      : await readWhole(log, slot.ref, () => Math.max(slot.unloadedAt, slot.arrivedAt));
    for (const message of read) apply(slot, message);
    return slots.live(slot);
  };

  const append = async (slot: Slot, event: NewEvent, expected: Sequence, timeoutMs: number) => {
    inFlight.set(event.id, 0);
    try {
      return await log.append(slot.ref, event, expected, timeoutMs);
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
      // The answer was lost, the event was not: the tail has brought it.
      const landedAt = inFlight.get(event.id);
      if (landedAt) return landedAt;
      unsure.add(event.id);
      for (const oldest of unsure) if (unsure.size > maxUnsure) unsure.delete(oldest);
      throw error;
    } finally {
      inFlight.delete(event.id);
    }
  };

  const decideOn = (slot: Slot, command: Command, isUnheard: boolean): Fact | null => {
    try {
      return slot.kind.decide(command, slots.live(slot).state());
    } catch (error) {
      if (isUnheard && error instanceof Refusal) return null;
      throw error;
    }
  };

  const decideAndAppend = async (
    slot: Slot,
    command: Command,
    cause: Cause,
    untilMs: number,
  ): Promise<Answer> => {
    // Who was never heard of is new, or so young that the append finds out. A dormant one is only in the log.
    let isUnheard = !slot.live && slot.unloadedAt === 0 && slot.arrivedAt === 0;
    let actor = slot.live ?? (isUnheard ? slots.live(slot) : await reload(slot));
    for (let tries = 0; tries < decideAtMost; tries++) {
      if (slot.unreadable) throw new Refusal('UNREADABLE', slot.unreadable.message);
      const state = actor.state();
      const fact = decideOn(slot, command, isUnheard);
      if (!fact && isUnheard) {
        // No append, so nothing would find out: the log is asked before anybody is told "no".
        isUnheard = false;
        actor = await reload(slot);
        continue;
      }
      if (!fact) return { fact: null, sequence: actor.sequence(), state };
      if (!state.can({ type: fact.type, data: fact.data })) {
        throw new Error(`${slot.ref.kind} decided ${fact.type} where its machine cannot take it`);
      }
      const { type, data } = fact;
      const version = controlCatalog.versionOf(type);
      const event: NewEvent = { id: newEventId(), version, cause, type, data };
      const remainingMs = untilMs - now();
      if (remainingMs <= 0) throw new LogUnavailable('too much waits for it');
      try {
        const sequence = await append(slot, event, actor.sequence(), remainingMs);
        actor.accept(sequence, event);
        onAppended(slot, actor.state());
        return { fact, sequence, state: actor.state() };
      } catch (error) {
        if (!(error instanceof WrongVersion)) throw error;
        isUnheard = false;
        actor = await reload(slot);
      }
    }
    throw new Refusal(
      'TOO_BUSY',
      `${slot.ref.kind} ${slot.ref.id} changed ${decideAtMost} times meanwhile`,
    );
  };

  const loadInTurn = (slot: Slot) => slot.mailbox.put(() => reload(slot));

  /** Until it is back, what arrives for it is read from the log rather than applied. */
  const revive = async (slot: Slot) => {
    while (!slot.live && !isStopped) {
      try {
        await loadInTurn(slot);
      } catch (error) {
        onError(error, `loading ${slot.ref.kind} ${slot.ref.id}`);
        await Bun.sleep(reviveRetryMs);
      }
    }
    reviving.delete(slot);
  };

  return {
    async ask(ref, command, cause) {
      if (isStopped) throw new LogUnavailable('this gateway has stopped');
      const slot = slots.open(ref);
      const askedAtMs = now();
      slot.lastUsedMs = askedAtMs;
      return slot.mailbox.put(() =>
        decideAndAppend(slot, command, cause, askedAtMs + answerWithinMs),
      );
    },
    receive(message) {
      const ref = message.ok ? message.event.actor : message.actor;
      if (!ref || !slots.knows(ref.kind)) {
        if (!message.ok) onError(message.error, 'an actor of a kind unknown here');
        return;
      }
      const slot = slots.open(ref);
      if (slot.live || slot.unloadedAt === 0) {
        apply(slot, message);
        return;
      }
      slot.arrivedAt = message.ok ? message.event.sequence : message.sequence;
      if (!reviving.has(slot)) reviving.set(slot, revive(slot));
    },
    async load(ref) {
      await loadInTurn(slots.open(ref));
    },
    async revived() {
      await Promise.all(reviving.values());
    },
    stop() {
      isStopped = true;
    },
  };
}
