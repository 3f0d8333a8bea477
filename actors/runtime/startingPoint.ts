/** Where the runtime starts reading: a snapshot of all actors, or the beginning of the log when in doubt. */
import type { Snapshot } from 'xstate';
import type { Sequence } from '../../events/event.ts';
import type { StreamState } from '../../events/log.ts';
import type { ControlSnapshot } from '../../events/snapshots.ts';
import type { AnyActorKind } from './actorKind.ts';
import type { Slots } from './slots.ts';

const versionsOf = (kinds: readonly AnyActorKind[]): Record<string, number> =>
  Object.fromEntries(kinds.map((kind) => [kind.kind, kind.machineVersion]));

/** All actors as they are at `sequence`. */
export function takeSnapshot(
  slots: Slots,
  kinds: readonly AnyActorKind[],
  stream: StreamState,
  sequence: Sequence,
): ControlSnapshot {
  return {
    format: 1,
    streamCreatedMs: stream.createdMs,
    sequence,
    machines: versionsOf(kinds),
    actors: [...slots.all()]
      .filter((slot) => !slot.unreadable && (slot.live?.sequence() ?? slot.unloadedAt) > 0)
      .map((slot) => [
        slot.ref.kind,
        slot.ref.id,
        slot.live?.sequence() ?? slot.unloadedAt,
        slot.live?.persisted() ?? null,
      ]),
  };
}

/** Puts the actors of a snapshot in place and answers with its sequence; 0 when it cannot be trusted. */
export function restoreSnapshot(
  snapshot: ControlSnapshot | undefined,
  slots: Slots,
  kinds: readonly AnyActorKind[],
  stream: StreamState,
): Sequence {
  if (!snapshot || snapshot.streamCreatedMs !== stream.createdMs) return 0;
  if (snapshot.sequence > stream.lastSequence) return 0;
  if (!Bun.deepEquals(snapshot.machines, versionsOf(kinds))) return 0;
  for (const [kind, id, sequence, state] of snapshot.actors) {
    const slot = slots.open({ kind, id });
    if (state === null) slot.unloadedAt = sequence;
    else slots.live(slot, { snapshot: state as Snapshot<unknown>, sequence });
  }
  return snapshot.sequence;
}
