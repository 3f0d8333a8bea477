/** The log in memory, for unit tests: the same contract, messages kept as the bytes a stream would keep. */
import type { Sequence } from './event.ts';
import { LogUnavailable, WrongVersion, type EventLog, type Tail } from './log.ts';
import { decodeControl, encodeControl, type RawMessage } from './message.ts';
import { actorSubject, streamOf, trafficSubject, type StreamName } from './subjects.ts';
import { decodeTraffic, encodeTraffic } from './trafficMessage.ts';

type Kept = RawMessage & Readonly<{ id: string }>;
type Tailing = Readonly<{ stream: StreamName; pump: () => void }>;

/** What a test may do to the log that no caller can. */
export type MemoryLogControls = Readonly<{
  /** While away, reads and appends throw `LogUnavailable`, and `isConnected` is false. */
  setAway: (away: boolean) => void;
  /** Stores a message as it is, e.g. one that cannot be read. */
  putRaw: (stream: StreamName, subject: string, body: string) => Sequence;
}>;

const utf8 = new TextEncoder();

/** A log that ends with the process. `now` gives the messages' `timeMs`. */
export function memoryLog(options: { now?: () => number } = {}): EventLog & MemoryLogControls {
  const { now = Date.now } = options;
  const createdMs = now();
  const streams: Record<StreamName, Kept[]> = {
    CONTROL: [],
    CONVERSATIONS: [],
    TRAFFIC: [],
  };
  const bySubject = new Map<string, Kept[]>();
  const byId = new Map<string, Kept>();
  const tails = new Set<Tailing>();
  const listeners = new Set<(connected: boolean) => void>();
  let away = false;
  let closed = false;

  const assertReachable = () => {
    if (closed) throw new LogUnavailable('it was closed');
    if (away) throw new LogUnavailable('it is away');
  };

  function store(stream: StreamName, subject: string, id: string, body: string): Sequence {
    const sequence = streams[stream].length + 1;
    const message = { subject, sequence, timeMs: now(), data: utf8.encode(body), id };
    streams[stream].push(message);
    byId.set(`${stream} ${id}`, message);
    const own = bySubject.get(subject) ?? [];
    own.push(message);
    bySubject.set(subject, own);
    for (const tail of tails) if (tail.stream === stream) tail.pump();
    return sequence;
  }

  const between = (stream: StreamName, after: Sequence, upTo: Sequence, limit?: number): Kept[] => {
    const found = streams[stream].slice(after, Math.min(upTo, streams[stream].length));
    return limit === undefined ? found : found.slice(0, limit);
  };

  function follow(stream: StreamName, after: Sequence, onMessage: (raw: RawMessage) => void): Tail {
    let seen = after;
    let waiting = false;
    let stopped = false;
    // Delivered later, as a real log does: never from inside the append.
    const deliver = () => {
      waiting = false;
      for (const message of streams[stream].slice(seen)) {
        if (stopped || closed) return;
        seen = message.sequence;
        onMessage(message);
      }
    };
    const tailing: Tailing = {
      stream,
      pump() {
        if (waiting) return;
        waiting = true;
        queueMicrotask(deliver);
      },
    };
    tails.add(tailing);
    tailing.pump();
    return {
      stop() {
        stopped = true;
        tails.delete(tailing);
        return Promise.resolve();
      },
    };
  }

  return {
    async append(actor, event, expected) {
      const subject = actorSubject(actor);
      const body = encodeControl(actor, event);
      assertReachable();
      const own = bySubject.get(subject) ?? [];
      if ((own.at(-1)?.sequence ?? 0) !== expected) {
        const winner = own.find((message) => message.sequence > expected);
        if (winner?.id === event.id) return winner.sequence;
        throw new WrongVersion(actor, expected);
      }
      const stream = streamOf(actor);
      const earlier = byId.get(`${stream} ${event.id}`);
      if (!earlier) return store(stream, subject, event.id, body);
      if (earlier.subject === subject) return earlier.sequence;
      throw new TypeError(
        `event id ${event.id} of ${actor.kind} ${actor.id} was already used at sequence ${earlier.sequence}: every event needs its own`,
      );
    },

    async read(actor, after = 0) {
      assertReachable();
      const own = bySubject.get(actorSubject(actor)) ?? [];
      return own.filter((message) => message.sequence > after).map(decodeControl);
    },

    async readControl(after, upTo, limit) {
      assertReachable();
      return between('CONTROL', after, upTo, limit).map(decodeControl);
    },

    async readConversations(after, upTo, limit) {
      assertReachable();
      return between('CONVERSATIONS', after, upTo, limit).map(decodeControl);
    },

    async readOne(sequence) {
      assertReachable();
      const message = streams.CONTROL[sequence - 1];
      return message && decodeControl(message);
    },

    async readTraffic(after, upTo, limit) {
      assertReachable();
      return between('TRAFFIC', after, upTo, limit).map(decodeTraffic);
    },

    async tailControl(after, onMessage) {
      assertReachable();
      return follow('CONTROL', after, (raw) => onMessage(decodeControl(raw)));
    },

    async tailConversations(after, onMessage) {
      assertReachable();
      return follow('CONVERSATIONS', after, (raw) => onMessage(decodeControl(raw)));
    },

    async tailTraffic(after, onMessage) {
      assertReachable();
      return follow('TRAFFIC', after, (raw) => onMessage(decodeTraffic(raw)));
    },

    async appendTraffic(batch) {
      const body = encodeTraffic(batch);
      assertReachable();
      const earlier = byId.get(`TRAFFIC ${batch.id}`);
      if (earlier) return earlier.sequence;
      return store('TRAFFIC', trafficSubject(batch.gatewayId), batch.id, body);
    },

    async state(stream) {
      assertReachable();
      return { firstSequence: 1, lastSequence: streams[stream].length, createdMs };
    },

    isConnected: () => !away && !closed,

    onConnection(listener) {
      const own = (connected: boolean) => listener(connected);
      listeners.add(own);
      return () => void listeners.delete(own);
    },

    close() {
      closed = true;
      tails.clear();
      listeners.clear();
      return Promise.resolve();
    },

    setAway(value) {
      if (away === value) return;
      away = value;
      for (const listener of listeners) listener(!away);
    },

    putRaw: (stream, subject, body) =>
      store(stream, subject, `raw ${streams[stream].length + 1}`, body),
  };
}
