/** States to start from: one file that saves reading the log from its beginning. Disposable at any time. */
import { rename, rm } from 'node:fs/promises';
import type { ActorId } from './ids.ts';
import type { ActorKind, Sequence } from './event.ts';
import { t, type Static } from './schema.ts';
import { Value } from '@sinclair/typebox/value';

const file = t.Object({
  format: t.Literal(1),
  /** The stream it was made from: another creation time means another log. */
  streamCreatedMs: t.Integer(),
  /** All events up to here are in the states. */
  sequence: t.Integer(),
  /** Version of each kind's machine. */
  machines: t.Record(t.String(), t.Integer()),
  /** `[kind, id, sequence of the actor, state]`; the state is null for an actor that is not in memory. */
  actors: t.Array(t.Tuple([t.String(), t.String(), t.Integer(), t.Unknown()])),
});

export type ControlSnapshot = Omit<Static<typeof file>, 'actors'> & {
  actors: readonly (readonly [ActorKind, ActorId, Sequence, unknown])[];
};

export type SnapshotStore = Readonly<{
  /** The newest snapshot, or undefined when there is none or it cannot be trusted: the log is read instead. */
  load(): Promise<ControlSnapshot | undefined>;
  /** Replaces the snapshot; a crash in between leaves the old one. */
  save(snapshot: ControlSnapshot): Promise<void>;
}>;

/** A snapshot in one file, with a checksum in its first line. */
export function snapshotFile(path: string): SnapshotStore {
  const checksum = (body: string) => Bun.hash(body).toString(16);
  return {
    async load() {
      const text = await Bun.file(path)
        .text()
        .catch(() => '');
      const end = text.indexOf('\n');
      const body = text.slice(end + 1);
      if (end < 0 || text.slice(0, end) !== checksum(body)) return undefined;
      const parsed: unknown = JSON.parse(body);
      return Value.Check(file, parsed) ? (parsed as unknown as ControlSnapshot) : undefined;
    },
    async save(snapshot) {
      const body = JSON.stringify(snapshot);
      const draft = `${path}.${process.pid}`;
      await Bun.write(draft, `${checksum(body)}\n${body}`);
      await rename(draft, path).catch(async (error: unknown) => {
        await rm(draft, { force: true });
        throw error;
      });
    },
  };
}
