/** All CONTROL actors of one gateway: in memory from the start, following the tail, ringing their deadlines. */
import type { AnyMachineSnapshot, AnyStateMachine, SnapshotFrom } from 'xstate';
import type { Cause, Fact, Sequence } from '../../events/event.ts';
import { newRequestId, traceIdOf, type ActorId } from '../../events/ids.ts';
import type { EventLog, Tail } from '../../events/log.ts';
import type { SnapshotStore } from '../../events/snapshots.ts';
import type { ActorKindDefinition, AnyActorKind, Command } from './actorKind.ts';
import { createDeadlines } from './deadlines.ts';
import { createEffects, type EffectRunner } from './effects.ts';
import { createListeners } from './listeners.ts';
import { createLoop, type Answer } from './loop.ts';
import { createPosition } from './position.ts';
import { createSlots, type Slot } from './slots.ts';
import { createSnapshotKeeper } from './snapshotKeeper.ts';
import { restoreSnapshot, takeSnapshot } from './startingPoint.ts';
import { createWakes } from './wakes.ts';

/** An actor as it is in memory now. */
export type Current<State> = Readonly<{ id: ActorId; state: State; sequence: Sequence }>;

/** The actors of one kind, with that kind's types. */
export type ActorsOf<State, AnyCommand, Event> = Readonly<{
  /**
   * Resolves when the event is in the log.
   * @throws {Refusal} when the state does not allow it. @throws {LogUnavailable} when the log does not answer.
   */
  ask(id: ActorId, command: AnyCommand, cause: Cause): Promise<Answer<State, Event>>;
  /** What `ask` would decide now, from memory alone. Null when nothing, undefined for an actor not in memory. */
  preview(id: ActorId, command: AnyCommand): Event | null | undefined;
  /** Undefined for an actor that is unknown or dormant. */
  get(id: ActorId): Current<State> | undefined;
  all(): IterableIterator<Current<State>>;
  /** Every actor that has an event, dormant ones included. */
  ids(): IterableIterator<ActorId>;
  /** Every transition of this kind from now on, whichever gateway made it. Returns an idempotent unsubscribe. */
  subscribe(listener: (current: Current<State>, event: Event) => void): () => void;
}>;

export type Runtime = Readonly<{
  /**
   * Brings all actors into memory (snapshot, then log), follows the tail, settles what is owed.
   * @throws {LogUnavailable} when the log does not answer.
   */
  start(): Promise<void>;
  /** Waits for what was asked already, then writes a snapshot. May be called twice. */
  stop(): Promise<void>;
  of<Machine extends AnyStateMachine, AnyCommand extends Command, Event extends Fact, Effect>(
    definition: ActorKindDefinition<Machine, AnyCommand, Event, Effect>,
  ): ActorsOf<SnapshotFrom<Machine>, AnyCommand, Event>;
  /** The newest CONTROL sequence of the tail that is applied here. */
  position(): Sequence;
  /**
   * Resolves true once all that is in the log now is applied here, false when that takes longer than `timeoutMs`.
   * @throws {LogUnavailable} when the log does not answer.
   */
  catchUp(timeoutMs: number): Promise<boolean>;
  /** A cause for what this gateway does of itself. */
  ownCause(): Cause;
  /** `unreadable` are actors that refuse commands because this version cannot read all of their events. */
  stats(): Readonly<{ actors: number; ignored: number; unreadable: number; deadlines: number }>;
}>;

export type RuntimeOptions = Readonly<{
  log: EventLog;
  kinds: readonly AnyActorKind[];
  gatewayId: string;
  now: () => number;
  /** Runs what actors owe, by effect type. */
  effects?: Readonly<Record<string, EffectRunner>>;
  snapshots?: SnapshotStore;
  /** A snapshot is written after so many events, and at the stop; default 20,000. */
  snapshotEvery?: number;
  /** Dormant actors leave memory after so long; default 10 minutes. */
  idleMs?: number;
  /** Told what no caller is there to be told. */
  onError: (error: unknown, about: string) => void;
}>;

