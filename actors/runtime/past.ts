/**
 * Every moment of the log at hand: whoever moves through the past asks for many moments, one after the other. The log is
 * read once and cut into chapters; how all actors stood at the start of each is kept, and the newest chapters whole.
 */
import type { Sequence } from '../../events/event.ts';
import type { EventLog, UnreadableEvent } from '../../events/log.ts';
import type { AnyActorKind } from './actorKind.ts';
import { stateAfter, type Moment, type PastState } from './replay.ts';

export type Past = Readonly<{
  /**
   * The states of all actors of a kind then, as `statesAt` answers them.
   * @throws {UnreadableEvent} when an event of the kind before the moment cannot be read.
   */
  statesAt(kind: AnyActorKind, moment: Moment): Promise<PastState[]>;
  /** Forgets everything; it is made anew when somebody asks. May be called twice. */
  forget(): void;
}>;

export type PastOptions = Readonly<{
  log: Pick<EventLog, 'state' | 'readControl'>;
  kinds: readonly AnyActorKind[];
  /** Events of a chapter as long as the log is short; default 2,048. */
  chapterEvents?: number;
  /** With more chapters than this they become twice as long; default 64. */
  chaptersAtMost?: number;
  /** Memory is given back when nobody has asked for so long; default 5 minutes. */
  idleMs?: number;
}>;

type ByActor = ReadonlyMap<string, PastState>;
/** How all stood after an event. Maps are never changed once a stand holds them. */
type Stand = Readonly<{
  sequence: Sequence;
  timeMs: number;
  byKind: ReadonlyMap<string, ByActor>;
  /** The first event of a kind that cannot be read: what follows it would be a guess. */
  unreadable: ReadonlyMap<string, UnreadableEvent>;
}>;
type Step = Readonly<{
  sequence: Sequence;
  timeMs: number;
  kind: string;
  /** Undefined for what belongs to no kind, or follows what cannot be read. */
  past: PastState | undefined;
  error: UnreadableEvent | undefined;
}>;
type Chapter = Readonly<{ start: Stand; steps: readonly Step[]; end: Stand }>;

/** Of all chapters that are kept whole; the newest one is kept in any case. */
const stepsInMemory = 40_000;
/** Others have their turn after so many events. */
const foldAtOnce = 100;
const theBeginning: Stand = { sequence: 0, timeMs: 0, byKind: new Map(), unreadable: new Map() };

const othersFirst = () => new Promise<void>((resolve) => void setImmediate(resolve));

