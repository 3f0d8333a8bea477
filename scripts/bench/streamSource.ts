/** A vendor that only streams, on bare sockets: an event is a chunk and a write, as fast as its reader takes them. Run as a process of its own. */
import type { Socket } from 'bun';
import { jobOfParent, tellParent } from '../measure/script.ts';
import { streamOf } from '../measure/vendorAnswer.ts';

export type SourceJob = Readonly<{
  /** Of each stream, besides the two events that end it. */
  words: number;
  /** After the first event nothing comes any more, and the stream stays open. */
  isQuiet: boolean;
}>;

export type SourceReady = Readonly<{ port: number }>;

/** One connection; `next` is the event that is sent next, past the last one while no stream is open. */
type Stream = { readonly socket: Socket; next: number; unsent: Uint8Array | undefined };

const head = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n',
);
const endOfHead = Buffer.from('\r\n\r\n');
const lastChunk = '0\r\n\r\n';

const chunk = (text: string): Buffer =>
  Buffer.from(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);

/** Length of the first whole request in the buffer, or -1. */
function wholeRequest(bytes: Buffer): number {
  const headEnd = bytes.indexOf(endOfHead);
  if (headEnd < 0) return -1;
  const length = /content-length: *(\d+)/i.exec(bytes.toString('latin1', 0, headEnd))?.[1];
  const end = headEnd + endOfHead.length + Number(length ?? 0);
  return bytes.length < end ? -1 : end;
}

function serve({ words, isQuiet }: SourceJob): number {
  const events = streamOf(words).map(chunk);
  const last = events.length - 1;
  events[last] = Buffer.concat([events[last] ?? head, Buffer.from(lastChunk)]);
  const streams = new Map<Socket, Stream>();
  const asked = new Map<Socket, Buffer>();
  let isTurning = false;

  const write = (stream: Stream, bytes: Uint8Array) => {
    const written = Math.max(0, stream.socket.write(bytes));
    stream.unsent = written < bytes.byteLength ? bytes.subarray(written) : undefined;
  };

  /** An event for each stream whose reader keeps up, then the sockets are looked at. */
  const turn = () => {
    let isAnyOpen = false;
    for (const stream of streams.values()) {
      const event = events[stream.next];
      if (stream.unsent || !event) continue;
      isAnyOpen = true;
      stream.next += 1;
      write(stream, event);
    }
    isTurning = isAnyOpen;
    if (isAnyOpen) setImmediate(turn);
  };
  const goOn = () => {
    if (isTurning || isQuiet) return;
    isTurning = true;
    setImmediate(turn);
  };

  const begin = (socket: Socket) => {
    const stream: Stream = { socket, next: 1, unsent: undefined };
    streams.set(socket, stream);
    write(stream, Buffer.concat([head, events[0] ?? head]));
    goOn();
  };
  const forget = (socket: Socket) => {
    streams.delete(socket);
    asked.delete(socket);
  };

  return Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      data(socket, came) {
        const earlier = asked.get(socket);
        const bytes = earlier ? Buffer.concat([earlier, came]) : came;
        const end = wholeRequest(bytes);
        if (end === -1) asked.set(socket, bytes);
        else asked.delete(socket);
        if (end !== -1) begin(socket);
      },
      drain(socket) {
        const stream = streams.get(socket);
        if (!stream?.unsent) return;
        write(stream, stream.unsent);
        goOn();
      },
      close: forget,
      error: forget,
    },
  }).port;
}

if (import.meta.main) {
  const ready: SourceReady = { port: serve(jobOfParent<SourceJob>()) };
  tellParent(ready);
}
