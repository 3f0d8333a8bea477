/** Actors that are in memory only while somebody asks for them: there may be any number of them in the log. */
import type { AnyStateMachine, SnapshotFrom } from 'xstate';
import type { Cause, Fact } from '../../events/event.ts';
import type { ActorId } from '../../events/ids.ts';
import type { EventLog } from '../../events/log.ts';
import type { ActorKindDefinition, Command } from './actorKind.ts';
import { createLoop, type Answer } from './loop.ts';
import { Refusal } from './refusal.ts';
import type { Current } from './runtime.ts';
import { createSlots, type Slot } from './slots.ts';

export type OnDemand<State, AnyCommand, Event> = Readonly<{
  /**
   * Resolves when the event is in the log. What memory alone would refuse is decided again on what the log holds.
   * @throws {Refusal} when the state does not allow it. @throws {LogUnavailable} when the log does not answer.
   */
  ask(id: ActorId, command: AnyCommand, cause: Cause): Promise<Answer<State, Event>>;
  /**
   * The actor as the log has it now; undefined when it has no event.
   * @throws {Refusal} UNREADABLE. @throws {LogUnavailable}
   */
  open(id: ActorId): Promise<Current<State> | undefined>;
  /** Actors in memory. */
  loaded(): number;
  /** Waits for what was asked already; may be called twice. */
  stop(): Promise<void>;
}>;

export type OnDemandOptions = Readonly<{
  log: EventLog;
  now: () => number;
  /** Out of memory after so long without a question; default one minute. */
  idleMs?: number;
  /** With more in memory the longest unasked leave at once; default 500. */
  most?: number;
  /** Told what no caller is there to be told. */
  onError: (error: unknown, about: string) => void;
}>;

/** Nothing tells these actors of what others append: every question looks into the log, every append expects it. */
export function createOnDemand<
  Machine extends AnyStateMachine,
  AnyCommand extends Command,
  Event extends Fact,
>(
  definition: ActorKindDefinition<Machine, AnyCommand, Event>,
  { log, now, idleMs = 60_000, most = 500, onError }: OnDemandOptions,
): OnDemand<SnapshotFrom<Machine>, AnyCommand, Event> {
  type State = SnapshotFrom<Machine>;
  const { kind } = definition;
  const slots = createSlots({
    kinds: [definition],
    now,
    onTransition: () => {},
    onUnreadable: ({ unreadable, ref }) => onError(unreadable, `${ref.kind} ${ref.id}`),
    onIgnored: (ref, sequence, { type }) =>
      onError(
        new Error(`${type} at ${sequence} has no effect in this state`),
        `${ref.kind} ${ref.id}`,
      ),
  });
  const loop = createLoop({ log, slots, now, onAppended: () => {}, onError });

  const unload = (unaskedMs: number) => {
    for (const slot of slots.ofKind(kind)) {
      if (now() - slot.lastUsedMs >= unaskedMs) slots.drop(slot);
    }
  };
  /** Those asked for least lately first, a tenth at a time. */
  const makeRoom = () => {
    if (slots.size() <= most) return;
    const oldest = [...slots.ofKind(kind)].toSorted((a, b) => a.lastUsedMs - b.lastUsedMs);
    for (const slot of oldest.slice(0, Math.ceil(most / 10))) slots.drop(slot);
  };
  const timer = setInterval(() => unload(idleMs), Math.max(idleMs / 4, 10));
  timer.unref();

  const slotOf = (id: ActorId): Slot => {
    const slot = slots.open({ kind, id });
    slot.lastUsedMs = now();
    makeRoom();
    return slot;
  };
  /** Nobody shall fill memory with names that are no actor's. */
  const keepIfThere = (slot: Slot) => {
    if ((slot.live?.sequence() ?? 0) === 0) slots.drop(slot);
  };
  const askLoop = async (id: ActorId, command: AnyCommand, cause: Cause) =>
    (await loop.ask({ kind, id }, command, cause)) as unknown as Answer<State, Event>;

  return {
    async ask(id, command, cause) {
      const slot = slotOf(id);
      const isFresh = slot.live === undefined;
      try {
        const answer = await askLoop(id, command, cause);
        if (answer.fact !== null || isFresh) return answer;
      } catch (error) {
        if (!(error instanceof Refusal) || isFresh) throw error;
      } finally {
        keepIfThere(slot);
      }
      await loop.load(slot.ref);
      return askLoop(id, command, cause);
    },
    async open(id) {
      const slot = slotOf(id);
      try {
        await loop.load(slot.ref);
        if (slot.unreadable) throw new Refusal('UNREADABLE', slot.unreadable.message);
        const { live } = slot;
        if (!live || live.sequence() === 0) return undefined;
        return { id, state: live.state() as unknown as State, sequence: live.sequence() };
      } finally {
        keepIfThere(slot);
      }
    },
    loaded: slots.size,
    async stop() {
      clearInterval(timer);
      await Promise.all([...slots.all()].map((slot) => slot.mailbox.idle()));
      loop.stop();
      slots.clear();
    },
  };
}
