/** One open stream of server-sent events, with a bound on what waits for a slow reader. */

export type Listener = Readonly<{
  stream: ReadableStream<Uint8Array>;
  /** Writes, however much waits already; to be paced by `room`. */
  write(bytes: Uint8Array): void;
  /** Writes, unless too much waits: then the stream breaks off, and the reader resumes by its cursor. */
  offer(bytes: Uint8Array): void;
  /** Resolves once the reader has room for more, or is gone. */
  room(): Promise<void>;
  isOpen(): boolean;
  /** Ends the stream; what a slow reader has not taken by now it reads again by its cursor. May be called twice. */
  end(): void;
}>;

/** What waits in memory for one reader at most, before it is cut off. */
const maxWaitingBytes = 1024 * 1024;

/** @param onGone called once, when the reader has left or the stream was ended. */
export function createListener(onGone: () => void): Listener {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let waiter: (() => void) | undefined;
  let isOpen = true;

  const wake = () => {
    waiter?.();
    waiter = undefined;
  };
  const gone = () => {
    if (!isOpen) return;
    isOpen = false;
    wake();
    onGone();
  };
  const waitingBytes = () => maxWaitingBytes - (controller?.desiredSize ?? maxWaitingBytes);

  const breakOff = () => {
    if (!isOpen) return;
    gone();
    controller?.error(new Error('the reader of the live stream was too slow'));
  };
  const write = (bytes: Uint8Array) => {
    if (isOpen) controller?.enqueue(bytes);
  };

  const stream = new ReadableStream<Uint8Array>(
    {
      start(own) {
        controller = own;
      },
      pull: wake,
      cancel: gone,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: maxWaitingBytes }),
  );

  return {
    stream,
    write,
    offer(bytes) {
      if (waitingBytes() >= maxWaitingBytes) breakOff();
      else write(bytes);
    },
    async room() {
      if (!isOpen || waitingBytes() < maxWaitingBytes) return;
      await new Promise<void>((resolve) => {
        waiter = resolve;
      });
    },
    isOpen: () => isOpen,
    end() {
      // What waits for a reader that takes nothing would keep the server from stopping.
      if (waitingBytes() > 0) return breakOff();
      if (!isOpen) return;
      gone();
      controller?.close();
    },
  };
}
