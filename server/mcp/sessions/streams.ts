/**
 * The streams of one session: one for each POST that wants answers, and those that a client opens by GET for whatever
 * may come. An event has one stream, and an id that says which; whoever names the last one it got gets the rest.
 */
import { NotSent, type Link } from '../rpc/link.ts';
import { isRequest, isResponse, type RpcId } from '../rpc/message.ts';
import type { SessionEvents } from './eventShelf.ts';
import { hold, type Held } from './held.ts';
import { createWriter, eventText, type Writer } from './writer.ts';

export type Streams = Readonly<{
  /** In which these requests are answered. `isPrimed` gives a stream an event before the first message. */
  begin(request: Request, ids: readonly RpcId[], isPrimed: boolean): Response | Promise<Response>;
  listen(request: Request): Response;
  /** Undefined where what followed the event is not kept (any more). */
  resume(request: Request, lastEventId: string): Response | undefined;
  send: Link['send'];
  /** A request that gets no answer. */
  giveUp(id: RpcId): void;
  /** Ends the stream of this request for now: whoever resumes it gets the answer. */
  poll(id: RpcId): void;
  /** Ends what waits for whatever may come. */
  endListening(): void;
  /** Streams that somebody reads now. */
  open(): number;
  close(): void;
}>;

type Options = Readonly<{
  sessionId: string;
  events: SessionEvents;
  /** A stream was opened, or is read no more. */
  onChange: (change: 'opened' | 'ended' | 'cut') => void;
}>;

type Stream = {
  readonly name: string;
  /** Of a POST: what is to be answered in it. */
  readonly waiting: Set<RpcId> | null;
  writer: Writer | undefined;
  /** Its response is held back still. */
  held: Held | undefined;
  isPrimed: boolean;
  /** Up to where somebody was there to read. */
  sentUpTo: number;
};

const newStream = (name: string, waiting: Set<RpcId> | null): Stream => ({
  name,
  waiting,
  writer: undefined,
  held: undefined,
  isPrimed: false,
  sentUpTo: 0,
});

/** More than these, and the oldest ends. */
const mostListening = 4;
/** When a client whose stream was ended comes back for the answer. */
const pollMs = 500;
const eventId = /^([gp]\d{1,9})-(\d{1,15})$/;

