/** All CONTROL actors of one gateway: in memory from the start, following the tail, ringing their deadlines. */
import type { AnyMachineSnapshot, AnyStateMachine, SnapshotFrom } from 'xstate';
import type { Cause, Fact, Sequence } from '../../events/event.ts';
import { newRequestId, traceIdOf, type ActorId } from '../../events/ids.ts';
import type { EventLog, Tail } from '../../events/log.ts';
import type { SnapshotStore } from '../../events/snapshots.ts';
import type { ActorKindDefinition, AnyActorKind, Command } from './actorKind.ts';
import { createDeadlines } from './deadlines.ts';
import { createEffects, type EffectRunner } from './effects.ts';
import type { Transition } from './liveActor.ts';
import { createLoop, type Answer } from './loop.ts';
import { createSlots, type Slot } from './slots.ts';
import { restoreSnapshot, takeSnapshot } from './startingPoint.ts';

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
  /** Every transition of this kind from now on, whichever gateway made it. Returns an idempotent unsubscribe. */
  subscribe(listener: (current: Current<State>, event: Event) => void): () => void;
}>;

export type Runtime = Readonly<{
  /** Brings all actors into memory (snapshot, then log), follows the tail, settles what is owed. */
  start(): Promise<void>;
  stop(): Promise<void>;
  of<Machine extends AnyStateMachine, AnyCommand extends Command, Event extends Fact, Effect>(
    definition: ActorKindDefinition<Machine, AnyCommand, Event, Effect>,
  ): ActorsOf<SnapshotFrom<Machine>, AnyCommand, Event>;
  /** The newest CONTROL sequence of the tail that is applied here. */
  position(): Sequence;
  /** A cause for what this gateway does of itself. */
  ownCause(): Cause;
  stats(): Readonly<{ actors: number; ignored: number; deadlines: number }>;
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
  const { log, kinds, gatewayId, now, onError, snapshots, snapshotEvery = 20_000 } = options;
  const idleMs = options.idleMs ?? 600_000;
  const listeners = new Map<string, Set<(transition: Transition) => void>>();
  let tail: Tail | undefined;
  let idleTimer: ReturnType<typeof setInterval> | undefined;
  let position: Sequence = 0;
  let snapshotAt: Sequence = 0;
  let saving: Promise<void> | undefined;
  let ignored = 0;
  let isCaughtUp = false;

  const arm = (slot: Slot, state: AnyMachineSnapshot, notBeforeMs = 0) => {
    const atMs = slot.kind.wakeAtMs?.(state);
    deadlines.set(slot, atMs === undefined ? undefined : Math.max(atMs, notBeforeMs));
  };
  const slots = createSlots({
    kinds,
    now,
    onTransition(slot, transition) {
      if (!isCaughtUp) return;
      arm(slot, transition.state);
      for (const listener of listeners.get(slot.ref.kind) ?? []) listener(transition);
    },
    onIgnored({ kind, id }, sequence, fact) {
      ignored += 1;
      onError(
        new Error(`${fact.type} at ${sequence} has no effect in this state`),
        `${kind} ${id}`,
      );
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
  const effects = createEffects({
    runners: options.effects ?? {},
    settle: (ref, command) => loop.ask(ref, command, ownCause()),
    onError,
  });
  const deadlines = createDeadlines<Slot>(now, (slot) => {
    const command = slot.live && slot.kind.wake?.(now());
    if (!command) return;
    loop.ask(slot.ref, command, ownCause()).then(
      // A ring that changed nothing was early, or another gateway's was first.
      ({ fact, state }) => fact ?? arm(slot, state, now() + 1_000),
      (error: unknown) => {
        onError(error, `waking ${slot.ref.kind} ${slot.ref.id}`);
        deadlines.set(slot, now() + 1_000);
      },
    );
  });

  const save = async () => {
    if (!snapshots || position === snapshotAt) return;
    snapshotAt = position;
    const stream = await log.state('CONTROL');
    await snapshots.save(takeSnapshot(slots, kinds, stream, position));
  };
  const unloadIdle = () => {
    for (const slot of slots.all()) {
      const isIdle = slot.mailbox.waiting() === 0 && now() - slot.lastUsedMs >= idleMs;
      if (isIdle && slot.live && slot.kind.isDormant?.(slot.live.state())) slots.unload(slot);
    }
  };

  return {
    async start() {
      const stream = await log.state('CONTROL');
      position = restoreSnapshot(await snapshots?.load(), slots, kinds, stream);
      snapshotAt = position;
      const { promise: caughtUp, resolve } = Promise.withResolvers<void>();
      if (position >= stream.lastSequence) resolve();
      tail = await log.tailControl(position, (message) => {
        loop.receive(message);
        position = message.ok ? message.event.sequence : message.sequence;
        if (position >= stream.lastSequence) resolve();
        if (!isCaughtUp || position - snapshotAt < snapshotEvery || saving) return;
        saving = save()
          .catch((error: unknown) => onError(error, 'writing a snapshot'))
          .finally(() => (saving = undefined));
      });
      await caughtUp;
      isCaughtUp = true;
      for (const slot of slots.all()) {
        if (!slot.live) continue;
        arm(slot, slot.live.state());
        effects.run(slot.kind, slot.ref, slot.live.state());
      }
      idleTimer = setInterval(unloadIdle, Math.max(idleMs / 4, 10));
      idleTimer.unref();
    },

    async stop() {
      clearInterval(idleTimer);
      deadlines.stop();
      effects.stop();
      await Promise.all([...slots.all()].map((slot) => slot.mailbox.idle()));
      await tail?.stop();
      await saving;
      if (isCaughtUp) await save().catch((error: unknown) => onError(error, 'writing a snapshot'));
      for (const slot of slots.all()) slot.live?.stop();
    },

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
        subscribe(listener) {
          const relay = ({ actor, fact, sequence, state }: Transition) =>
            listener({ id: actor.id, state: state as unknown as State, sequence }, fact as Event);
          const ofKind = listeners.get(kind) ?? new Set();
          listeners.set(kind, ofKind.add(relay));
          return () => void ofKind.delete(relay);
        },
      };
    },
    position: () => position,
    ownCause,
    stats: () => ({ actors: slots.size(), ignored, deadlines: deadlines.size() }),
  };
}