/** The last of an ascending list that fits; they fit from the first on. */
function lastThat<Item>(items: readonly Item[], fits: (item: Item) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && fits(item)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

const isBy = (moment: Moment, at: Readonly<{ sequence: Sequence; timeMs: number }>): boolean =>
  'sequence' in moment ? at.sequence <= moment.sequence : at.timeMs <= moment.timeMs;

export function createPast(options: PastOptions): Past {
  const { log, kinds, chapterEvents = 2_048, chaptersAtMost = 64, idleMs = 300_000 } = options;
  const kindOf = new Map<string, AnyActorKind>(kinds.map((kind) => [kind.kind, kind]));
  let everyEvents = chapterEvents;
  let createdMs = 0;
  /** Ascending; the first is before all events. */
  let stands: readonly Stand[] = [theBeginning];
  /** By the sequence of their start, the last used last. */
  let chapters: readonly Chapter[] = [];
  let isAsked: Promise<unknown> = Promise.resolve();
  let idleTimer: ReturnType<typeof setTimeout> | undefined;

  const forget = () => {
    clearTimeout(idleTimer);
    stands = [theBeginning];
    chapters = [];
    everyEvents = chapterEvents;
  };

  const keep = (chapter: Chapter) => {
    const others = chapters.filter(({ start }) => start.sequence !== chapter.start.sequence);
    let steps = chapter.steps.length;
    const kept = others.toReversed().filter((one) => (steps += one.steps.length) <= stepsInMemory);
    chapters = [...kept.reverse(), chapter];
  };

  /** The chapter up to and with `upTo`: what is missing of it is read. */
  const read = async (start: Stand, upTo: Sequence): Promise<Chapter> => {
    if (upTo <= start.sequence) return { start, steps: [], end: start };
    const known = chapters.find((one) => one.start.sequence === start.sequence);
    if (known && known.end.sequence >= upTo) {
      keep(known);
      return known;
    }
    const from = known?.end ?? start;
    const steps: Step[] = [...(known?.steps ?? [])];
    const byKind = new Map(from.byKind);
    const own = new Map<string, Map<string, PastState>>();
    const unreadable = new Map(from.unreadable);
    let { timeMs } = from;
    for (const [index, message] of (await log.readControl(from.sequence, upTo)).entries()) {
      if (index % foldAtOnce === foldAtOnce - 1) await othersFirst();
      const actor = message.ok ? message.event.actor : message.actor;
      const sequence = message.ok ? message.event.sequence : message.sequence;
      if (message.ok) timeMs = message.event.timeMs;
      const kind = kindOf.get(actor?.kind ?? '');
      let past: PastState | undefined;
      if (kind && !message.ok && !unreadable.has(kind.kind)) {
        unreadable.set(kind.kind, message.error);
      }
      if (kind && message.ok && !unreadable.has(kind.kind)) {
        const { id } = message.event.actor;
        const states = own.get(kind.kind) ?? new Map(byKind.get(kind.kind));
        past = stateAfter(kind, states.get(id), message.event);
        states.set(id, past);
        own.set(kind.kind, states);
        byKind.set(kind.kind, states);
      }
      const error = message.ok ? undefined : message.error;
      steps.push({ sequence, timeMs, kind: kind?.kind ?? '', past, error });
    }
    const chapter = { start, steps, end: { sequence: upTo, timeMs, byKind, unreadable } };
    keep(chapter);
    return chapter;
  };

  /** Every second one goes once there are too many. */
  const add = (stand: Stand) => {
    stands = [...stands, stand];
    if (stands.length <= chaptersAtMost) return;
    stands = stands.filter((_, index) => index % 2 === 0);
    everyEvents *= 2;
  };

  /** Goes on from the last known stand until the moment lies before the next one. */
  const reach = async (moment: Moment, lastSequence: Sequence): Promise<Chapter> => {
    for (;;) {
      const index = Math.max(
        0,
        lastThat(stands, (stand) => isBy(moment, stand)),
      );
      const start = stands[index] ?? theBeginning;
      const next = stands[index + 1];
      if (next) return read(start, next.sequence);
      const end = start.sequence + everyEvents;
      const upTo = Math.min(
        end,
        lastSequence,
        'sequence' in moment ? moment.sequence : lastSequence,
      );
      const chapter = await read(start, upTo);
      if (upTo < end) return chapter;
      add(chapter.end);
      if (!isBy(moment, chapter.end)) return chapter;
    }
  };

  const answer = async (kind: AnyActorKind, moment: Moment): Promise<PastState[]> => {
    const state = await log.state('CONTROL');
    if (state.createdMs !== createdMs) forget();
    ({ createdMs } = state);
    const { start, steps } = await reach(moment, state.lastSequence);
    const last = lastThat(steps, (step) => isBy(moment, step));
    const states = new Map(start.byKind.get(kind.kind));
    const broken = start.unreadable.get(kind.kind);
    if (broken) throw broken;
    for (const step of steps.slice(0, last + 1)) {
      if (step.kind !== kind.kind) continue;
      if (step.error) throw step.error;
      if (step.past) states.set(step.past.actor.id, step.past);
    }
    return [...states.values()];
  };

  return {
    statesAt(kind, moment) {
      clearTimeout(idleTimer);
      idleTimer = setTimeout(forget, idleMs);
      idleTimer.unref();
      // One after the other: those who ask at the same time mostly ask for the same chapter.
      const answered = isAsked.then(() => answer(kind, moment));
      isAsked = answered.catch(() => undefined);
      return answered;
    },
    forget,
  };
}
