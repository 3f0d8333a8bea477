/** The read models of one file as a whole: messages in, rows and checkpoints out, in one transaction. */
import type { Sequence } from '../event.ts';
import type { ControlMessage, StreamState, TrafficMessage } from '../log.ts';
import type { StreamName } from '../subjects.ts';
import type { TrafficEvent } from '../traffic.ts';
import { isUsualRow } from '../usualRows.ts';
import { batches } from './batches.ts';
import { checkpointAtStart, checkpoints, type Checkpoint } from './checkpoints.ts';
import { closedDays } from './closedDays.ts';
import { isConversationEvent, isDayEvent, isProviderKeyEvent } from './controlEvents.ts';
import { conversations } from './conversations.ts';
import { dayOf } from './dailyRows.ts';
import { dailyStats } from './dailyStats.ts';
import { dailyTools } from './dailyTools.ts';
import { fileIdentity, openDatabase } from './database.ts';
import { droppedTraffic } from './droppedTraffic.ts';
import { eventIndex } from './eventIndex.ts';
import { providerKeys } from './providerKeys.ts';
import { recentCounts } from './recentCounts.ts';
import { eventsPerMessage, positionOf, requests } from './requests.ts';
import { toolCalls } from './toolCalls.ts';

export type StreamStates = Readonly<Record<StreamName, StreamState>>;

/** Where a message was missing: nothing from it on was projected. */
export type Gap = Readonly<{ stream: StreamName; expected: Sequence; found: Sequence }>;

/** Messages in the order in which each stream has them. */
export type Inbox = Readonly<{
  control: readonly ControlMessage[];
  conversations: readonly ControlMessage[];
  traffic: readonly TrafficMessage[];
}>;

const sequenceOf = (message: ControlMessage): Sequence =>
  message.ok ? message.event.sequence : message.sequence;

const year10000Ms = 253_402_300_800_000;

/** A gateway's clock may say anything; what is no time of a calendar gives way to the log's own. */
function withSaneTime(event: TrafficEvent, logTimeMs: number): TrafficEvent {
  const { atMs } = event;
  if (Number.isInteger(atMs) && atMs >= 0 && atMs < year10000Ms) return event;
  const floor = Math.floor(atMs);
  return { ...event, atMs: floor >= 0 && floor < year10000Ms ? floor : logTimeMs };
}

/** Rows pruned in one transaction: a few milliseconds of work. */
const pruneRows = 5_000;

