/** States to start from: one file that saves reading the log from its beginning. Disposable at any time. */
import { rename, rm } from 'node:fs/promises';
import { Value } from '@sinclair/typebox/value';
import type { ActorKind, Sequence } from './event.ts';
import type { ActorId, EventId, RequestId, TraceId } from './ids.ts';
import { t, type Static } from './schema.ts';

const trail = t.Union([
  t.Object({ id: t.String(), correlationId: t.String(), traceId: t.String() }),
  t.Null(),
]);

const file = t.Object({
  format: t.Literal(2),
  /** The stream it was made from: another creation time means another log. */
  streamCreatedMs: t.Integer(),
  /** All events up to here are in the states. */
  sequence: t.Integer(),
  /** The newest event in the states: a log in which another one stands there has another past. */
  newest: t.Object({ sequence: t.Integer(), id: t.String() }),
  /** Version of each kind's machine. */
  machines: t.Record(t.String(), t.Integer()),
  /** `[kind, id, sequence of the actor, state, newest event]`; the last two are null for an actor not in memory. */
  actors: t.Array(t.Tuple([t.String(), t.String(), t.Integer(), t.Unknown(), trail])),
  /** Actors that have to be read from the log all the same: unreadable ones, and those ahead of `sequence`. */
  reread: t.Array(t.Tuple([t.String(), t.String()])),
});

/** An actor's newest event, and the request it belongs to. */
type SnapshotTrail = Readonly<{ id: EventId; correlationId: RequestId; traceId: TraceId }>;

/** All actors at one sequence of the log. */
export type ControlSnapshot = Omit<Static<typeof file>, 'newest' | 'actors' | 'reread'> & {
  newest: Readonly<{ sequence: Sequence; id: EventId }>;
  actors: readonly (readonly [ActorKind, ActorId, Sequence, unknown, SnapshotTrail | null])[];
  reread: readonly (readonly [ActorKind, ActorId])[];
};

export type SnapshotStore = Readonly<{
  /** The newest snapshot, or undefined when there is none or it cannot be trusted: the log is read instead. */
  load(): Promise<ControlSnapshot | undefined>;
  /** Replaces the snapshot; a crash in between leaves the old one. */
  save(snapshot: ControlSnapshot): Promise<void>;
}>;

/** A snapshot in one file, with a checksum in its first line. One process writes it. */
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
      // Always the same name, so that crashes leave one draft at most; a torn one has no valid checksum.
      const draft = `${path}.draft`;
      try {
        await Bun.write(draft, `${checksum(body)}\n${body}`);
        await rename(draft, path);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },
  };
}
