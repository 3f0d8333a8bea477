/** One run over an open file: follows all streams and applies what has arrived, until something is wrong. */
import type { Sequence } from '../event.ts';
import type { ControlMessage, EventLog, TrafficMessage } from '../log.ts';
import type { StreamName } from '../subjects.ts';
import { discardDatabase, isDamaged } from './database.ts';
import { openStore, type Gap, type Store, type StreamStates } from './store.ts';

/** Messages lie in wait for each other so long, then share a transaction: longer under load, when it saves work. */
const gatherMs = 5;
const busyGatherMs = 100;
/** So many events in one transaction are load. */
const busyEvents = 100;
/** With so many waiting they are applied at once: the tail's next message is not taken before. */
const maxWaitingMessages = 256;
const maxWaitingEvents = 8_192;

export type Session = Readonly<{
  store: Store;
  /** Applies what waits. */
  flush: () => void;
  /** Ends the run and closes the file; may be called twice. */
  stop: () => Promise<void>;
}>;

type SessionOptions = Readonly<{
  log: EventLog;
  databasePath: string;
  /** Where the last run found a message missing. */
  gap: Gap | undefined;
  onApplied: () => void;
  /** Nothing is applied after this; another session is to be opened. */
  onBroken: (reason: unknown, gap?: Gap) => void;
  /** Something that does not end the run. */
  onError: (error: unknown) => void;
}>;

/** All streams as they are now. */
export async function streamStates(log: EventLog): Promise<StreamStates> {
  const [CONTROL, CONVERSATIONS, TRAFFIC] = await Promise.all([
    log.state('CONTROL'),
    log.state('CONVERSATIONS'),
    log.state('TRAFFIC'),
  ]);
  return { CONTROL, CONVERSATIONS, TRAFFIC };
}

/** Rows made from other streams are thrown away: their sequences mean nothing in these. */
function openFittingStore(databasePath: string, states: StreamStates): Store {
  const store = openStore(databasePath, states);
  if (store.fits(states)) return store;
  store.close();
  discardDatabase(databasePath);
  return openStore(databasePath, states);
}

/** The first message that the log itself has above a sequence. */
async function firstAbove(log: EventLog, stream: StreamName, after: Sequence, upTo: Sequence) {
  if (stream === 'TRAFFIC') return (await log.readTraffic(after, upTo, 1))[0]?.sequence;
  const read = stream === 'CONTROL' ? log.readControl : log.readConversations;
  const message = (await read(after, upTo, 1))[0];
  return message?.ok ? message.event.sequence : message?.sequence;
}

/** Goes on behind messages that the log does not have; what only the tail passed over is read again. */
async function passLostMessages(options: SessionOptions, store: Store, states: StreamStates) {
  const { log, gap, onError } = options;
  const lose = (stream: StreamName, next: Sequence) => {
    const lost = store.skipTo(stream, next);
    if (lost === 0) return;
    onError(new Error(`${stream} dropped ${lost} messages before they were projected`));
  };
  lose('CONTROL', states.CONTROL.firstSequence);
  lose('CONVERSATIONS', states.CONVERSATIONS.firstSequence);
  lose('TRAFFIC', states.TRAFFIC.firstSequence);
  if (!gap) return;
  const after = store.position(gap.stream);
  if (after + 1 !== gap.expected) return;
  if ((await firstAbove(log, gap.stream, after, gap.found)) === gap.found) {
    lose(gap.stream, gap.found);
  }
}

/** @throws {LogUnavailable} when the streams cannot be asked or followed. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { log, databasePath } = options;
  const states = await streamStates(log);
  const store = openFittingStore(databasePath, states);
  let control: ControlMessage[] = [];
  let conversations: ControlMessage[] = [];
  let traffic: TrafficMessage[] = [];
  let waitingEvents = 0;
  let isBusy = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;

  function end(reason: unknown, gap?: Gap): void {
    ended = true;
    options.onBroken(reason, gap);
  }

  const waitingMessages = () => control.length + conversations.length + traffic.length;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (ended || waitingMessages() === 0) return;
    const inbox = { control, conversations, traffic };
    isBusy = waitingEvents >= busyEvents;
    control = [];
    conversations = [];
    traffic = [];
    waitingEvents = 0;
    try {
      const gap = store.apply(inbox);
      if (gap) end(new Error(`${gap.stream} went from ${gap.expected - 1} to ${gap.found}`), gap);
    } catch (error) {
      end(error);
      if (isDamaged(error)) discardDatabase(databasePath);
    }
    options.onApplied();
  }

  function gather(events: number): void {
    waitingEvents += events;
    const isFull = waitingMessages() >= maxWaitingMessages || waitingEvents >= maxWaitingEvents;
    if (isFull) flush();
    else timer ??= setTimeout(flush, isBusy ? busyGatherMs : gatherMs);
  }

  const tails: { stop: () => Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    const stopping = tails.splice(0).map((tail) => tail.stop());
    await Promise.allSettled(stopping);
    flush();
    ended = true;
    store.close();
  };

  try {
    await passLostMessages(options, store, states);
    tails.push(
      await log.tailControl(store.position('CONTROL'), (message) => {
        if (ended) return;
        control.push(message);
        gather(1);
      }),
    );
    tails.push(
      await log.tailConversations(store.position('CONVERSATIONS'), (message) => {
        if (ended) return;
        conversations.push(message);
        gather(1);
      }),
    );
    tails.push(
      await log.tailTraffic(store.position('TRAFFIC'), (message) => {
        if (ended) return;
        traffic.push(message);
        gather(message.events.length);
      }),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { store, flush, stop };
}