export function createStreams({ sessionId, events, onChange }: Options): Streams {
  const streams = new Map<string, Stream>();
  const streamOf = new Map<RpcId, Stream>();
  let lastNumber = 0;
  let readers = 0;
  let isClosed = false;

  const listening = () => [...streams.values()].filter(({ waiting }) => waiting === null);

  const attach = (stream: Stream, request: Request): Response => {
    stream.writer?.end();
    const writer = createWriter({
      request,
      sessionId,
      onGone(byClient) {
        readers -= 1;
        if (stream.writer === writer) stream.writer = undefined;
        onChange(byClient ? 'cut' : 'ended');
      },
    });
    stream.writer = writer;
    readers += 1;
    onChange('opened');
    return writer.response;
  };

  const write = (stream: Stream, position: number, data: string) => {
    if (stream.writer?.write(`${stream.name}-${position}`, data)) stream.sentUpTo = position;
  };

  /** The answer is there before anything else: its client gets in one what it would have read in parts. */
  const sendWhole = (stream: Stream, held: Held, text: string) => {
    const { name, isPrimed } = stream;
    const first = isPrimed ? eventText(`${name}-${events.mark(name)}`, '') : '';
    stream.sentUpTo = events.keep(name, text);
    held.sendWhole(first + eventText(`${name}-${stream.sentUpTo}`, text));
    stream.held = undefined;
  };

  /** What was kept for it while nobody read it; a stream without anything to come ends after it. */
  const catchUp = (
    stream: Stream,
    kept: readonly Readonly<{ position: number; text: string }>[],
  ) => {
    for (const { position, text } of kept) write(stream, position, text);
    if (stream.waiting?.size === 0) stream.writer?.end();
  };

  const open = (waiting: readonly RpcId[] | null): Stream => {
    const name = `${waiting ? 'p' : 'g'}${++lastNumber}`;
    const ids = waiting && new Set(waiting);
    const stream = newStream(name, ids);
    streams.set(name, stream);
    for (const id of waiting ?? []) streamOf.set(id, stream);
    return stream;
  };

  const forget = (stream: Stream) => {
    stream.writer?.end();
    streams.delete(stream.name);
    events.drop(stream.name);
  };

  const answered = (stream: Stream, id: RpcId) => {
    if (streamOf.get(id) === stream) streamOf.delete(id);
    stream.waiting?.delete(id);
    if (stream.waiting?.size !== 0) return;
    stream.held?.release();
    stream.writer?.end();
    streams.delete(stream.name);
    events.end(stream.name);
  };

  /** The newest that somebody reads; where nobody does, the newest keeps it for whoever comes. */
  const home = (): Stream => {
    const all = listening();
    return all.findLast(({ writer }) => writer) ?? all.at(-1) ?? open(null);
  };

  const listen = (request: Request): Response => {
    const before = listening();
    const fresh = open(null);
    const response = attach(fresh, request);
    fresh.writer?.greet();
    for (const old of before) {
      if (old.writer) continue;
      // What nobody was there to read moves here, and is found nowhere else.
      const missed = events.after(old.name, old.sentUpTo)?.events ?? [];
      forget(old);
      for (const { text } of missed) write(fresh, events.keep(fresh.name, text), text);
    }
    for (const old of listening().slice(0, -mostListening)) forget(old);
    return response;
  };

  return {
    begin(request, ids, isPrimed) {
      const stream = open(ids);
      stream.isPrimed = isPrimed;
      const begun = () => {
        stream.held = undefined;
        const response = attach(stream, request);
        if (isPrimed) write(stream, events.mark(stream.name), '');
        return response;
      };
      if (ids.length > 1) return begun();
      const onGone = () => {
        stream.held = undefined;
        onChange('cut');
      };
      stream.held = hold({ request, sessionId, open: begun, onGone });
      return stream.held.response;
    },
    listen,
    resume(request, lastEventId) {
      const [, name = '', digits] = eventId.exec(lastEventId) ?? [];
      const kept = events.after(name, Number(digits));
      const known = streams.get(name);
      const isListening = name.startsWith('g');
      // What may come is not promised as answers are: it goes on with what there is.
      if (isListening && !known) return listen(request);
      if (!kept || (!kept.isWhole && !isListening)) return undefined;
      const stream: Stream = known ?? newStream(name, new Set());
      const response = attach(stream, request);
      stream.writer?.greet();
      catchUp(stream, kept.events);
      return response;
    },
    async send(message, { relatedTo } = {}) {
      if (isClosed) throw new NotSent('the session ended');
      const id = isResponse(message) ? message.id : relatedTo;
      const stream = id === undefined ? home() : streamOf.get(id);
      if (!stream) {
        if (isRequest(message)) throw new NotSent('the request it belongs to is answered');
        return;
      }
      const text = JSON.stringify(message);
      if (stream.held && isResponse(message)) {
        sendWhole(stream, stream.held, text);
        return answered(stream, message.id);
      }
      stream.held?.release();
      write(stream, events.keep(stream.name, text), text);
      if (isResponse(message)) answered(stream, message.id);
    },
    giveUp(id) {
      const stream = streamOf.get(id);
      if (stream) answered(stream, id);
    },
    poll(id) {
      const stream = streamOf.get(id);
      stream?.held?.release();
      // Without an event there is no id to resume after.
      if (!stream?.writer || stream.sentUpTo === 0) return;
      stream.writer.retryAfter(pollMs);
      stream.writer.end();
    },
    endListening() {
      for (const { writer } of listening()) writer?.end();
    },
    open: () => readers,
    close() {
      if (isClosed) return;
      isClosed = true;
      for (const stream of streams.values()) {
        stream.held?.release();
        stream.writer?.end();
      }
      streams.clear();
      streamOf.clear();
      events.clear();
    },
  };
}