/** Opens the read models at a path; made anew when what stands there has another version. */
export function openStore(path: string, states: StreamStates) {
  const db = openDatabase(path);
  const identity = fileIdentity(path);
  const marks = checkpoints(db);
  const index = eventIndex(db, 'CONTROL');
  const conversationIndex = eventIndex(db, 'CONVERSATIONS');
  const conversationRows = conversations(db);
  const keys = providerKeys(db);
  const stats = dailyStats(db);
  const tools = dailyTools(db);
  const days = closedDays(db, stats, tools);
  const seen = batches(db);
  const requestRows = requests(db);
  const callRows = toolCalls(db);
  const dropped = droppedTraffic(db);
  const recent = recentCounts(db);

  const start = (stream: StreamName): Checkpoint =>
    marks.read(stream) ?? checkpointAtStart(stream, states[stream].createdMs);
  let at = {
    CONTROL: start('CONTROL'),
    CONVERSATIONS: start('CONVERSATIONS'),
    TRAFFIC: start('TRAFFIC'),
  };
  let prunedBefore: Sequence = 0;

  function applyControl(message: ControlMessage, mark: Checkpoint): Checkpoint {
    index.apply(message, mark.timeMs);
    const sequence = sequenceOf(message);
    if (!message.ok) return { ...mark, sequence, unreadable: mark.unreadable + 1 };
    const { event } = message;
    if (isProviderKeyEvent(event)) keys.apply(event);
    if (isDayEvent(event)) days.apply(event);
    return { ...mark, sequence, timeMs: event.timeMs };
  }

  function applyConversation(message: ControlMessage, mark: Checkpoint): Checkpoint {
    conversationIndex.apply(message, mark.timeMs);
    const sequence = sequenceOf(message);
    if (!message.ok) return { ...mark, sequence, unreadable: mark.unreadable + 1 };
    const { event } = message;
    if (isConversationEvent(event)) conversationRows.apply(event);
    return { ...mark, sequence, timeMs: event.timeMs };
  }

  function applyEvent(n: number, event: TrafficEvent, sequence: Sequence): void {
    // The log alone tells of it.
    if (event.type === 'McpConnectionOpened') return;
    if (event.type === 'RequestFinished') requestRows.apply(n, event);
    else if (event.type === 'ToolCalled') callRows.apply(n, event);
    else dropped.apply(n, event);
    recent.apply(event);
    const day = dayOf(event.atMs);
    if (!days.counts(day, sequence)) return;
    if (event.type !== 'ToolCalled') stats.apply(day, event);
    if (event.type !== 'RequestFinished') tools.apply(day, event);
  }

  function applyTraffic(message: TrafficMessage, mark: Checkpoint): Checkpoint {
    const { sequence, timeMs, entries, strings, skipped } = message;
    const excess = Math.max(0, entries.length - eventsPerMessage);
    const next = { ...mark, sequence, timeMs, unreadable: mark.unreadable + skipped + excess };
    if (seen.isRepeat(message)) return next;
    seen.apply(message);
    const whole = excess === 0 ? entries : entries.slice(0, eventsPerMessage);
    const countRow = stats.rowCounter(strings);
    const countRecent = recent.rowCounter(strings);
    let place = 0;
    for (const entry of whole) {
      const n = positionOf(sequence, place);
      place += 1;
      if (isUsualRow(entry)) {
        requestRows.applyRow(n, entry, strings);
        countRecent(entry);
        const day = dayOf(entry[1]);
        if (days.counts(day, sequence)) countRow(day, entry);
      } else applyEvent(n, withSaneTime(entry, timeMs), sequence);
    }
    return next;
  }

  const transact = db.$client.transaction((inbox: Inbox): Gap | undefined => {
    let gap: Gap | undefined;
    const inOrder = (
      messages: readonly ControlMessage[],
      from: Checkpoint,
      apply: (message: ControlMessage, mark: Checkpoint) => Checkpoint,
    ): Checkpoint => {
      let mark = from;
      for (const message of messages) {
        const found = sequenceOf(message);
        if (found <= mark.sequence) continue;
        const expected = mark.sequence + 1;
        if (found > expected) {
          gap ??= { stream: mark.stream, expected, found };
          break;
        }
        mark = apply(message, mark);
      }
      return mark;
    };
    const control = inOrder(inbox.control, at.CONTROL, applyControl);
    const said = inOrder(inbox.conversations, at.CONVERSATIONS, applyConversation);
    let traffic = at.TRAFFIC;
    for (const message of inbox.traffic) {
      if (message.sequence <= traffic.sequence) continue;
      const expected = traffic.sequence + 1;
      if (message.sequence > expected) {
        gap ??= { stream: 'TRAFFIC', expected, found: message.sequence };
        break;
      }
      traffic = applyTraffic(message, traffic);
    }
    requestRows.flush();
    stats.flush();
    tools.flush();
    if (traffic !== at.TRAFFIC) {
      recent.flush(traffic.timeMs);
      seen.prune(traffic.timeMs);
    }
    if (control !== at.CONTROL) marks.write(control);
    if (said !== at.CONVERSATIONS) marks.write(said);
    if (traffic !== at.TRAFFIC) marks.write(traffic);
    at = { CONTROL: control, CONVERSATIONS: said, TRAFFIC: traffic };
    return gap;
  });

  return {
    /** False when the streams are not those that the rows were made from. */
    fits: (streams: StreamStates): boolean =>
      Object.values(at).every(
        ({ stream, createdMs, sequence }) =>
          createdMs === streams[stream].createdMs && sequence <= streams[stream].lastSequence,
      ),

    /**
     * Rows and checkpoints of these messages in one transaction; what is projected already is passed over. After
     * an error nothing of them is written, and the store is to be opened again.
     */
    apply: (inbox: Inbox): Gap | undefined => transact.immediate(inbox),

    /**
     * Goes on at `next`: the log no longer has what came before. Answers how many messages were lost; a rebuild
     * that begins where the log begins has lost none.
     */
    skipTo(stream: StreamName, next: Sequence): number {
      const mark = at[stream];
      const missed = Math.max(0, next - 1 - mark.sequence);
      if (missed === 0) return 0;
      const moved = { ...mark, sequence: next - 1, lost: mark.lost + (mark.sequence && missed) };
      marks.write(moved);
      at = { ...at, [stream]: moved };
      return moved.lost - mark.lost;
    },

    /** Drops rows of messages that TRAFFIC has dropped; true when nothing is left to drop. */
    prune(before: Sequence): boolean {
      if (before <= prunedBefore) return true;
      const areDone = [requestRows.prune(before, pruneRows), callRows.prune(before, pruneRows)];
      if (areDone.includes(false)) return false;
      dropped.prune(positionOf(before, 0));
      seen.pruneTimes(before);
      prunedBefore = before;
      return true;
    },

    position: (stream: StreamName): Sequence => at[stream].sequence,
    /** The log's time of the newest projected traffic. */
    trafficTimeMs: (): number => at.TRAFFIC.timeMs,
    days,
    totalsOf: (day: string) => ({ rows: stats.rowsOf(day), tools: tools.rowsOf(day) }),
    /** True while the file that was opened stands at the path. */
    isInPlace: (): boolean => fileIdentity(path) === identity,
    close: (): void => db.$client.close(),
  };
}
export type Store = ReturnType<typeof openStore>;
