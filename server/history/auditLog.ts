/**
 * Finds events of CONTROL, or of CONVERSATIONS where that kind is asked for. SQL is only the index: the bodies come from the log, and so does what the index does not
 * hold yet. Without an index the log itself is looked through, a bounded stretch at a time.
 */
import type { Sequence } from '../../events/event.ts';
import type { ControlMessage, EventLog } from '../../events/log.ts';
import type { IndexedStream } from '../../events/projections/eventIndex.ts';
import type { ReadModels } from '../../events/projections/readModels.ts';

export type EventFilter = Readonly<{
  kind?: string;
  id?: string;
  type?: string;
  correlationId?: string;
  /** Both included; the log's own time. */
  fromMs?: number;
  toMs?: number;
}>;

export type EventQuery = Readonly<{
  filter: EventFilter;
  order: 'asc' | 'desc';
  /** The sequence of the last event seen. */
  after: Sequence | undefined;
  limit: number;
}>;

/**
 * `next` is the `after` of the following page, null at the end. A page may hold fewer events than were asked for,
 * even none, and still name a next one: then that much of the log was looked through.
 */
export type EventPage = Readonly<{
  events: readonly ControlMessage[];
  next: Sequence | null;
  /** The log's newest sequence at the time of the answer. */
  lastSequence: Sequence;
}>;

/** Messages looked through for one answer where there is no index. */
const scanAtMost = 5_000;
/** What was said makes messages large. */
const scanConversationsAtMost = 500;
/** Bodies asked of the log at the same time. */
const readsAtOnce = 16;

const sequenceOf = (message: ControlMessage): Sequence =>
  message.ok ? message.event.sequence : message.sequence;

function fits(message: ControlMessage, filter: EventFilter): boolean {
  const actor = message.ok ? message.event.actor : message.actor;
  const type = message.ok ? message.event.type : message.error.type;
  const { kind, id, fromMs, toMs, correlationId } = filter;
  if (kind !== undefined && kind !== actor?.kind) return false;
  if (id !== undefined && id !== actor?.id) return false;
  if (filter.type !== undefined && filter.type !== type) return false;
  // The time and the cause of what cannot be read are not known.
  if (!message.ok) return fromMs === undefined && toMs === undefined && correlationId === undefined;
  const { cause, timeMs } = message.event;
  if (correlationId !== undefined && correlationId !== cause.correlationId) return false;
  return (fromMs === undefined || timeMs >= fromMs) && (toMs === undefined || timeMs <= toMs);
}

const reading = (log: EventLog, stream: IndexedStream) =>
  stream === 'CONTROL' ? log.readControl : log.readConversations;

/** Conversations have a stream and sequences of their own: what asks for no kind is of CONTROL. */
const streamOf = ({ kind }: EventFilter): IndexedStream =>
  kind === 'conversation' ? 'CONVERSATIONS' : 'CONTROL';

/** The messages with these sequences, which ascend or descend, in that order. */
async function readBodies(log: EventLog, stream: IndexedStream, sequences: readonly Sequence[]) {
  const read = reading(log, stream);
  const one = async (sequence: Sequence) =>
    stream === 'CONTROL' ? log.readOne(sequence) : (await read(sequence - 1, sequence))[0];
  const first = Math.min(...sequences);
  const last = Math.max(...sequences);
  const found = new Map<Sequence, ControlMessage>();
  if (last - first < 2 * sequences.length) {
    for (const message of await read(first - 1, last)) found.set(sequenceOf(message), message);
  } else {
    for (let start = 0; start < sequences.length; start += readsAtOnce) {
      const some = sequences.slice(start, start + readsAtOnce);
      for (const message of await Promise.all(some.map(one))) {
        if (message) found.set(sequenceOf(message), message);
      }
    }
  }
  return sequences.flatMap((sequence) => found.get(sequence) ?? []);
}

type Sources = Readonly<{
  log: EventLog;
  readModels: Pick<ReadModels, 'eventIndex' | 'positions'>;
}>;
type Stretch = Readonly<{ events: readonly ControlMessage[]; next: Sequence | null }>;

async function fromIndex({ log, readModels }: Sources, query: EventQuery): Promise<Stretch> {
  const { filter, order, after, limit } = query;
  const { rows, next } = readModels.eventIndex({
    ...filter,
    stream: streamOf(filter),
    ...(after !== undefined && { after }),
    order: order === 'asc' ? 'oldest-first' : 'newest-first',
    limit,
  });
  if (rows.length === 0) return { events: [], next };
  return {
    events: await readBodies(
      log,
      streamOf(filter),
      rows.map((row) => row.sequence),
    ),
    next,
  };
}

/** Looks through `after < sequence <= upTo`, oldest first or newest first. */
async function fromLog(
  { log }: Sources,
  { filter, order, limit }: EventQuery,
  after: Sequence,
  upTo: Sequence,
): Promise<Stretch> {
  if (after >= upTo || limit === 0) return { events: [], next: null };
  const isAscending = order === 'asc';
  const stream = streamOf(filter);
  const most = stream === 'CONTROL' ? scanAtMost : scanConversationsAtMost;
  const from = isAscending ? after : Math.max(after, upTo - most);
  const to = isAscending ? Math.min(upTo, after + most) : upTo;
  const matching = (await reading(log, stream)(from, to)).filter((message) =>
    fits(message, filter),
  );
  const events = (isAscending ? matching : matching.reverse()).slice(0, limit);
  const last = events.at(-1);
  if (last && events.length === limit) return { events, next: sequenceOf(last) };
  if (isAscending) return { events, next: to < upTo ? to : null };
  return { events, next: from > after ? from + 1 : null };
}

/** @throws {LogUnavailable} */
export async function findEvents(sources: Sources, query: EventQuery): Promise<EventPage> {
  const { order, after, limit } = query;
  const of = streamOf(query.filter);
  const { lastSequence, createdMs } = await sources.log.state(of);
  const checkpoint = sources.readModels.positions().find(({ stream }) => stream === of);
  // The read models of another log say nothing about this one.
  const isOfThisLog = checkpoint?.createdMs === createdMs;
  const indexedTo = isOfThisLog ? Math.min(checkpoint.sequence, lastSequence) : 0;
  const nothing: Stretch = { events: [], next: null };

  if (order === 'asc') {
    const start = after ?? 0;
    const indexed = start < indexedTo ? await fromIndex(sources, query) : nothing;
    if (indexed.next !== null) return { ...indexed, lastSequence };
    const rest = { ...query, limit: limit - indexed.events.length };
    const recent = await fromLog(sources, rest, Math.max(start, indexedTo), lastSequence);
    return { events: [...indexed.events, ...recent.events], next: recent.next, lastSequence };
  }

  const upTo = after === undefined ? lastSequence : Math.min(after - 1, lastSequence);
  const recent = await fromLog(sources, query, indexedTo, upTo);
  if (recent.next !== null || indexedTo === 0) return { ...recent, lastSequence };
  const rest = { ...query, limit: limit - recent.events.length };
  const indexed = await fromIndex(sources, { ...rest, after: Math.min(upTo, indexedTo) + 1 });
  return { events: [...recent.events, ...indexed.events], next: indexed.next, lastSequence };
}
