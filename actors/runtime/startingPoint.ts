/** Where the runtime starts reading: a snapshot of all actors, or the beginning of the log when in doubt. */
import type { Snapshot } from 'xstate';
import type { ActorRef, Sequence } from '../../events/event.ts';
import type { EventLog, StreamState } from '../../events/log.ts';
import type { ControlSnapshot } from '../../events/snapshots.ts';
import type { AnyActorKind } from './actorKind.ts';
import type { Newest } from './position.ts';
import type { Slot, Slots } from './slots.ts';

/** What is in place before the tail begins. */
export type StartingPoint = Readonly<{
  /** All readable events up to here are in the actors. */
  sequence: Sequence;
  newest: Newest | undefined;
  /** Actors that have to be read from the log first. */
  reread: readonly ActorRef[];
}>;

const beginning: StartingPoint = { sequence: 0, newest: undefined, reread: [] };

const versionsOf = (kinds: readonly AnyActorKind[]): Record<string, number> =>
  Object.fromEntries(kinds.map((kind) => [kind.kind, kind.machineVersion]));

const sequenceOf = (slot: Slot): Sequence => slot.live?.sequence() ?? slot.unloadedAt;

/** All actors as they are at `sequence`; undefined where nothing could prove later which log they are from. */
export function takeSnapshot(
  slots: Slots,
  kinds: readonly AnyActorKind[],
  streamCreatedMs: number,
  sequence: Sequence,
  newest: Newest | undefined,
): ControlSnapshot | undefined {
  if (!newest) return undefined;
  const known = [...slots.all()].filter((slot) => slot.unreadable || sequenceOf(slot) > 0);
  // An actor is ahead by an event of this gateway that the tail has yet to bring.
  const isSound = (slot: Slot) => !slot.unreadable && sequenceOf(slot) <= sequence;
  return {
    format: 2,
    streamCreatedMs,
    sequence,
    newest,
    machines: versionsOf(kinds),
    actors: known
      .filter(isSound)
      .map((slot) => [
        slot.ref.kind,
        slot.ref.id,
        sequenceOf(slot),
        slot.live?.persisted() ?? null,
        slot.live?.trail() ?? null,
      ]),
    reread: known.filter((slot) => !isSound(slot)).map(({ ref }) => [ref.kind, ref.id]),
  };
}

/** True when the snapshot was made from this log, by these machines. */
async function isTrusted(
  { newest, ...snapshot }: ControlSnapshot,
  kinds: readonly AnyActorKind[],
  log: EventLog,
  stream: StreamState,
): Promise<boolean> {
  if (snapshot.streamCreatedMs !== stream.createdMs) return false;
  if (Math.max(snapshot.sequence, newest.sequence) > stream.lastSequence) return false;
  if (!Bun.deepEquals(snapshot.machines, versionsOf(kinds))) return false;
  // A log that was put back from a backup, or lost its end, has other events where these were.
  const found = await log.readOne(newest.sequence);
  return found?.ok === true && found.event.id === newest.id;
}

/** Puts the actors of a snapshot in place; without one that can be trusted all is read from the beginning. */
export async function restoreSnapshot(
  snapshot: ControlSnapshot | undefined,
  slots: Slots,
  kinds: readonly AnyActorKind[],
  log: EventLog,
  stream: StreamState,
): Promise<StartingPoint> {
  if (!snapshot || !(await isTrusted(snapshot, kinds, log, stream))) return beginning;
  try {
    for (const [kind, id, sequence, state, trail] of snapshot.actors) {
      const slot = slots.open({ kind, id });
      if (state === null) slot.unloadedAt = sequence;
      else {
        const persisted = state as Snapshot<unknown>;
        slots.live(slot, { snapshot: persisted, sequence, trail: trail ?? undefined });
      }
    }
  } catch {
    // A machine that was changed without another version does not know its own states.
    slots.clear();
    return beginning;
  }
  const { sequence, newest } = snapshot;
  return { sequence, newest, reread: snapshot.reread.map(([kind, id]) => ({ kind, id })) };
}