export function createRuntime(options: RuntimeOptions): Runtime {
  const { log, kinds, gatewayId, now, onError } = options;
  const { snapshots, snapshotEvery = 20_000, idleMs = 600_000 } = options;
  const listeners = createListeners(onError);
  const position = createPosition();
  let tail: Tail | undefined;
  let idleTimer: ReturnType<typeof setInterval> | undefined;
  let streamCreatedMs = 0;
  let ignored = 0;
  let isCaughtUp = false;
  let stopping: Promise<void> | undefined;

  const arm = (slot: Slot, state: AnyMachineSnapshot, notBeforeMs = 0) => {
    // What refuses every command would refuse this one too, again and again.
    const atMs = slot.unreadable ? undefined : slot.kind.wakeAtMs?.(state, gatewayId);
    deadlines.set(slot, atMs === undefined ? undefined : Math.max(atMs, notBeforeMs));
  };
  const slots = createSlots({
    kinds,
    now,
    onTransition(slot, transition) {
      // What a dormant actor did before it left memory is no news when it comes back.
      if (!isCaughtUp || transition.sequence <= slot.unloadedAt) return;
      arm(slot, transition.state);
      listeners.tell(transition);
    },
    onUnreadable: ({ unreadable, ref }) => onError(unreadable, `${ref.kind} ${ref.id}`),
    onIgnored({ kind, id }, sequence, { type }) {
      ignored += 1;
      onError(new Error(`${type} at ${sequence} has no effect in this state`), `${kind} ${id}`);
    },
  });
  const loop = createLoop({
    log,
    slots,
    now,
    onAppended: (slot, state) => effects.run(slot.kind, slot.ref, state),
    onError,
  });
  const ownCause = (): Cause => {
    const id = newRequestId();
    const by = { kind: 'gateway', id: gatewayId } as const;
    return { by, correlationId: id, causationId: id, traceId: traceIdOf(id) };
  };
  /** Of what this gateway does because of the actor's newest event. */
  const causeOf = (slot: Slot | undefined): Cause => {
    const { id, ...trail } = slot?.live?.trail() ?? {};
    return { ...ownCause(), ...trail, ...(id && { causationId: id }) };
  };
  const effects = createEffects({
    gatewayId,
    runners: options.effects ?? {},
    settle: (ref, command) => loop.ask(ref, command, causeOf(slots.get(ref))),
    onError,
  });
  const wakes = createWakes<Slot>(async (slot) => {
    const command = slot.live && slot.kind.wake?.(now());
    if (!command) return;
    try {
      const { fact, state } = await loop.ask(slot.ref, command, causeOf(slot));
      // A ring that changed nothing was early, or another gateway's was first.
      if (!fact) arm(slot, state, now() + 1_000);
    } catch (error) {
      onError(error, `waking ${slot.ref.kind} ${slot.ref.id}`);
      if (!slot.unreadable) deadlines.set(slot, now() + 1_000);
    }
  });
  const deadlines = createDeadlines<Slot>(now, wakes.due);

  const keeper = createSnapshotKeeper({
    store: snapshots,
    every: snapshotEvery,
    take: () => takeSnapshot(slots, kinds, streamCreatedMs, position.at(), position.newest()),
    onError,
  });
  const stop = async () => {
    clearInterval(idleTimer);
    deadlines.stop();
    wakes.stop();
    effects.stop();
    await effects.idle();
    await Promise.all([...slots.all()].map((slot) => slot.mailbox.idle()));
    loop.stop();
    await tail?.stop();
    if (isCaughtUp) await keeper.save();
    for (const slot of slots.all()) slot.live?.stop();
  };

  return {
    async start() {
      const stream = await log.state('CONTROL');
      streamCreatedMs = stream.createdMs;
      const from = await restoreSnapshot(await snapshots?.load(), slots, kinds, log, stream);
      for (const ref of from.reread) await loop.load(ref);
      position.startAt(from.sequence, from.newest);
      keeper.startAt(from.sequence);
      tail = await log.tailControl(from.sequence, (message) => {
        loop.receive(message);
        position.passed(message);
        if (isCaughtUp) keeper.passed(position.at());
      });
      await position.reached(stream.lastSequence, Infinity);
      await loop.revived();
      isCaughtUp = true;
      for (const slot of slots.all()) {
        if (!slot.live) continue;
        arm(slot, slot.live.state());
        effects.run(slot.kind, slot.ref, slot.live.state());
      }
      keeper.passed(position.at());
      idleTimer = setInterval(() => slots.unloadIdle(idleMs), Math.max(idleMs / 4, 10));
      idleTimer.unref();
    },

    stop: () => (stopping ??= stop()),

    of(definition) {
      type Kind = typeof definition;
      type State = Parameters<Kind['decide']>[1];
      type AnyCommand = Parameters<Kind['decide']>[0];
      type Event = NonNullable<ReturnType<Kind['decide']>>;
      const { kind } = definition;
      // The one seam between the runtime's types and a kind's own.
      const current = (slot: Slot | undefined) =>
        slot?.live && {
          id: slot.ref.id,
          state: slot.live.state() as unknown as State,
          sequence: slot.live.sequence(),
        };
      return {
        ask: async (id, command, cause) =>
          (await loop.ask({ kind, id }, command, cause)) as unknown as Answer<State, Event>,
        preview(id, command: AnyCommand) {
          const found = current(slots.get({ kind, id }));
          return found && (definition.decide(command, found.state) as Event | null);
        },
        get: (id) => current(slots.get({ kind, id })),
        *all() {
          for (const slot of slots.ofKind(kind)) {
            const found = current(slot);
            if (found && found.sequence > 0) yield found;
          }
        },
        *ids() {
          for (const { live, unloadedAt, ref } of slots.ofKind(kind)) {
            if ((live?.sequence() ?? unloadedAt) > 0) yield ref.id;
          }
        },
        subscribe(listener) {
          return listeners.add(kind, ({ actor, fact, sequence, state }) =>
            listener({ id: actor.id, state: state as unknown as State, sequence }, fact as Event),
          );
        },
      };
    },
    position: position.at,
    async catchUp(timeoutMs) {
      const { lastSequence } = await log.state('CONTROL');
      if (!(await position.reached(lastSequence, timeoutMs))) return false;
      await loop.revived();
      return true;
    },
    ownCause,
    stats: () => ({
      actors: slots.size(),
      ignored,
      unreadable: [...slots.all()].filter((slot) => slot.unreadable).length,
      deadlines: deadlines.size(),
    }),
  };
}
