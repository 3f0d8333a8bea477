/** Makes the read models of a file again beside it, and says table by table whether both have the same rows. */
import { Database } from 'bun:sqlite';
import type { Sequence } from '../event.ts';
import type { ControlMessage, EventLog } from '../log.ts';
import type { StreamName } from '../subjects.ts';
import { discardDatabase, projectionVersion, versionOf } from './database.ts';
import { dump } from './dump.ts';
import { openSession, streamStates, type Session } from './session.ts';

export type Comparison = Readonly<{
  table: string;
  rows: number;
  rebuiltRows: number;
  isEqual: boolean;
}>;

/** The rows in use cannot be compared: the message says why and what to do. */
export class NotComparable extends Error {
  override readonly name = 'NotComparable';
}

const streams = ['CONTROL', 'CONVERSATIONS', 'TRAFFIC'] as const satisfies readonly StreamName[];

type Marks = Readonly<Record<StreamName, Sequence>>;

const sequenceOf = (message: ControlMessage): Sequence =>
  message.ok ? message.event.sequence : message.sequence;

/** The log as it was when the rows in use were written. */
const logUpTo = (log: EventLog, marks: Marks): EventLog => ({
  ...log,
  async state(stream) {
    const state = await log.state(stream);
    return { ...state, lastSequence: marks[stream] };
  },
  tailControl: (after, onMessage) =>
    log.tailControl(after, (message) => {
      if (sequenceOf(message) <= marks.CONTROL) onMessage(message);
    }),
  tailConversations: (after, onMessage) =>
    log.tailConversations(after, (message) => {
      if (sequenceOf(message) <= marks.CONVERSATIONS) onMessage(message);
    }),
  tailTraffic: (after, onMessage) =>
    log.tailTraffic(after, (message) => {
      if (message.sequence <= marks.TRAFFIC) onMessage(message);
    }),
});

async function rebuild(log: EventLog, databasePath: string, marks: Marks): Promise<void> {
  const done = Promise.withResolvers<void>();
  // It may be rejected before it is waited for.
  done.promise.catch(() => {});
  const opened: { session?: Session } = {};
  const onApplied = () => {
    const store = opened.session?.store;
    if (!store) return;
    if (streams.every((stream) => store.position(stream) >= marks[stream])) done.resolve();
  };
  const session = await openSession({
    log: logUpTo(log, marks),
    databasePath,
    gap: undefined,
    onApplied,
    onBroken: done.reject,
    onError: done.reject,
  });
  opened.session = session;
  onApplied();
  try {
    await done.promise;
  } finally {
    await session.stop();
  }
}

/** The checkpoints of the rows in use. @throws {NotComparable} */
async function marksOf(inUse: Database, log: EventLog): Promise<Marks> {
  const version = versionOf(inUse);
  if (version !== projectionVersion) {
    throw new NotComparable(
      `the database has version ${version}, this Signalbox writes ${projectionVersion}: start it once, it makes the rows anew`,
    );
  }
  const states = await streamStates(log);
  const marks = { CONTROL: 0, CONVERSATIONS: 0, TRAFFIC: 0 };
  const rows = inUse
    .query<{ stream: StreamName; sequence: Sequence; createdMs: number }, []>(
      'select stream, sequence, created_ms as createdMs from checkpoint',
    )
    .all();
  for (const { stream, sequence, createdMs } of rows) {
    if (createdMs !== states[stream].createdMs || sequence > states[stream].lastSequence) {
      throw new NotComparable(
        `the database was made from another ${stream} stream than the one in this log: check DATA_DIR, DATABASE_URL and NATS_URL`,
      );
    }
    marks[stream] = sequence;
  }
  return marks;
}

/**
 * Rebuilds up to the checkpoints of the file at `databasePath`, in a file beside it that is removed afterwards.
 * Rows of traffic that the log has dropped are compared only where closed days hold them. Changes nothing.
 * @throws {NotComparable} @throws {LogUnavailable}
 */
export async function compareWithRebuild(
  log: EventLog,
  databasePath: string,
): Promise<Comparison[]> {
  const besidePath = `${databasePath}.replay-${process.pid}`;
  const inUse = new Database(databasePath, { readonly: true });
  let rebuilt: Database | undefined;
  try {
    // One snapshot for the checkpoints and the rows, also while the projector goes on writing.
    inUse.run('begin');
    const marks = await marksOf(inUse, log);
    await rebuild(log, besidePath, marks);
    const { firstSequence } = await log.state('TRAFFIC');
    rebuilt = new Database(besidePath, { readonly: true });
    const found = dump(rebuilt, firstSequence);
    return dump(inUse, firstSequence).map((one, index) => ({
      table: one.table,
      rows: one.rows,
      rebuiltRows: found[index]?.rows ?? 0,
      isEqual: one.sha256 === found[index]?.sha256,
    }));
  } finally {
    rebuilt?.close();
    inUse.close();
    discardDatabase(besidePath);
  }
}
