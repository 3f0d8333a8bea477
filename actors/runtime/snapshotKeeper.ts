/** Writes a snapshot now and then, and at the stop. */
import type { Sequence } from '../../events/event.ts';
import type { ControlSnapshot, SnapshotStore } from '../../events/snapshots.ts';

export type SnapshotKeeper = Readonly<{
  startAt(sequence: Sequence): void;
  /** Writes one in the background when enough has happened since the last. */
  passed(sequence: Sequence): void;
  /** Writes one now, after the one that is being written, unless nothing has happened. */
  save(): Promise<void>;
}>;

type Options = Readonly<{
  store: SnapshotStore | undefined;
  /** So many events apart. */
  every: number;
  /** Undefined when there is nothing worth keeping. */
  take: () => ControlSnapshot | undefined;
  onError: (error: unknown, about: string) => void;
}>;

export function createSnapshotKeeper({ store, every, take, onError }: Options): SnapshotKeeper {
  let savedAt: Sequence = 0;
  let triedAt: Sequence = 0;
  let saving: Promise<void> | undefined;

  const write = async () => {
    const snapshot = take();
    if (!store || !snapshot || snapshot.sequence === savedAt) return;
    triedAt = snapshot.sequence;
    try {
      await store.save(snapshot);
      savedAt = snapshot.sequence;
    } catch (error) {
      onError(error, 'writing a snapshot');
    }
  };

  return {
    startAt(sequence) {
      savedAt = sequence;
      triedAt = sequence;
    },
    passed(sequence) {
      if (!store || saving || sequence - triedAt < every) return;
      saving = write().finally(() => (saving = undefined));
    },
    async save() {
      await saving;
      await write();
    },
  };
}
