/**
 * The loop, written once for every kind of actor:
 * command → mailbox → decide → append with the expected sequence → accept → answer → effects.
 */
import type { AnyMachineSnapshot } from 'xstate';
import { controlCatalog } from '../../events/catalog.ts';
import type { ActorRef, Cause, Fact, NewEvent, Sequence } from '../../events/event.ts';
import { newEventId } from '../../events/ids.ts';
import { WrongVersion, type ControlMessage, type EventLog } from '../../events/log.ts';
import type { Command } from './actorKind.ts';
import type { LiveActor } from './liveActor.ts';
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

export function createLoop({ log, slots, now, onAppended, onError }: Options): Loop {
  const apply = (slot: Slot, message: ControlMessage) => {
    if (message.ok) {
      slots.live(slot).accept(message.event.sequence, message.event);
      return;
    }
    slot.unreadable ??= message.error;
    onError(message.error, `${slot.ref.kind} ${slot.ref.id}`);
  };

  /** Brings the actor up to what the log holds now. */
  const reload = async (slot: Slot): Promise<LiveActor> => {
    const after = slot.live?.sequence() ?? 0;
    for (const message of await log.read(slot.ref, after)) apply(slot, message);
    return slots.live(slot);
  };

  const decideAndAppend = async (slot: Slot, command: Command, cause: Cause): Promise<Answer> => {
    // What is not in memory may be dormant rather than new: only the log knows.
    let actor = slot.live ?? (await reload(slot));
    for (let tries = 0; tries < decideAtMost; tries++) {
      if (slot.unreadable) throw new Refusal('UNREADABLE', slot.unreadable.message);
      const state = actor.state();
      const fact = slot.kind.decide(command, state);
      if (!fact) return { fact: null, sequence: actor.sequence(), state };
      if (!state.can({ type: fact.type, data: fact.data })) {
        throw new Error(`${slot.ref.kind} decided ${fact.type} where its machine cannot take it`);
      }
      const event: NewEvent = {
        id: newEventId(),
        version: controlCatalog.versionOf(fact.type),
        cause,
        type: fact.type,
        data: fact.data,
      };
      try {
        const sequence = await log.append(slot.ref, event, actor.sequence());
        actor.accept(sequence, fact);
        onAppended(slot, actor.state());
        return { fact, sequence, state: actor.state() };
      } catch (error) {
        if (!(error instanceof WrongVersion)) throw error;
        actor = await reload(slot);
      }
    }
    throw new Refusal(
      'TOO_BUSY',
      `${slot.ref.kind} ${slot.ref.id} changed ${decideAtMost} times meanwhile`,
    );
  };

  return {
    async ask(ref, command, cause) {
      const slot = slots.open(ref);
      slot.lastUsedMs = now();
      return slot.mailbox.put(() => decideAndAppend(slot, command, cause));
    },
    receive(message) {
      const ref = message.ok ? message.event.actor : message.actor;
      if (!ref) {
        if (!message.ok) onError(message.error, 'an actor of a kind unknown here');
        return;
      }
      const known = slots.get(ref);
      const slot = slots.open(ref);
      const wasUnloaded = known !== undefined && !known.live && known.unloadedAt > 0;
      if (!wasUnloaded) {
        apply(slot, message);
        return;
      }
      slot.mailbox
        .put(() => reload(slot))
        .catch((error: unknown) => onError(error, `loading ${ref.kind} ${ref.id}`));
    },
  };
}
